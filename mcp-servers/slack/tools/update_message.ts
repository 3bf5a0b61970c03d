import { z } from "zod";
import { ForbiddenError, UserError } from "../../../src/core/errors.ts";
import type { Message } from "../answers.ts";
import { lookUpChange } from "../../shared/look-up.ts";
import { plainText, readableText } from "../incoming.ts";
import { messageAt, messageReference } from "../messages.ts";
import {
  messageArgument,
  placeOutput,
  presentPlace,
  replacesInSlack,
  slackTool,
  targetArgument,
  textArgument,
  urlOutput,
} from "../message-output.ts";
import { outgoingText } from "../outgoing.ts";
import { linkTo, type Place } from "../places.ts";
import { messageType } from "../posted.ts";
import type { SlackSession } from "../session.ts";

const input = z.strictObject({
  channel: targetArgument.optional().describe("Where it stands: name or id; not needed with a link"),
  message: messageArgument("The message"),
  text: textArgument.describe("Markdown; replaces the whole text. <@ID> mentions a person"),
});

interface Plan {
  place: Place;
  message: Message;
  text: string;
}

export const updateMessage = slackTool({
  name: "update_message",
  title: "Change a message",
  description:
    "Replaces the text of a message that Sophia sent with send_message, where whoever asks could write. " +
    "Messages of people and of other apps cannot be changed, nor can Sophia's answers to questions.",
  input,
  output: z.strictObject({
    message: z.strictObject({ channel: placeOutput, ts: z.string(), text: z.string(), url: urlOutput }),
  }),
  annotations: replacesInSlack,
  progress: { one: "Changing a message in Slack", many: "Changing {count} messages in Slack" },

  async run(args, context) {
    const session = context.client.session(context);
    const { place, message, text } = await plan(args, session);
    const { ts, metadata } = message;
    const url = linkTo(place, ts, message.thread_ts ?? null, await session.identity());
    await session.api.update({ channel: place.id, ts, text, metadata }, session.scope);
    return { message: { channel: presentPlace(place), ts, text, url } };
  },

  async preview(args, context) {
    const session = context.client.session(context);
    const { place, message, text } = await plan(args, session);
    const [names, mayShow, identity] = await Promise.all([
      session.namesIn([message], text),
      session.mayShow(place),
      session.identity(),
    ]);
    const name = `Sophia's message in ${place.label}`;
    const before = mayShow ? readableText(message, names) : "(not shown where others read along)";
    return {
      summary: `Change ${name}`,
      record: { name, url: linkTo(place, message.ts, message.thread_ts ?? null, identity) },
      changes: [{ field: "Text", before, after: plainText(text, names) }],
    };
  },

  async lookUp(args, _, context) {
    const session = context.client.session(context);
    const { place, message, text } = await plan(args, session);
    const { ts, thread_ts: threadTs = null } = message;
    const names = await session.namesIn([message], text);
    const [before, after] = [message.text ?? "", text].map((words) => plainText(words, names).trim());
    const url = linkTo(place, ts, threadTs, await session.identity());
    return lookUpChange([{ field: "Text", before: before ?? null, after: after ?? null }], () => {
      return { message: { channel: presentPlace(place), ts, text, url } };
    });
  },
});

async function plan(args: z.output<typeof input>, session: SlackSession): Promise<Plan> {
  const text = outgoingText(args.text);
  const reference = messageReference(args.channel, args.message, "message");
  const place = await session.placeToSendTo(reference.channel);
  const [message, identity, asker] = await Promise.all([
    messageAt(session, place, reference, "message"),
    session.identity(),
    session.asker(),
  ]);
  const { event_type: type, event_payload: payload } = message.metadata ?? {};
  const isOwn = message.user === identity.user_id || (message.bot_id && message.bot_id === identity.bot_id);
  if (!isOwn) throw new UserError("message: this is not one of Sophia's, and nobody else's can be changed.");
  if (type && type !== messageType) {
    throw new UserError("message: this is an answer of Sophia's to a question, which stays as it was given.");
  }
  // A direct message is between two: for a third person only what that person had sent.
  const isSender = payload?.asked_by === asker?.person.id;
  if (place.kind === "dm" && place.userId !== asker?.person.id && !isSender) {
    throw new ForbiddenError("Only who had a direct message sent can have it changed.");
  }
  return { place, message, text };
}
