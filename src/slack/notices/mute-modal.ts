import type { webApi } from "@slack/bolt";
import { modals } from "../surface.ts";

type View = webApi.ViewsOpenArguments["view"];

/** What is to be muted, and where that is said. */
export interface MutePlace {
  route: string;
  /** Records that can be left out by themselves: a key and a name. */
  records: [record: string, name: string][];
  channel: string;
  threadTs: string;
}

const blockId = "mute";
const inputId = "value";
/** Slack takes no longer option. */
const longestOption = 75;

export function renderMuteModal(place: MutePlace): View {
  const options = [
    option("hour", "All of these notices for 1 hour"),
    option("morning", "All of these notices until tomorrow, 8:00"),
    ...place.records.map(([, name], index) => option(`record:${index}`, `Only ${name}, for a week`)),
    option("end", "Nothing: tell me all of it again"),
  ];
  return {
    type: "modal",
    callback_id: modals.muteRoute,
    private_metadata: JSON.stringify(place),
    title: { type: "plain_text", text: "Mute notices" },
    submit: { type: "plain_text", text: "Mute" },
    close: { type: "plain_text", text: "Cancel" },
    blocks: [
      {
        type: "input",
        block_id: blockId,
        label: { type: "plain_text", text: "What is not to be told here" },
        hint: { type: "plain_text", text: "It holds for everybody in the channel, and is said in the thread." },
        element: { type: "radio_buttons", action_id: inputId, options },
      },
    ],
  };
}

function option(value: string, text: string) {
  const short = text.length > longestOption ? `${text.slice(0, longestOption - 1)}…` : text;
  return { value, text: { type: "plain_text" as const, text: short } };
}

/** As `renderMuteModal` names it. */
export function chosenMute(
  values: Record<string, Record<string, { selected_option?: { value: string } | null | undefined }>>,
): string {
  return values[blockId]?.[inputId]?.selected_option?.value ?? "";
}
