import type { Block } from "./types.ts";

/** What a person's composer sends for what they typed: mentions, channels and links as tokens, the rest escaped. */
export function encodeText(
  typed: string,
  find: Record<"userId" | "groupId" | "channelId", (name: string) => string | undefined>,
): string {
  return typed
    .split(
      /(<(?:@[A-Z0-9]+|#[A-Z0-9]+(?:\|[^>]*)?|![a-z]+(?:\^[A-Z0-9]+(?:\|[^>]*)?)?|https?:[^>\s]+)>|https?:\/\/[^\s<>]+)/,
    )
    .map((part, index) => {
      if (index % 2 === 1) return part.startsWith("<") ? part : `<${part}>`;
      return part
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replace(/(^|[\s(])@([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])/gi, (whole, before: string, handle: string) => {
          const id = find.userId(handle.toLowerCase());
          if (id) return `${before}<@${id}>`;
          const groupId = find.groupId(handle.toLowerCase());
          return groupId ? `${before}<!subteam^${groupId}>` : whole;
        })
        .replace(/(^|[\s(])#([a-z0-9][a-z0-9_-]*)/g, (whole, before: string, name: string) => {
          const id = find.channelId(name);
          return id ? `${before}<#${id}|>` : whole;
        });
    })
    .join("");
}

/** The `rich_text` block that accompanies what a person wrote. */
export function richText(encoded: string, blockId: string): Block {
  const elements = encoded
    .split(/(<[^>]+>)/)
    .filter((part) => part !== "")
    .map((part) => (part.startsWith("<") ? token(part.slice(1, -1)) : { type: "text", text: unescapeText(part) }));
  return { type: "rich_text", block_id: blockId, elements: [{ type: "rich_text_section", elements }] };
}

function token(inner: string): Record<string, unknown> {
  const [target = "", label] = inner.split("|");
  if (target.startsWith("@")) return { type: "user", user_id: target.slice(1) };
  if (target.startsWith("#")) return { type: "channel", channel_id: target.slice(1) };
  if (target.startsWith("!subteam^")) return { type: "usergroup", usergroup_id: target.slice("!subteam^".length) };
  if (target.startsWith("!")) return { type: "broadcast", range: target.slice(1) };
  return { type: "link", url: target, ...(label ? { text: label } : {}) };
}

function unescapeText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Plain text as the `rich_text` that Slack makes of a task card's details and output. */
export function plainRichText(text: string): Block {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}
