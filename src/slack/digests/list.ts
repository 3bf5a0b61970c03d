import type { KnownBlock } from "@slack/types";
import type { Schedule } from "../../storage/schedules.ts";
import { escapeText } from "../message-text.ts";
import { actions, command } from "../surface.ts";
import { instantInWords, whenOf } from "./runs.ts";

/** Each takes two of the fifty blocks that a message may have. */
const mostShown = 20;

/** What a person sees: the digests of a channel and their own. */
export interface DigestList {
  text: string;
  blocks: KnownBlock[];
}

export function renderDigestList(
  schedules: readonly Schedule[],
  mayChange: (schedule: Schedule) => boolean,
): DigestList {
  if (schedules.length === 0) {
    const text = `There are no digests here, and none of yours elsewhere. Make one with \`${command} digest\`.`;
    return { text, blocks: [section(text)] };
  }
  const shown = schedules.slice(0, mostShown);
  const left = schedules.length - shown.length;
  const blocks = shown.flatMap((schedule, index) => [
    section(describe(schedule)),
    ...(mayChange(schedule) ? [buttons(schedule, index + 1)] : []),
  ]);
  const more = left > 0 ? [section(`and ${left} more`)] : [];
  return { text: "Digests of this channel, and yours", blocks: [...blocks, ...more] };
}

function describe(schedule: Schedule): string {
  const { title, ownerId, channel, isPrivate, paused, pausedReason, nextAt, zone } = schedule;
  const where = isPrivate ? "in our direct message" : `in <#${channel}>`;
  const because = pausedReason === undefined ? "" : `: ${escapeText(pausedReason)}`;
  const state = paused ? `paused${because}` : `next run ${instantInWords(nextAt.getTime(), zone)}`;
  return `*${escapeText(title)}*, ${whenOf(schedule)}\n${where}, of <@${ownerId}>, ${state}`;
}

function buttons(schedule: Schedule, number: number): KnownBlock {
  const { id, paused, title } = schedule;
  const button = (action: string, label: string, more: object = {}) => ({
    type: "button" as const,
    action_id: `${action}_${number}`,
    value: id,
    text: { type: "plain_text" as const, text: label },
    ...more,
  });
  const confirm = {
    title: { type: "plain_text", text: "Delete this digest?" },
    text: { type: "plain_text", text: `“${title.slice(0, 200)}” is not posted any more.` },
    confirm: { type: "plain_text", text: "Delete" },
    deny: { type: "plain_text", text: "Keep" },
    style: "danger",
  };
  const elements = [
    paused ? button(actions.digestResume, "Resume") : button(actions.digestPause, "Pause"),
    button(actions.digestRun, "Run now"),
    button(actions.digestEdit, "Edit"),
    button(actions.digestDelete, "Delete", { style: "danger", confirm }),
  ];
  return { type: "actions", elements };
}

function section(words: string): KnownBlock {
  return { type: "section", text: { type: "mrkdwn", text: words } };
}
