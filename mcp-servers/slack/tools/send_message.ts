import { z } from "zod";
import {
  messageArgument,
  placeOutput,
  presentPlace,
  sendsToSlack,
  slackTool,
  targetArgument,
  textArgument,
  urlOutput,
} from "../message-output.ts";
import { draft, draftRows, whereTo } from "../drafts.ts";
import { linkTo } from "../places.ts";
import { post } from "../posting.ts";

export const sendMessage = slackTool({
  name: "send_message",
  title: "Send a message",
  description:
    "Sends a message in Sophia's own name to a Slack channel that whoever asks is in, to a thread there, or to a colleague as a direct message. " +
    "Not for the answer in the conversation at hand, which is given by answering.",
  input: z.strictObject({
    channel: targetArgument,
    text: textArgument,
    thread_ts: messageArgument("To reply in a thread, any message of it").optional(),
  }),
  output: z.strictObject({
    message: z.strictObject({
      channel: placeOutput,
      ts: z.string(),
      thread_ts: z.string().nullable(),
      text: z.string().describe("As it was sent"),
      url: urlOutput,
    }),
  }),
  annotations: sendsToSlack,
  progress: { one: "Sending a message in Slack", many: "Sending {count} messages in Slack" },

  async run(input, context) {
    const { client } = context;
    const session = client.session(context);
    const { place: wanted, ...rest } = await draft(input, session);
    const place = await session.open(wanted);
    const outgoing = { place, ...rest };
    const ts = await post(outgoing, { session, timer: client.timer, id: client.newId() });
    const { text, threadTs = null } = outgoing;
    const url = linkTo(place, ts, threadTs, await session.identity());
    return { message: { channel: presentPlace(place), ts, thread_ts: threadTs, text, url } };
  },

  async preview(input, context) {
    const session = context.client.session(context);
    const outgoing = await draft(input, session);
    return {
      summary: `Send a message ${whereTo(outgoing)}`,
      changes: await draftRows(outgoing, session),
    };
  },
});
