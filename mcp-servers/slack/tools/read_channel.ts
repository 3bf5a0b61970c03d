import { z } from "zod";
import { instantRange } from "../../shared/date-range.ts";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import {
  channelArgument,
  cursorArgument,
  limitArgument,
  messageOutput,
  placeOutput,
  presentMessage,
  presentPlace,
  readsSlack,
  slackTool,
  timeZoneArgument,
  timeZoneFor,
} from "../message-output.ts";

const dateArgument = (which: string) =>
  z.string().max(40).optional().describe(`${which}: a day (YYYY-MM-DD) or an instant with its offset`);

export const readChannel = slackTool({
  name: "read_channel",
  title: "Read a channel",
  description:
    "What was written in a Slack channel, the newest page first and each page in the order of writing; from_date and to_date narrow it down. " +
    "Replies in threads are counted, not shown: read them with read_thread.",
  input: z.strictObject({
    channel: channelArgument,
    from_date: dateArgument("The first day or instant"),
    to_date: dateArgument("The last day, included, or the instant before which"),
    time_zone: timeZoneArgument,
    limit: limitArgument(50),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    channel: placeOutput,
    messages: z.array(messageOutput),
    truncated: z.boolean().describe("Whether there are earlier ones"),
    cursor: z.string().optional(),
  }),
  annotations: readsSlack,
  progress: { one: "Reading a channel in Slack", many: "Reading {count} channels in Slack" },

  async run(args, context) {
    const session = context.client.session(context);
    const timeZone = await timeZoneFor(args.time_zone, session);
    const span = spanOf(args.from_date, args.to_date, timeZone);
    const place = await session.placeToRead(args.channel);
    const query = ["read_channel", place.id, span.oldest ?? null, span.latest ?? null];
    const cursor = args.cursor === undefined ? undefined : decodeCursor(args.cursor, query, z.string());
    const page = await session.api.history(place.id, { ...span, limit: args.limit, cursor }, session.scope);
    const [names, identity] = await Promise.all([session.namesIn(page.items), session.identity()]);
    const messages = page.items.map((message) => presentMessage(message, { place, names, identity, timeZone }));
    return {
      channel: presentPlace(place),
      messages: messages.toReversed(),
      truncated: page.next !== undefined,
      ...(page.next === undefined ? {} : { cursor: encodeCursor(query, page.next) }),
    };
  },
});

const ever = { from: "1970-01-01", to: "2100-01-01" };

/** Slack's `ts` are to the microsecond, and both ends count. */
function spanOf(from: string | undefined, to: string | undefined, timeZone: string) {
  const range = instantRange(from ?? ever.from, to ?? ever.to, timeZone);
  const bound = (ms: number, micros: number) => ((ms * 1000 + micros) / 1_000_000).toFixed(6);
  return {
    ...(from === undefined ? {} : { oldest: bound(range.from, 0) }),
    ...(to === undefined ? {} : { latest: bound(range.to, -1) }),
  };
}
