import type { KnownBlock, RichTextElement } from "@slack/types";
import { seenVersion } from "../../approvals/decisions.ts";
import type { Approval, Preview } from "../../storage/approvals.ts";
import { actions, metadataTypes } from "../surface.ts";
import { bold, peopleElements, plain, section, shortened, text, visible } from "./card-parts.ts";
import { outcomeOf } from "./card-outcome.ts";

/** Writes that are decided about together, where all of them can be shown whole. */
const mostWrites = 5;
const mostChanges = 40;
/** Characters of all values, names and summaries; Slack takes some 13,000 in a message. */
const roomForWords = 11_000;
/** What may be shown of one of them, the most that there is room for. */
const lengths = [3_000, 1_000, 300, 100, 30];
const leastLength = 15;
/** Characters of the notification before they are escaped: `chat.update` takes 4,000. */
const notificationLength = 700;

export interface CardMessage {
  blocks: KnownBlock[];
  /** For notifications. */
  text: string;
  /** By it a card is found again that was posted by an attempt which did not hear of it. */
  metadata: { event_type: string; event_payload: { card_id: string } };
}

/** Slack user id -> the person's name. */
export type Names = ReadonlyMap<string, string>;

/**
 * What a person is asked to consent to, and what came of it: each write with every field before and after. It follows from the
 * writes' rows alone, so that whoever shows it last shows what is so. All that comes from a service is plain text of rich text,
 * in which nothing is a mention, a link or a format.
 */
export function renderCard(approvals: readonly Approval[], names: Names): CardMessage {
  const [first] = approvals;
  if (!first) throw new TypeError("a card without any write");
  const { cardId = "" } = first;
  const many = approvals.length > 1;
  const isOpen = approvals.some(({ status }) => status === "planned");
  const question = many ? `May I make these ${approvals.length} changes?` : "May I make this change?";
  const writes = approvals.map((approval) => ({ approval, preview: previewOf(approval) }));
  const length = lengthFor(writes.map(({ preview }) => preview));
  const blocks: KnownBlock[] = [
    { type: "rich_text", elements: [section([bold(question)])] },
    ...writes.map(({ approval, preview }, index) => {
      const number = many && isOpen ? `${index + 1}. ` : "";
      return renderWrite({ ...preview, summary: number + preview.summary }, lineOf(approval, many, names), length);
    }),
    { type: "rich_text", elements: [section(isOpen ? asking(first) : decision(approvals, names))] },
    ...buttons(approvals, cardId, isOpen),
  ];
  const summaries = writes.map(({ preview }) => preview.summary).join("; ");
  return {
    blocks,
    text: plain(`${isOpen ? question : wordsOf(decision(approvals, names))} ${summaries}`.slice(0, notificationLength)),
    metadata: { event_type: metadataTypes.approval, event_payload: { card_id: cardId } },
  };
}

/** How many of these writes stand on one card: each alone, where together they could not be shown whole. */
export function writesOnCard(approvals: readonly Approval[]): number {
  const words = allWords(approvals.map(previewOf)).reduce((sum, word) => sum + word.length, 0);
  return words <= roomForWords ? mostWrites : 1;
}

/** A write that nobody was asked about has its bare arguments. */
function previewOf({ preview, tool, arguments: args, edited }: Approval): Preview {
  if (preview) return { ...preview, changes: preview.changes.slice(0, mostChanges + 1) };
  const entries = Object.entries((edited ?? args) as Record<string, unknown>);
  const changes = entries.map(([field, value]) => ({
    field,
    before: null,
    after: typeof value === "string" ? value : JSON.stringify(value),
  }));
  return { summary: tool, changes };
}

function allWords(previews: readonly Preview[]): string[] {
  return previews.flatMap(({ summary, record, changes }) => [
    summary,
    record?.name ?? "",
    ...changes.flatMap(({ field, before, after }) => [field, before ?? "", after ?? ""]),
  ]);
}

/** The most that may be shown of each value, for all to fit. */
function lengthFor(previews: readonly Preview[]): number {
  const words = allWords(previews);
  const fits = (length: number): boolean =>
    words.reduce((sum, word) => sum + Math.min(word.length, length), 0) <= roomForWords;
  return lengths.find(fits) ?? leastLength;
}

function renderWrite({ summary, record, changes }: Preview, line: RichTextElement[], length: number): KnownBlock {
  const shown = (value: string | null): string =>
    value === null || value === "" ? "(nothing)" : shortened(value, length);
  const heading: RichTextElement[] = [bold(shortened(summary, length))];
  if (record?.url !== undefined && /^https?:/.test(record.url)) {
    // Most summaries name the record themselves.
    const name = summary.includes(record.name) ? "Open" : visible(shortened(record.name, length));
    heading.push(text(" "), { type: "link", url: record.url, text: name });
  }
  const rows = changes.slice(0, mostChanges).map(({ field, before, after }) => {
    const words = before === null ? shown(after) : `${shown(before)} → ${shown(after)}`;
    return section([bold(`${shortened(field, length)}: `), text(words)]);
  });
  if (changes.length > mostChanges) rows.push(section([text("and more fields")]));
  const list = { type: "rich_text_list" as const, style: "bullet" as const, elements: rows };
  const parts = [section(heading), ...(rows.length > 0 ? [list] : [])];
  return { type: "rich_text", elements: line.length > 0 ? [...parts, section(line)] : parts };
}

/** What is to be said of one write by itself: who changed it, and, among several, what came of it. */
function lineOf(approval: Approval, many: boolean, names: Names): RichTextElement[] {
  const { editedBy, status } = approval;
  const edited = editedBy === undefined ? [] : [text(`Changed by ${names.get(editedBy) ?? editedBy}. `)];
  return many && status !== "planned" ? [...edited, ...outcomeOf(approval)] : edited;
}

function asking({ userId, expiresAt, approvers }: Approval): RichTextElement[] {
  const timestamp = Math.floor(expiresAt.getTime() / 1000);
  const whoDecides = approvers
    ? [text(". To be decided by "), ...peopleElements(approvers), text(". Open until ")]
    : [text(", who decides. Open until ")];
  return [
    text("Asked by "),
    { type: "user", user_id: userId },
    ...whoDecides,
    { type: "date", timestamp, format: "{date_short_pretty} {time}", fallback: expiresAt.toISOString() },
    text("."),
  ];
}

/** Who decided what, and for a single write what came of it. */
function decision(approvals: readonly Approval[], names: Names): RichTextElement[] {
  const [first] = approvals;
  const { decidedBy, status, reason } = first ?? {};
  const outcome = first && approvals.length === 1 ? outcomeOf(first) : [];
  if (decidedBy === undefined) return outcome.length > 0 ? outcome : [text("No longer open.")];
  const name = names.get(decidedBy) ?? decidedBy;
  if (status !== "denied") return [text(`Approved by ${name}. `), ...outcome];
  const why = reason === undefined ? "" : ` “${shortened(reason, lengths[2] ?? leastLength)}”`;
  return [text(`Denied by ${name}.${why} Nothing was changed.`)];
}

function wordsOf(elements: readonly RichTextElement[]): string {
  return elements.map((element) => ("text" in element ? element.text : "")).join("");
}

function buttons(approvals: readonly Approval[], cardId: string, isOpen: boolean): KnownBlock[] {
  const button = (action_id: string, label: string, value: string, style?: "primary" | "danger") => ({
    type: "button" as const,
    action_id,
    value,
    ...(style && { style }),
    text: { type: "plain_text" as const, text: label },
  });
  const all = approvals.length > 1 ? " all" : "";
  const seen = `${cardId}@${seenVersion(approvals)}`;
  const elements = isOpen
    ? [
        button(actions.approve, `Approve${all}`, seen, "primary"),
        ...approvals.map(({ id }, index) =>
          button(`${actions.edit}_${index + 1}`, all ? `Edit ${index + 1}` : "Edit", id),
        ),
        button(actions.deny, `Deny${all}`, seen, "danger"),
        button(actions.denyWithReason, "Deny with a reason", seen),
      ]
    : approvals.flatMap(({ id, status }, index) =>
        status === "unknown"
          ? [button(`${actions.check}_${index + 1}`, `Check ${all ? index + 1 : ""} again`.replace("  ", " "), id)]
          : [],
      );
  return elements.length > 0 ? [{ type: "actions", block_id: cardId, elements }] : [];
}
