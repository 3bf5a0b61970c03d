import { z } from "zod";
import type { InboundEvent } from "../../storage/events.ts";
import type { RecordValues } from "../../storage/notices.ts";

export type RecordKind = "deal" | "contact" | "task";

const person = z.object({ name: z.string(), email: z.string().nullable() }).nullable();
const money = z.object({ amount: z.number(), currency: z.string() });

/** What of the tools' answers notices are made of. */
export const dealSchema = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  status: z.enum(["open", "won", "lost"]),
  stage: z.string(),
  amount: money.nullable(),
  owner: person,
  company: z.object({ id: z.string(), name: z.string(), url: z.string() }).nullable(),
});
export const dealAnswer = z.object({ deal: dealSchema, lost_reason: z.string().nullable() });
export const dealsAnswer = z.object({
  deals: z.array(dealSchema.extend({ stage_id: z.string().nullable(), lost_reason: z.string().nullable() })),
});
export const contactAnswer = z.object({
  contact: z.object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    job_title: z.string().nullable(),
    owner: person,
    company: z.object({ id: z.string(), name: z.string(), url: z.string() }).nullable(),
  }),
});
export const companyAnswer = z.object({ open_deals: z.array(dealSchema) });
export const taskSchema = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string().nullable(),
  completed: z.boolean(),
  assignee: person,
  due_on: z.string().nullable(),
  projects: z.array(z.object({ id: z.string(), name: z.string() })),
});
export const taskAnswer = z.object({
  task: taskSchema.extend({ parent_id: z.string().nullable() }),
  comments: z.array(z.object({ id: z.string(), by: z.string(), text: z.string() })),
});

export type Money = z.output<typeof money>;
export type Deal = z.output<typeof dealSchema> & { kind: "deal"; lostReason?: string | null; stageId?: string | null };
export type Contact = z.output<typeof contactAnswer>["contact"] & {
  kind: "contact";
  /** Of its company; the first by close date. */
  openDeals: z.output<typeof dealSchema>[];
};
export type Task = z.output<typeof taskSchema> & { kind: "task"; comments: z.output<typeof taskAnswer>["comments"] };
/** A record as it is now. */
export type CurrentRecord = Deal | Contact | Task;

/** The event kinds of the inbox that notices are made of. */
export const noticeKinds = {
  hubspot: ["deal.stage", "deal.amount", "deal.created", "contact.created"],
  asana: ["task.completed", "task.reassigned", "task.due_changed", "task.commented", "task.overdue"],
} as const;

/** `deal:123`. */
export function recordKey(kind: RecordKind, id: string): string {
  return `${kind}:${id}`;
}

export function recordOf({ kind, objectId }: Pick<InboundEvent, "kind" | "objectId">): string {
  return recordKey(kindIn(kind), objectId);
}

/** The kind and id of `deal:123`. */
export function partsOf(record: string): { kind: RecordKind; id: string } {
  const at = record.indexOf(":");
  return { kind: kindIn(record), id: record.slice(at + 1) };
}

function kindIn(name: string): RecordKind {
  if (name.startsWith("deal")) return "deal";
  return name.startsWith("contact") ? "contact" : "task";
}

/** What is kept of a record to tell later what it was. */
export function valuesOf(record: CurrentRecord): RecordValues {
  if (record.kind === "deal") return dealValues(record);
  return record.kind === "contact" ? {} : taskValues(record);
}

function dealValues({ stage, status, amount }: Deal) {
  return { stage, status, amount };
}

function taskValues({ completed, assignee, due_on }: Task) {
  return { completed, assignee: assignee?.name ?? null, assignee_email: assignee?.email ?? null, due_on };
}

/** A record as it was when it had these values; as it is where there are none. */
export function withValues(record: CurrentRecord, values: RecordValues = {}): CurrentRecord {
  if (record.kind === "deal") return { ...record, ...(values as Partial<ReturnType<typeof dealValues>>) };
  if (record.kind === "contact") return record;
  const { assignee: name, assignee_email: email = null, ...rest } = values as Partial<ReturnType<typeof taskValues>>;
  if (name === undefined) return { ...record, ...rest };
  return { ...record, ...rest, assignee: name === null ? null : { name, email } };
}

/** By which the largest are named first. */
export function amountOf(record: CurrentRecord): number | undefined {
  if (record.kind === "deal") return record.amount?.amount;
  return record.kind === "contact" ? record.openDeals[0]?.amount?.amount : undefined;
}
