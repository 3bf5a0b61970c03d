import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { isoFormatter } from "../../shared/date-range.ts";
import { lookUpMade } from "../../shared/look-up.ts";
import { draft, draftRows, whereTo } from "../drafts.ts";
import {
  messageArgument,
  placeOutput,
  presentPlace,
  sendsToSlack,
  slackTool,
  targetArgument,
  textArgument,
  timeZoneFor,
} from "../message-output.ts";
import { lookForPosted, lookForScheduled, type Outgoing } from "../posted.ts";
import { schedule, senderOf } from "../posting.ts";

const furthestMs = 120 * 24 * 3_600_000;
/** Between the call and Slack's clock. */
const leastMs = 10_000;

export const scheduleMessage = slackTool({
  name: "schedule_message",
  title: "Schedule a message",
  description:
    "Has Slack send a message in Sophia's own name at a later time, to where send_message could send it now. " +
    "Turn words such as 'Friday at nine' into post_at first, in the asker's time zone. It cannot be taken back with these tools.",
  input: z.strictObject({
    channel: targetArgument,
    text: textArgument,
    post_at: z.iso
      .datetime({ offset: true })
      .describe("When it is sent, at most 120 days ahead: 2026-03-13T09:00:00-05:00"),
    thread_ts: messageArgument("To reply in a thread, any message of it").optional(),
  }),
  output: z.strictObject({
    scheduled: z.strictObject({
      id: z.string(),
      channel: placeOutput,
      thread_ts: z.string().nullable(),
      post_at: z.string(),
      text: z.string().describe("As it will be sent"),
    }),
  }),
  annotations: sendsToSlack,
  progress: { one: "Scheduling a message in Slack", many: "Scheduling {count} messages in Slack" },

  async run(input, context) {
    const session = context.client.session(context);
    const postAt = futureSeconds(input.post_at, context.clock.now());
    const { place, ...rest } = await draft(input, session);
    const timeZone = await timeZoneFor(undefined, session);
    const outgoing = { place: await session.open(place), ...rest };
    return present(await schedule(outgoing, postAt, senderOf(context, session)), outgoing, postAt, timeZone);
  },

  async preview(input, context) {
    const session = context.client.session(context);
    const postAt = futureSeconds(input.post_at, context.clock.now());
    const outgoing = await draft(input, session);
    const [rows, timeZone] = await Promise.all([draftRows(outgoing, session), timeZoneFor(undefined, session)]);
    const when = `${isoFormatter(timeZone)(postAt * 1000)} (${timeZone})`;
    return {
      summary: `Schedule a message ${whereTo(outgoing)}`,
      changes: [{ field: "Sent at", before: null, after: when }, ...rows],
    };
  },

  async lookUp(input, write, context) {
    const session = context.client.session(context);
    const postAt = secondsOf(input.post_at);
    const outgoing = await draft(input, session);
    const found = await lookForScheduled(outgoing, postAt, write, session);
    const timeZone = await timeZoneFor(undefined, session);
    const { label } = outgoing.place;
    const tell = {
      doubt: ({ length }: readonly unknown[]) =>
        `For that time ${length === 1 ? "a message that differs" : `${length} like messages`} of Sophia's had been scheduled for ${label} since then, and it cannot be told whether this one is among them. Look there at that time.`,
    };
    const due = lookUpMade(found, { ...tell, output: ({ id }) => present(id, outgoing, postAt, timeZone) });
    if (due.state !== "not_done" || context.clock.now() < postAt * 1000 - leastMs) return due;
    // It is no longer scheduled once it is sent.
    const sent = await lookForPosted(outgoing, { ...write, sentAt: new Date(postAt * 1000) }, session);
    return lookUpMade(sent, { ...tell, output: ({ ts }) => present(ts, outgoing, postAt, timeZone) });
  },
});

function present(id: string, { place, text, threadTs }: Outgoing, postAt: number, timeZone: string) {
  const at = isoFormatter(timeZone)(postAt * 1000);
  return { scheduled: { id, channel: presentPlace(place), thread_ts: threadTs ?? null, post_at: at, text } };
}

/** Whole seconds since the epoch, as Slack takes them. */
function secondsOf(postAt: string): number {
  return Math.ceil(Date.parse(postAt) / 1000);
}

/** The same for a time that Slack takes. Throws UserError. */
function futureSeconds(postAt: string, now: number): number {
  const instant = Date.parse(postAt);
  if (instant < now + leastMs) {
    throw new UserError(
      `post_at (${postAt}) must lie ahead; it is ${new Date(now).toISOString()} now. Use send_message for now.`,
    );
  }
  if (instant > now + furthestMs)
    throw new UserError(`post_at (${postAt}) lies more than 120 days ahead, which is as far as Slack goes.`);
  return secondsOf(postAt);
}
