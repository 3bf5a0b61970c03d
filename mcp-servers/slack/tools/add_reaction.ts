import { z } from "zod";
import { lookUpChange } from "../../shared/look-up.ts";
import type { Identity, Message } from "../answers.ts";
import { readableText } from "../incoming.ts";
import { messageAt, messageReference } from "../messages.ts";
import {
  channelArgument,
  messageArgument,
  placeOutput,
  presentPlace,
  setsInSlack,
  slackTool,
} from "../message-output.ts";
import { linkTo } from "../places.ts";
import type { SlackSession } from "../session.ts";

const input = z.strictObject({
  channel: channelArgument.optional().describe("Where the message stands: name or id; not needed with a link"),
  message: messageArgument("The message"),
  name: z
    .string()
    .max(100)
    .regex(/^:?[\p{L}\p{N}_+'-]+(::skin-tone-[2-6])?:?$/u, "must be an emoji's name, such as thumbsup")
    .describe("The emoji's name, as it stands between colons: thumbsup"),
});

export const addReaction = slackTool({
  name: "add_reaction",
  title: "React to a message",
  description: "Puts Sophia's own reaction, an emoji, on a Slack message in a channel that whoever asks is in.",
  input,
  output: z.strictObject({
    channel: placeOutput,
    ts: z.string(),
    name: z.string(),
    added: z.boolean().describe("False where Sophia had reacted so already"),
  }),
  annotations: setsInSlack,
  progress: { one: "Reacting to a message in Slack", many: "Reacting to {count} messages in Slack" },

  async run(args, context) {
    const session = context.client.session(context);
    const { place, message } = await find(args, session);
    const name = nameOf(args.name);
    const added = await session.api.react(place.id, message.ts, name, session.scope);
    return { channel: presentPlace(place), ts: message.ts, name, added };
  },

  async preview(args, context) {
    const session = context.client.session(context);
    const { place, message } = await find(args, session);
    const identity = await session.identity();
    const url = linkTo(place, message.ts, message.thread_ts ?? null, identity);
    const words = (await session.mayShow(place)) ? readableText(message, await session.namesIn([message])) : "";
    const name = words === "" ? `A message in ${place.label}` : `"${shortened(words)}" in ${place.label}`;
    return {
      summary: `React with :${nameOf(args.name)}: to a message in ${place.label}`,
      record: { name, url },
      changes: rowsOf(args.name, message, identity),
    };
  },

  async lookUp(args, _, context) {
    const session = context.client.session(context);
    const { place, message } = await find(args, session);
    return lookUpChange(rowsOf(args.name, message, await session.identity()), () => {
      return { channel: presentPlace(place), ts: message.ts, name: nameOf(args.name), added: true };
    });
  },
});

function rowsOf(wanted: string, { reactions }: Message, { user_id: self }: Identity) {
  const name = nameOf(wanted);
  const isThere = reactions?.some((reaction) => reaction.name === name && reaction.users?.includes(self));
  return [{ field: "Reaction", before: isThere ? `:${name}:` : null, after: `:${name}:` }];
}

async function find(args: z.output<typeof input>, session: SlackSession) {
  const reference = messageReference(args.channel, args.message, "message");
  const place = await session.placeToWrite(reference.channel);
  return { place, message: await messageAt(session, place, reference, "message") };
}

function nameOf(name: string): string {
  return name.replace(/^:|:$/g, "");
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
