import type { ImageBlock, KnownBlock } from "@slack/types";
import { safeMarkdown } from "../markdown/safe.ts";
import type { Chunk } from "./pages.ts";

/** A message as Slack is given it. */
export type Message = { text: string; blocks: unknown[] } | { markdown_text: string };

const mostCharacters = 2_000;

/**
 * What is tried where Slack refuses the blocks of a page, one after the other: all in words but the buttons, the buttons without the
 * thumbs, which a Slack may not know, and words alone, which say what is not there.
 */
export function plainMessages(content: readonly Chunk[], below: readonly KnownBlock[], text: string): Message[] {
  const words = content.map((chunk) => (chunk.type === "markdown_text" ? chunk.text : `${chunk.title}\n\n`)).join("");
  const page: KnownBlock[] = words.trim() === "" ? [] : [{ type: "markdown", text: words.trim() }];
  const told = below.map((block) => (block.type === "image" ? inWords(block) : block));
  const withoutThumbs = told.filter(({ type }) => type !== "context_actions");
  const only = [words, missing(below)].filter((part) => part.trim() !== "").join("\n\n");
  return [
    ...[told, withoutThumbs].flatMap((some) => (some.length > 0 ? [{ text, blocks: [...page, ...some] }] : [])),
    { markdown_text: only || text },
  ];
}

function inWords({ alt_text }: ImageBlock): KnownBlock {
  const words = `I cannot show a picture here. What it shows: ${alt_text}`.slice(0, mostCharacters);
  return { type: "context", elements: [{ type: "plain_text", text: words }] };
}

function missing(below: readonly KnownBlock[]): string {
  const names = below.flatMap((block) => {
    if (block.type === "image") return [`the picture "${safeMarkdown(block.title?.text ?? block.alt_text)}"`];
    if (block.type !== "actions") return [];
    return block.elements.flatMap((one) =>
      one.type === "button" ? [`the button "${safeMarkdown(one.text.text)}"`] : [],
    );
  });
  return names.length > 0 ? `_I cannot show here: ${names.join(", ")}._` : "";
}
