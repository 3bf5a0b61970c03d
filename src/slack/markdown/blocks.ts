import type { KnownBlock, RichTextBlock, RichTextElement, TableBlock } from "@slack/types";
import type { Token, Tokens } from "marked";
import { plainText } from "./mrkdwn.ts";
import { tokensOf } from "./tokens.ts";

const mostRows = 100;
const mostColumns = 20;

/**
 * Markdown as blocks of a posted or edited message: Slack's `markdown` block reads everything but tables as written, and
 * the message's table becomes a `table` block. Slack takes one of those in a message: further tables, and those that are too large,
 * stay Markdown.
 */
export function toBlocks(markdown: string, options: { mayUseTable: boolean }): KnownBlock[] {
  if (!markdown.includes("|")) return markdownBlock(markdown);
  const tokens = tokensOf(markdown);
  if (!tokens) return markdownBlock(markdown);
  const blocks: KnownBlock[] = [];
  let text = "";
  let canPlace = options.mayUseTable;
  for (const token of tokens) {
    if (token.type === "table" && canPlace && fits(token as Tokens.Table)) {
      canPlace = false;
      blocks.push(...markdownBlock(text), tableBlock(token as Tokens.Table));
      text = "";
    } else text += token.raw;
  }
  return [...blocks, ...markdownBlock(text)];
}

function markdownBlock(text: string): KnownBlock[] {
  return text.trim() === "" ? [] : [{ type: "markdown", text: text.trim() }];
}

function fits(table: Tokens.Table): boolean {
  return table.rows.length < mostRows && table.header.length <= mostColumns;
}

function tableBlock(table: Tokens.Table): TableBlock {
  return {
    type: "table",
    rows: [table.header, ...table.rows].map((row) => row.map((cell) => tableCell(cell))),
    column_settings: table.align.map((align) => ({ align: align ?? "left", is_wrapped: true })),
  };
}

function tableCell(cell: Tokens.TableCell): RichTextBlock | { type: "raw_text"; text: string } {
  const text = plainText(cell.tokens);
  // Slack refuses empty cells.
  if (cell.tokens.every((token) => token.type === "text")) return { type: "raw_text", text: text === "" ? " " : text };
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: richText(cell.tokens, {}) }] };
}

type Style = { bold?: true; italic?: true; strike?: true; code?: true };

function richText(tokens: readonly Token[], style: Style): RichTextElement[] {
  return tokens.flatMap((token): RichTextElement[] => {
    switch (token.type) {
      case "strong":
        return richText(token.tokens ?? [], { ...style, bold: true });
      case "em":
        return richText(token.tokens ?? [], { ...style, italic: true });
      case "del":
        return richText(token.tokens ?? [], { ...style, strike: true });
      case "link": {
        const { href, tokens: label } = token as Tokens.Link;
        if (!/^(https?:|mailto:)/i.test(href)) return richText(label, style);
        return [{ type: "link", url: href, text: plainText(label), ...styled(style) }];
      }
      case "codespan":
        return textElement(plainText([token]), { ...style, code: true });
      default:
        return textElement(plainText([token]), style);
    }
  });
}

function textElement(text: string, style: Style): RichTextElement[] {
  return text === "" ? [] : [{ type: "text", text, ...styled(style) }];
}

function styled(style: Style): { style?: Style } {
  return Object.keys(style).length === 0 ? {} : { style };
}
