import type { KnownBlock, RichTextElement, RichTextSection } from "@slack/types";
import type { Approval, Preview } from "../../storage/approvals.ts";
import { actions, metadataTypes } from "../surface.ts";

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

/**
 * What a person is asked to consent to: each write with every field before and after. All that comes from a service is plain
 * text of rich text, in which nothing is a mention, a link or a format.
 */
export function renderCard(approvals: readonly Approval[], state: { buttons: boolean; note?: string }): CardMessage {
  const [first] = approvals;
  if (!first) throw new TypeError("a card without any write");
  const { cardId = "" } = first;
  const many = approvals.length > 1;
  const question = many ? `May I make these ${approvals.length} changes?` : "May I make this change?";
  const previews = approvals.map(({ preview }) => ({ ...preview, changes: preview.changes.slice(0, mostChanges) }));
  const length = lengthFor(previews);
  const blocks: KnownBlock[] = [
    { type: "rich_text", elements: [section([bold(question)])] },
    ...approvals.map(({ preview }) => renderWrite(preview, (words) => shortened(words, length))),
    { type: "rich_text", elements: [section(footing(first, state.note))] },
  ];
  if (state.buttons) blocks.push(buttons(cardId, many));
  const summaries = approvals.map(({ preview }) => preview.summary).join("; ");
  return {
    blocks,
    text: plain(`${question} ${summaries}`.slice(0, notificationLength)),
    metadata: { event_type: metadataTypes.approval, event_payload: { card_id: cardId } },
  };
}

/** How many of these writes stand on one card: each alone, where together they could not be shown whole. */
export function writesOnCard(previews: readonly Preview[]): number {
  const words = wordsOf(previews).reduce((sum, word) => sum + word.length, 0);
  return words <= roomForWords ? mostWrites : 1;
}

function wordsOf(previews: readonly Preview[]): string[] {
  return previews.flatMap(({ summary, record, changes }) => [
    summary,
    record?.name ?? "",
    ...changes.flatMap(({ field, before, after }) => [field, before ?? "", after ?? ""]),
  ]);
}

/** The most that may be shown of each value, for all to fit. */
function lengthFor(previews: readonly Preview[]): number {
  const words = wordsOf(previews);
  const fits = (length: number): boolean =>
    words.reduce((sum, word) => sum + Math.min(word.length, length), 0) <= roomForWords;
  return lengths.find(fits) ?? leastLength;
}

function renderWrite({ summary, record, changes }: Preview, shortened: (words: string) => string): KnownBlock {
  const shown = (value: string | null): string => (value === null || value === "" ? "(nothing)" : shortened(value));
  const heading: RichTextElement[] = [bold(shortened(summary))];
  if (record?.url !== undefined && /^https?:/.test(record.url)) {
    // Most summaries name the record themselves.
    const name = summary.includes(record.name) ? "Open" : visible(shortened(record.name));
    heading.push(text(" "), { type: "link", url: record.url, text: name });
  }
  const lines = changes.slice(0, mostChanges).map(({ field, before, after }) => {
    const words = before === null ? shown(after) : `${shown(before)} → ${shown(after)}`;
    return section([bold(`${shortened(field)}: `), text(words)]);
  });
  const left = changes.length - lines.length;
  if (left > 0) lines.push(section([text(`and ${left} more fields`)]));
  const list = { type: "rich_text_list" as const, style: "bullet" as const, elements: lines };
  return { type: "rich_text", elements: [section(heading), ...(lines.length > 0 ? [list] : [])] };
}

function footing({ userId, expiresAt }: Approval, note: string | undefined): RichTextElement[] {
  if (note !== undefined) return [text(note)];
  const timestamp = Math.floor(expiresAt.getTime() / 1000);
  return [
    text("Asked by "),
    { type: "user", user_id: userId },
    text(", who decides. Open until "),
    { type: "date", timestamp, format: "{date_short_pretty} {time}", fallback: expiresAt.toISOString() },
    text("."),
  ];
}

function buttons(cardId: string, many: boolean): KnownBlock {
  const button = (action_id: string, label: string, style: "primary" | "danger") => ({
    type: "button" as const,
    action_id,
    value: cardId,
    style,
    text: { type: "plain_text" as const, text: label },
  });
  return {
    type: "actions",
    block_id: cardId,
    elements: [
      button(actions.approve, many ? "Approve all" : "Approve", "primary"),
      button(actions.deny, many ? "Deny all" : "Deny", "danger"),
    ],
  };
}

/** Slack's three escaped: nothing of it becomes a mention or a link. */
const plain = (words: string): string => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const text = (words: string): RichTextElement => ({ type: "text", text: words === "" ? " " : visible(words) });
const bold = (words: string): RichTextElement => ({ type: "text", text: visible(words), style: { bold: true } });
const section = (elements: RichTextElement[]): RichTextSection => ({ type: "rich_text_section", elements });

/** Line breaks as a sign, and no characters that turn the direction or show nothing: a value cannot pass for another field. */
function visible(words: string): string {
  return words.replaceAll(/\r\n|[\r\n\u2028\u2029\u0085]/g, " ↵ ").replaceAll(/[\p{Cc}\p{Cf}]/gu, "");
}

function shortened(words: string, length: number): string {
  return words.length <= length ? words : `${words.slice(0, length - 1)}…`;
}
