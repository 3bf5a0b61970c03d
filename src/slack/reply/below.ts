import type { KnownBlock } from "@slack/types";
import type { ReplyButton, ReplyImage } from "../../agent/ports.ts";
import type { Chunk, Page } from "./pages.ts";
import type { PatientCalls } from "./patient-calls.ts";
import { buttonsBlock, feedbackBlock, renderPage } from "./render.ts";
import type { ReplyDependencies, ReplyTarget } from "./types.ts";
import { imageBlock } from "./upload.ts";

/** UTF-8 bytes of a message with what stands below it: Slack takes some 13,200 characters in all of its blocks. */
const messageBytes = 12_000;
const messageBlocks = 50;

export interface BelowAnswer {
  images: readonly ReplyImage[];
  buttons: readonly ReplyButton[];
}

/** What stands below an answer, as blocks; uploads its images. */
export async function blocksBelow(
  { images, buttons }: BelowAnswer,
  { id, isRoot }: Pick<ReplyTarget, "id" | "isRoot">,
  deps: ReplyDependencies & { signal: AbortSignal },
  calls: PatientCalls,
): Promise<KnownBlock[]> {
  const shown = await Promise.all(images.map((image) => imageBlock(image, id, deps, calls)));
  // Whoever did not ask is not asked how they like it.
  return [...shown, ...(buttons.length > 0 ? [buttonsBlock(buttons)] : []), ...(isRoot ? [] : [feedbackBlock()])];
}

/** Whether it is missed where it is not there; thumbs alone are not. */
export function isMissed(below: readonly KnownBlock[]): boolean {
  return below.some(({ type }) => type !== "context_actions");
}

/** Whether Slack takes a page and this in one message. */
export function hasRoomBelow(page: Page, below: readonly KnownBlock[]): boolean {
  const content = page.content();
  const bytes = content.reduce((sum, chunk) => sum + bytesOf(chunk), Buffer.byteLength(JSON.stringify(below)));
  return bytes <= messageBytes && renderPage(content, below).blocks.length <= messageBlocks;
}

function bytesOf(chunk: Chunk): number {
  return Buffer.byteLength(chunk.type === "markdown_text" ? chunk.text : JSON.stringify(chunk));
}
