import { z } from "zod";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import { messageReference, threadOf } from "../messages.ts";
import {
  channelArgument,
  cursorArgument,
  limitArgument,
  messageArgument,
  messageOutput,
  placeOutput,
  presentMessage,
  presentPlace,
  readsSlack,
  slackTool,
  timeZoneArgument,
  timeZoneFor,
} from "../message-output.ts";

export const readThread = slackTool({
  name: "read_thread",
  title: "Read a thread",
  description:
    "A Slack thread: its first message and the replies, in the order of writing. Any message of it will do, or its link; with neither, it is " +
    "the thread that the question was asked in, with what people wrote there to each other.",
  input: z.strictObject({
    channel: channelArgument.optional().describe("The channel's name or id; not needed with a link"),
    thread_ts: messageArgument("Any message of the thread").optional(),
    time_zone: timeZoneArgument,
    limit: limitArgument(50),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    channel: placeOutput,
    thread_ts: z.string(),
    first: messageOutput.nullable().describe("What the thread is about; null where it was deleted"),
    replies: z.array(messageOutput),
    truncated: z.boolean().describe("Whether there are later ones"),
    cursor: z.string().optional(),
  }),
  annotations: readsSlack,
  progress: { one: "Reading a thread in Slack", many: "Reading {count} threads in Slack" },

  async run(args, context) {
    const session = context.client.session(context);
    const timeZone = await timeZoneFor(args.time_zone, session);
    const reference =
      args.thread_ts === undefined ? session.ownThread() : messageReference(args.channel, args.thread_ts, "thread_ts");
    const place = await session.placeToRead(reference.channel);
    const root = await threadOf(session, place, reference, "thread_ts");
    const query = ["read_thread", place.id, root];
    const cursor = args.cursor === undefined ? undefined : decodeCursor(args.cursor, query, z.string());
    const page = await session.api.replies(place.id, root, { limit: args.limit, cursor }, session.scope);
    const items = page?.items ?? [];
    const [names, identity] = await Promise.all([session.namesIn(items), session.identity()]);
    const messages = items.map((message) => presentMessage(message, { place, names, identity, timeZone }));
    return {
      channel: presentPlace(place),
      thread_ts: root,
      first: messages.find(({ ts }) => ts === root) ?? null,
      replies: messages.filter(({ ts }) => ts !== root),
      truncated: page?.next !== undefined,
      ...(page?.next === undefined ? {} : { cursor: encodeCursor(query, page.next) }),
    };
  },
});
