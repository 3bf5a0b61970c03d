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
import { lookUpMade } from "../../shared/look-up.ts";
import type { Identity } from "../answers.ts";
import { draft, draftRows, whereTo } from "../drafts.ts";
import { linkTo } from "../places.ts";
import { lookForPosted, type Outgoing } from "../posted.ts";
import { post, senderOf } from "../posting.ts";

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
    const session = context.client.session(context);
    const { place, ...rest } = await draft(input, session);
    const identity = await session.identity();
    const outgoing = { place: await session.open(place), ...rest };
    return present(outgoing, await post(outgoing, senderOf(context, session)), identity);
  },

  async preview(input, context) {
    const session = context.client.session(context);
    const outgoing = await draft(input, session);
    return {
      summary: `Send a message ${whereTo(outgoing)}`,
      changes: await draftRows(outgoing, session),
    };
  },

  async lookUp(input, write, context) {
    const session = context.client.session(context);
    const outgoing = await draft(input, session);
    const { isCut, ...found } = await lookForPosted(outgoing, write, session);
    const { label } = outgoing.place;
    if (isCut) {
      const reason = `So much was written since then that it was not all looked through. Look in ${label}.`;
      return { state: "unknown", reason };
    }
    const identity = await session.identity();
    return lookUpMade(found, {
      output: ({ ts }) => present(outgoing, ts, identity),
      doubt: ({ length }) =>
        `Sophia wrote this ${length} times in ${label} at about that time, and it cannot be told which one is this one. Look there.`,
    });
  },
});

function present({ place, text, ...outgoing }: Outgoing, ts: string, identity: Identity) {
  const threadTs = outgoing.threadTs ?? null;
  const url = linkTo(place, ts, threadTs, identity);
  return { message: { channel: presentPlace(place), ts, thread_ts: threadTs, text, url } };
}
