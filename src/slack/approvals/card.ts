import type { KnownBlock, RichTextElement, RichTextSection } from "@slack/types";
import type { Approval, Preview } from "../../storage/approvals.ts";
import { toMrkdwn } from "../markdown/mrkdwn.ts";
import { safeMarkdown } from "../markdown/safe.ts";
import { actions } from "../surface.ts";

/** What is shown of one value, and of one record: the whole stands in the record itself. */
const valueLength = 300;
const mostChanges = 15;
const mostWrites = 15;

export interface CardMessage {
  blocks: KnownBlock[];
  /** For notifications. */
  text: string;
}

/**
 * What a person is asked to consent to: each write with every field before and after. All that comes from a service is plain
 * text of rich text, in which nothing is a mention, a link or a format.
 */
export function renderCard(approvals: readonly Approval[], state: { buttons: boolean; note?: string }): CardMessage {
  const [first] = approvals;
  const many = approvals.length > 1;
  const question = many ? `May I make these ${approvals.length} changes?` : "May I make this change?";
  const shown = approvals.slice(0, mostWrites).map(({ preview }) => renderWrite(preview));
  const left = approvals.length - shown.length;
  const blocks: KnownBlock[] = [
    { type: "rich_text", elements: [section([bold(question)])] },
    ...shown.flat(),
    ...(left > 0 ? [{ type: "rich_text" as const, elements: [section([text(`and ${left} more of the kind`)])] }] : []),
  ];
  if (first) blocks.push({ type: "rich_text", elements: [section(footing(first, state.note))] });
  if (first?.cardId !== undefined && state.buttons) blocks.push(buttons(first.cardId, many));
  const summaries = approvals.map(({ preview }) => toMrkdwn(safeMarkdown(preview.summary)));
  return { blocks, text: `${question} ${summaries.join("; ")}`.slice(0, 3_000) };
}

function renderWrite({ summary, record, changes }: Preview): KnownBlock[] {
  const heading: RichTextElement[] = [bold(shortened(summary))];
  if (record?.url !== undefined && /^https?:/.test(record.url)) {
    heading.push(text(" "), { type: "link", url: record.url, text: shortened(record.name) });
  }
  const lines = changes.slice(0, mostChanges).map(({ field, before, after }) => {
    const words = before === null ? shown(after) : `${shown(before)} → ${shown(after)}`;
    return section([bold(`${shortened(field)}: `), text(words)]);
  });
  const left = changes.length - lines.length;
  if (left > 0) lines.push(section([text(`and ${left} more fields`)]));
  const list = { type: "rich_text_list" as const, style: "bullet" as const, elements: lines };
  return [{ type: "rich_text", elements: [section(heading), ...(lines.length > 0 ? [list] : [])] }];
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

const text = (words: string): RichTextElement => ({ type: "text", text: words === "" ? " " : words });
const bold = (words: string): RichTextElement => ({ type: "text", text: words, style: { bold: true } });
const section = (elements: RichTextElement[]): RichTextSection => ({ type: "rich_text_section", elements });
const shown = (value: string | null): string => (value === null || value === "" ? "(nothing)" : shortened(value));

function shortened(words: string): string {
  return words.length <= valueLength ? words : `${words.slice(0, valueLength - 1)}…`;
}
