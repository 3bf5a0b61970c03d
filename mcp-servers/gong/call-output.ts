import { z } from "zod";
import { defineTool } from "../shared/define-tool.ts";
import type { GongCall, Participant } from "./calls.ts";
import type { GongClient } from "./client.ts";

export const gongTool = defineTool<GongClient>();

/** Every tool of this server only reads, from a service outside the house. */
export const readsGong = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

/** Never a number: ids run to 20 digits. */
export const callId = z
  .string()
  .regex(/^\d{1,20}$/, "must be a Gong call id: up to 20 digits, as get_calls and find_calls return them")
  .describe("The call's id, as get_calls and find_calls return it");

export const dateArgument = (what: string) =>
  z
    .string()
    .max(40)
    .describe(`${what}: a date (YYYY-MM-DD) or a date-time with its offset (2026-03-09T14:00:00-05:00)`);

export const timeZoneArgument = z
  .string()
  .max(64)
  .optional()
  .describe(
    "IANA zone of plain dates and of the times returned, such as America/New_York; the company's own by default",
  );

export const cursorArgument = z
  .string()
  .max(2000)
  .optional()
  .describe("`cursor` of the previous page, for the next one");

const participantOutput = z.strictObject({
  name: z.string(),
  email: z.string().nullable(),
  title: z.string().nullable(),
  side: z.enum(["internal", "external"]).describe("internal: our own people"),
});

export const callOutput = z.strictObject({
  id: z.string(),
  title: z.string(),
  url: z.string().nullable().describe("The call's page in Gong"),
  started_at: z.string().describe("ISO 8601 with the zone's offset"),
  duration_minutes: z.number(),
  direction: z.string().describe("Inbound, Outbound, Conference or Unknown"),
  owner: z.strictObject({ name: z.string(), email: z.string().nullable() }).nullable().describe("Who hosted it"),
  participants: z.array(participantOutput),
  account: z.string().nullable().describe("The CRM account's name; null where the CRM says none"),
  brief: z.string().nullable().describe("Gong's own short summary"),
});

function presentParticipant({ name, email, title, side }: Participant): z.output<typeof participantOutput> {
  return { name, email, title, side };
}

export function presentCall(call: GongCall, iso: (instant: number) => string): z.output<typeof callOutput> {
  return {
    id: call.id,
    title: call.title,
    url: call.url,
    started_at: iso(call.startedAt),
    duration_minutes: minutes(call.durationSeconds),
    direction: call.direction,
    owner: call.owner,
    participants: call.participants.map(presentParticipant),
    account: call.account,
    brief: call.brief,
  };
}

/** Whole minutes; what lasted at all lasted one. */
export function minutes(seconds: number): number {
  return seconds > 0 ? Math.max(1, Math.round(seconds / 60)) : 0;
}

/** "07:05", and "75:03" after more than an hour. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}
