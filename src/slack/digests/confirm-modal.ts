import type { webApi } from "@slack/bolt";
import { z } from "zod";
import type { Schedule } from "../../storage/schedules.ts";
import { ruleSchema } from "../../workflows/digests/rule.ts";
import { escapeText } from "../message-text.ts";
import { modals } from "../surface.ts";
import { nextRuns, staysPaused, whenOf } from "./runs.ts";

type View = webApi.ViewsOpenArguments["view"];

const draftSchema = z.strictObject({
  id: z.string(),
  isNew: z.boolean(),
  openedIn: z.string(),
  /** For whom it was found sound. */
  ownerId: z.string(),
  /** Whose it was, where it becomes another one's. */
  takenFrom: z.string().optional(),
  channel: z.string(),
  isPrivate: z.boolean(),
  title: z.string(),
  what: z.union([z.strictObject({ template: z.string() }), z.strictObject({ words: z.string() })]),
  rule: ruleSchema,
  zone: z.string(),
  said: z.string(),
  allowsWrites: z.boolean(),
});

/** A digest as it was filled in and found sound; kept once its runs were seen. */
export type DigestDraft = z.output<typeof draftSchema>;

/** What was understood, and when it would run, before anything is kept. `before`: the digest that is changed. */
export function renderConfirmModal(draft: DigestDraft, before: Schedule | undefined, now: number): View {
  const where = draft.isPrivate ? "in our direct message" : `in <#${draft.channel}>`;
  const runs = staysPaused(before)
    ? ["It stays paused: Resume in the list has it run again."]
    : ["The next runs:", ...nextRuns(draft, now).map((run) => `•  ${run}`)];
  const changes = draft.allowsWrites
    ? "It may propose changes; each is a card that its owner decides about."
    : "It only reads: it changes nothing.";
  return {
    type: "modal",
    callback_id: modals.digestConfirm,
    private_metadata: JSON.stringify(draft),
    title: plain("Is this right?"),
    submit: plain("Save"),
    close: plain("Back"),
    blocks: [
      section(`*${escapeText(draft.title)}*, ${where}, ${whenOf(draft)}.`),
      section(runs.join("\n")),
      section(changes),
      ...(draft.takenFrom === undefined ? [] : [section(takenWords(draft.takenFrom))]),
    ],
  };
}

function takenWords(takenFrom: string): string {
  return `It becomes yours: it runs with your rights and in your name, no longer for <@${takenFrom}>, who is told.`;
}

export function readConfirmModal(privateMetadata: string): DigestDraft {
  return draftSchema.parse(JSON.parse(privateMetadata));
}

function section(words: string): View["blocks"][number] {
  return { type: "section", text: { type: "mrkdwn", text: words } };
}

function plain(words: string): { type: "plain_text"; text: string } {
  return { type: "plain_text", text: words };
}
