/**
 * What Slack's blocks and attachments say, in its own marked-up text (`<@U1>`, `<https://...|label>`). It stands here since Sophia's
 * listeners and the Slack server read the same messages, and share nothing else.
 */

/** As far as words are concerned; whoever posted it has written every field. */
export interface Attachment {
  title?: unknown;
  text?: unknown;
  fallback?: unknown;
  blocks?: unknown;
  /** Of a message that is forwarded: its blocks, each lot in `message`. */
  message_blocks?: unknown;
  fields?: unknown;
  /** Those of a message that is forwarded. */
  attachments?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** What Slack has as `fallback` where a message has blocks and no text. */
const noPreview = "[no preview available]";
const deepest = 8;

/** A line for each part that says something. What is there to be pressed says nothing. */
export function blockWords(blocks: unknown): string {
  return linesIn(blocks, 0).join("\n");
}

/** All that an attachment says; its fallback stands in where that is nothing. */
export function attachmentWords(attachment: Attachment, depth = 0): string {
  const { title, text, fallback, message_blocks: lots, fields, attachments } = attachment;
  const said = textOf(text);
  const forwarded = listOf(lots).flatMap((lot) => listOf(fieldsOf(fieldsOf(lot)["message"])["blocks"]));
  const blocks = [...listOf(attachment.blocks), ...forwarded];
  // A person's blocks say what the text says; an app's text may be no more than what a notification shows.
  const isRepeated = said !== "" && blocks.every((block) => fieldsOf(block)["type"] === "rich_text");
  const shown = isRepeated ? "" : blockWords(blocks);
  const inner = depth < deepest ? listOf(attachments).map((one) => attachmentWords(fieldsOf(one), depth + 1)) : [];
  const parts = [textOf(title), shown.includes(said) ? "" : said, shown, ...listOf(fields).map(fieldWords), ...inner];
  const whole = parts.filter((part) => part !== "").join("\n");
  return whole === "" && fallback !== noPreview ? textOf(fallback) : whole;
}

function linesIn(value: unknown, depth: number): string[] {
  if (depth > deepest) return [];
  if (Array.isArray(value)) return value.flatMap((one) => linesIn(one, depth + 1));
  const part = fieldsOf(value);
  if ("action_id" in part) return [];
  switch (part["type"]) {
    case "rich_text_section":
    case "rich_text_quote":
    case "rich_text_preformatted":
      return [listOf(part["elements"]).map(inlineWords).join("")].filter((line) => line.trim() !== "");
    case "table":
      return listOf(part["rows"]).map((row) =>
        listOf(row)
          .map((cell) => linesIn(cell, depth + 1).join(" "))
          .join(" | "),
      );
    default:
      return Object.entries(part).flatMap(([key, field]) => {
        if (typeof field !== "string") return key === "confirm" ? [] : linesIn(field, depth + 1);
        return (key === "text" || key === "alt_text") && field !== "" ? [field] : [];
      });
  }
}

function inlineWords(element: unknown): string {
  const part = fieldsOf(element);
  const field = (name: string): string => {
    const value = part[name];
    return typeof value === "string" ? value : "";
  };
  const text = escaped(field("text"));
  switch (part["type"]) {
    case "link":
      return text === "" ? `<${field("url")}>` : `<${field("url")}|${text}>`;
    case "user":
      return `<@${field("user_id")}>`;
    case "channel":
      return `<#${field("channel_id")}>`;
    case "usergroup":
      return `<!subteam^${field("usergroup_id")}>`;
    case "broadcast":
      return `<!${field("range")}>`;
    case "emoji":
      return `:${field("name")}:`;
    case "date":
      return escaped(field("fallback"));
    default:
      return text;
  }
}

function fieldWords(field: unknown): string {
  const { title, value } = fieldsOf(field);
  return [title, value].filter((part) => typeof part === "string" && part !== "").join(": ");
}

/** In rich text alone Slack leaves these as they were typed. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
