import type { InboundEvent } from "../../storage/events.ts";
import type { RecordValues } from "../../storage/notices.ts";
import type { Contact, CurrentRecord, Deal, Money, Task } from "./records.ts";

type Event = Pick<InboundEvent, "kind" | "data">;

/** One thing that is to be told of a record. `from`: undefined where nobody knows what was before. */
export type Change =
  | { what: "created" }
  | { what: "stage"; from: string | undefined; to: string; outcome: "open" | "won" | "lost" }
  | { what: "amount"; from: Money | null | undefined; to: Money | null }
  | { what: "completed" | "reopened" }
  | { what: "assignee"; from: string | null | undefined; to: string | null }
  | { what: "due"; from: string | null | undefined; to: string | null }
  | { what: "overdue"; since: string }
  | { what: "comment"; by: string; text: string };

/**
 * What has changed of a record between what was known before (nothing, where `before` is empty) and now. The events say that
 * something may have changed, not what: in whatever order they come, and however many there are, what was undone in between
 * has not changed, and what has is told once. Of a record that nobody knew, what an event names has changed.
 */
export function changesOf(
  record: CurrentRecord,
  before: RecordValues,
  events: readonly Event[],
  today: string,
): Change[] {
  const told = new Set(events.map(({ kind }) => kind));
  if (record.kind === "deal") return dealChanges(record, before, told);
  if (record.kind === "contact") return contactChanges(record, told);
  return [...taskChanges(record, before, told, today), ...comments(record, events)];
}

function dealChanges({ stage, status, amount }: Deal, before: RecordValues, told: ReadonlySet<string>): Change[] {
  const known = before as { stage?: string; amount?: Money | null };
  if (told.has("deal.created") && known.stage === undefined) return [{ what: "created" }];
  const changes: Change[] = [];
  if (isChanged(known.stage, stage, told.has("deal.stage"))) {
    changes.push({ what: "stage", from: known.stage, to: stage, outcome: status });
  }
  if (isChanged(known.amount, amount, told.has("deal.amount"))) {
    changes.push({ what: "amount", from: known.amount, to: amount });
  }
  return changes;
}

/** Who is new at an account that nothing is sold to is no news. */
function contactChanges({ openDeals }: Contact, told: ReadonlySet<string>): Change[] {
  return told.has("contact.created") && openDeals.length > 0 ? [{ what: "created" }] : [];
}

function taskChanges(task: Task, before: RecordValues, told: ReadonlySet<string>, today: string): Change[] {
  const known = before as { completed?: boolean; assignee?: string | null; due_on?: string | null };
  const { completed, due_on: due } = task;
  const assignee = task.assignee?.name ?? null;
  const changes: Change[] = [];
  // Of a task that nobody knew, one that is open may have been reopened, or never completed.
  if (isChanged(known.completed, completed, completed && told.has("task.completed"))) {
    changes.push({ what: completed ? "completed" : "reopened" });
  }
  if (isChanged(known.assignee, assignee, told.has("task.reassigned"))) {
    changes.push({ what: "assignee", from: known.assignee, to: assignee });
  }
  if (isChanged(known.due_on, due, told.has("task.due_changed"))) {
    changes.push({ what: "due", from: known.due_on, to: due });
  }
  if (told.has("task.overdue") && !completed && due !== null && due < today) {
    changes.push({ what: "overdue", since: due });
  }
  return changes;
}

function isChanged(before: unknown, now: unknown, isTold: boolean): boolean {
  return before === undefined ? isTold : JSON.stringify(before) !== JSON.stringify(now);
}

/** The comments that events tell of and that still stand, oldest first. */
function comments({ comments: all }: Task, events: readonly Event[]): Change[] {
  const told = new Set(events.flatMap(({ kind, data }) => (kind === "task.commented" ? [data["storyGid"]] : [])));
  return all
    .filter(({ id }) => told.has(id))
    .toReversed()
    .map(({ by, text }) => ({ what: "comment", by, text }));
}

const valueKinds = new Set(["deal.stage", "deal.amount", "task.completed", "task.reassigned", "task.due_changed"]);

/** Whether it ended as it began, and nothing else was told of it. */
export function isUndone(
  { before, after }: { before: RecordValues; after?: RecordValues },
  events: readonly Pick<Event, "kind">[],
): boolean {
  return (
    Object.keys(before).length > 0 &&
    JSON.stringify(before) === JSON.stringify(after) &&
    events.every(({ kind }) => valueKinds.has(kind))
  );
}

type PropertyEvent = Pick<InboundEvent, "data" | "occurredAt">;

/** Whether its service still shows another value than the last event of it has told. */
export function isBehind(record: CurrentRecord, events: readonly PropertyEvent[]): boolean {
  if (record.kind !== "deal") return false;
  const { stageId } = record;
  const amount = record.amount?.amount ?? null;
  const isOther = (property: string, isNow: (value: string) => boolean) => {
    const values = lastTold(property, events);
    return values.length > 0 && !values.some(isNow);
  };
  return (
    isOther("amount", (value) => (value === "" ? null : Number(value)) === amount) ||
    (stageId !== undefined && isOther("dealstage", (value) => value === stageId))
  );
}

/** What a property became last; several where they were told of the same moment, for then nobody knows which was last. */
function lastTold(property: string, events: readonly PropertyEvent[]): string[] {
  const told = events.filter(({ data }) => data["property"] === property);
  const last = Math.max(...told.map(({ occurredAt }) => occurredAt.getTime()));
  return told.filter(({ occurredAt }) => occurredAt.getTime() === last).map(({ data }) => textOf(data["value"]));
}

/** HubSpot's values are text; of an emptied one there is none. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
