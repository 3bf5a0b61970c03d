import type { Token, Tokens } from "marked";
import { tokensOf } from "./tokens.ts";

/** Markdown as Slack's own `mrkdwn`, for notifications, screen readers and clients that show no blocks. */
export function toMrkdwn(markdown: string): string {
  const tokens = tokensOf(markdown);
  return (tokens ? blocksOf(tokens) : escape(markdown)).trim();
}

function blocksOf(tokens: readonly Token[]): string {
  return tokens.map(block).join("");
}

function block(token: Token): string {
  switch (token.type) {
    case "space":
    case "def":
      return "";
    case "heading":
      return `*${inline(token.tokens).replaceAll("*", "")}*\n\n`;
    case "paragraph":
      return `${inline(token.tokens)}\n\n`;
    case "code":
      return `\`\`\`\n${escape((token as Tokens.Code).text)}\n\`\`\`\n\n`;
    case "blockquote":
      return `${quote(blocksOf(token.tokens ?? []).trim())}\n\n`;
    case "list":
      return `${list(token as Tokens.List)}\n`;
    case "table":
      return `\`\`\`\n${plainTable(token as Tokens.Table)}\n\`\`\`\n\n`;
    case "hr":
      return "———\n\n";
    case "text":
      return `${token.tokens ? inline(token.tokens) : escape(token.raw)}\n`;
    default:
      return escape(token.raw);
  }
}

function quote(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

function list(token: Tokens.List): string {
  const first = typeof token.start === "number" ? token.start : 1;
  return token.items.map((item, index) => listItem(item, token.ordered ? `${first + index}.` : "•")).join("");
}

function listItem(item: Tokens.ListItem, bullet: string): string {
  const box = item.task ? (item.checked ? "☑ " : "☐ ") : "";
  const body = blocksOf(item.tokens.filter((token) => token.type !== "checkbox"))
    .replace(/\n{2,}/g, "\n")
    .trim();
  return `${bullet} ${box}${body.replaceAll("\n", "\n    ")}\n`;
}

function inline(tokens: readonly Token[] | undefined): string {
  return (tokens ?? []).map(span).join("");
}

function span(token: Token): string {
  switch (token.type) {
    case "strong":
      return wrap("*", inline(token.tokens));
    case "em":
      return wrap("_", inline(token.tokens));
    case "del":
      return wrap("~", inline(token.tokens));
    case "codespan":
      return `\`${escape((token as Tokens.Codespan).text)}\``;
    case "br":
      return "\n";
    case "link":
      return link((token as Tokens.Link).href, inline(token.tokens));
    case "image":
      return link((token as Tokens.Image).href, escape((token as Tokens.Image).text || "image"));
    case "text":
      return token["tokens"] ? inline(token["tokens"]) : escape((token as Tokens.Text).text);
    case "escape":
      return escape((token as Tokens.Escape).text);
    default:
      return escape(token.raw);
  }
}

function wrap(mark: string, text: string): string {
  return text.trim() === "" ? text : `${mark}${text}${mark}`;
}

function link(href: string, label: string): string {
  if (!/^(https?:|mailto:|tel:)/i.test(href)) return label;
  const address = escape(href.replaceAll("|", "%7C").replaceAll(" ", "%20"));
  const text = label.replaceAll("|", "¦");
  return text === "" || text === address ? `<${address}>` : `<${address}|${text}>`;
}

/** Slack's three: nothing of the text can become a control sequence after it. */
function escape(text: string): string {
  return unescapeHtml(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The lexer leaves entities as they were written. */
function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "");
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function plainTable(table: Tokens.Table): string {
  const rows = [table.header, ...table.rows].map((row) => row.map((cell) => plainText(cell.tokens)));
  const widths = table.header.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return escape(lines.join("\n"));
}

/** The words of a span without any marks. */
export function plainText(tokens: readonly Token[] | undefined): string {
  return (tokens ?? [])
    .map((token) => {
      if (token.type === "br") return " ";
      if ("tokens" in token && token.tokens) return plainText(token.tokens);
      return unescapeHtml("text" in token ? String(token.text) : token.raw);
    })
    .join("");
}
