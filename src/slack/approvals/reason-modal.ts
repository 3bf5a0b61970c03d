import type { webApi } from "@slack/bolt";
import { modals } from "../surface.ts";

type View = webApi.ViewsOpenArguments["view"];

export interface ReasonPlace {
  cardId: string;
  seen: number;
  channel: string;
  threadTs?: string | undefined;
}

const blockId = "reason";
const inputId = "value";
const longestReason = 500;

/** Asks why a change is denied: whoever asked, and the model, read it. */
export function renderReasonModal(place: ReasonPlace): View {
  return {
    type: "modal",
    callback_id: modals.denyWithReason,
    private_metadata: JSON.stringify(place),
    title: { type: "plain_text", text: "Deny with a reason" },
    submit: { type: "plain_text", text: "Deny" },
    close: { type: "plain_text", text: "Cancel" },
    blocks: [
      {
        type: "input",
        block_id: blockId,
        label: { type: "plain_text", text: "Why" },
        hint: { type: "plain_text", text: "It stands on the card, and I go on with it in mind." },
        element: { type: "plain_text_input", action_id: inputId, multiline: true, max_length: longestReason },
      },
    ],
  };
}

export function readReason(values: Record<string, Record<string, { value?: string | null | undefined }>>): string {
  return values[blockId]?.[inputId]?.value?.trim().slice(0, longestReason) ?? "";
}
