import type { NoticeRecord } from "../../storage/turns.ts";
import { lineFor } from "./lines.ts";
import { partsOf, type RecordKind } from "./records.ts";
import type { Told } from "./writer.ts";

const kindWords: Readonly<Record<string, string>> = {
  "deal.stage": "of stage",
  "deal.amount": "of amount",
  "deal.created": "new",
  "contact.created": "new",
  "task.completed": "completed or reopened",
  "task.reassigned": "of assignee",
  "task.due_changed": "of due date",
  "task.commented": "comments",
  "task.overdue": "overdue",
};
const nouns: Readonly<Record<RecordKind, readonly [one: string, many: string]>> = {
  deal: ["deal", "deals"],
  contact: ["contact", "contacts"],
  task: ["task", "tasks"],
};

/** Many records in one message: counts by kind, the largest by themselves, the rest counted. */
export function summaryOf(
  told: readonly Told[],
  rest: readonly NoticeRecord[],
  byRecord: ReadonlyMap<string, readonly { kind: string }[]>,
): string {
  const records = [...told.map(({ record }) => `${record.kind}:${record.id}`), ...rest.map(({ record }) => record)];
  const events = records.flatMap((record) => byRecord.get(record) ?? []);
  const kinds = [...Map.groupBy(events, ({ kind }) => kind)].toSorted(
    ([, left], [, right]) => right.length - left.length,
  );
  const counts = kinds.map(([kind, all]) => `${number(all.length)} ${kindWords[kind] ?? "others"}`);
  const [one, many] = nouns[partsOf(records[0] ?? "deal:").kind];
  const title = `**${number(events.length)} changes of ${number(records.length)} ${records.length === 1 ? one : many}**`;
  const lines = told.map(({ record, changes, doers }) => `- ${lineFor(record, changes, doers)}`);
  const more = told.length > 0 && rest.length > 0 ? [`- and ${number(rest.length)} more`] : [];
  return [`${title}: ${counts.join(", ")}.`, "", ...lines, ...more].join("\n").trim();
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}
