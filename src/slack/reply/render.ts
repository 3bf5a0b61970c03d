import type { KnownBlock } from "@slack/types";
import type { ReplyButton } from "../../agent/ports.ts";
import { toBlocks } from "../markdown/blocks.ts";
import { toMrkdwn } from "../markdown/mrkdwn.ts";
import { actions, metadataTypes } from "../surface.ts";
import type { Chunk, TaskChunk } from "./pages.ts";

export interface RenderedMessage {
  blocks: KnownBlock[];
  /** For notifications, and where blocks are refused. */
  text: string;
}

/** A page as blocks, and what stands below it: for messages that are posted or edited instead of streamed. */
export function renderPage(content: readonly Chunk[], below: readonly KnownBlock[]): RenderedMessage {
  const blocks: KnownBlock[] = [];
  let text = "";
  for (const chunk of content) {
    if (chunk.type === "task_update") blocks.push(taskCard(chunk));
    else {
      const mayUseTable = !blocks.some((block) => block.type === "table");
      blocks.push(...toBlocks(chunk.text, { mayUseTable }));
      text += `${toMrkdwn(chunk.text)}\n\n`;
    }
  }
  blocks.push(...below);
  return { blocks, text: text.trim() || cardText(content) || titles(below) || "…" };
}

function taskCard(task: TaskChunk): KnownBlock {
  const { id, title, status, output } = task;
  if (output === undefined) return { type: "task_card", task_id: id, title, status };
  return {
    type: "task_card",
    task_id: id,
    title,
    status,
    output: {
      type: "rich_text",
      elements: [{ type: "rich_text_section", elements: [{ type: "text", text: output }] }],
    },
  };
}

function cardText(content: readonly Chunk[]): string {
  return content.flatMap((chunk) => (chunk.type === "task_update" ? [toMrkdwn(chunk.title)] : [])).join("\n");
}

function titles(below: readonly KnownBlock[]): string {
  return below
    .flatMap((block) => (block.type === "image" && block.title ? [toMrkdwn(block.title.text)] : []))
    .join("\n");
}

export function buttonsBlock(buttons: readonly ReplyButton[]): KnownBlock {
  return {
    type: "actions",
    elements: buttons.map(({ action, label, value, style }) => ({
      type: "button",
      action_id: action,
      text: { type: "plain_text", text: label },
      value,
      ...(style === undefined ? {} : { style }),
    })),
  };
}

/** Thumbs under a finished answer. */
export function feedbackBlock(): KnownBlock {
  return {
    type: "context_actions",
    elements: [
      {
        type: "feedback_buttons",
        action_id: actions.feedback,
        positive_button: {
          text: { type: "plain_text", text: "Good answer" },
          accessibility_label: "This answer was helpful",
          value: "good",
        },
        negative_button: {
          text: { type: "plain_text", text: "Bad answer" },
          accessibility_label: "This answer was not helpful",
          value: "bad",
        },
      },
    ],
  };
}

/** By this a message of an answer is found again whose `ts` was lost. */
export function partMetadata(turnId: string, part: number): Record<string, unknown> {
  return { event_type: metadataTypes.reply, event_payload: { turn_id: turnId, part } };
}
