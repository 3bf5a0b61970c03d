import type { RichTextElement, RichTextSection } from "@slack/types";

/** Slack's three escaped: nothing of it becomes a mention or a link. */
export const plain = (words: string): string =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
export const text = (words: string): RichTextElement => ({ type: "text", text: words === "" ? " " : visible(words) });
export const bold = (words: string): RichTextElement => ({
  type: "text",
  text: visible(words),
  style: { bold: true },
});
export const section = (elements: RichTextElement[]): RichTextSection => ({ type: "rich_text_section", elements });

/** Line breaks as a sign, and no characters that turn the direction or show nothing: a value cannot pass for another field. */
export function visible(words: string): string {
  return words.replaceAll(/\r\n|[\r\n\u2028\u2029\u0085]/g, " ↵ ").replaceAll(/[\p{Cc}\p{Cf}]/gu, "");
}

export function shortened(words: string, length: number): string {
  return words.length <= length ? words : `${words.slice(0, length - 1)}…`;
}

/** Whom a list of people of the configuration names; a user group by its id is told by Slack, so that its people hear of it. */
export function peopleElements(list: readonly string[]): RichTextElement[] {
  return list.flatMap((entry, index) => {
    const between = index === 0 ? [] : [text(index === list.length - 1 ? " or " : ", ")];
    return [...between, personElement(entry)];
  });
}

function personElement(entry: string): RichTextElement {
  if (/^S[A-Z0-9]{6,}$/.test(entry)) return { type: "usergroup", usergroup_id: entry };
  if (/^[UW][A-Z0-9]{6,}$/.test(entry)) return { type: "user", user_id: entry };
  return text(entry);
}
