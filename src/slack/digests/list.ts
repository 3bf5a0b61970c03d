import type { KnownBlock } from "@slack/types";
import type { Schedule } from "../../storage/schedules.ts";
import { escapeText } from "../message-text.ts";
import { actions, command } from "../surface.ts";
import { instantInWords, whenOf } from "./runs.ts";

/** Each takes two of the fifty blocks that a message may have. */
const onePage = 20;

/** What a person sees: the digests of a channel and their own. */
export interface DigestList {
  text: string;
  blocks: KnownBlock[];
}

/** On which page of a list a button stands, by its `action_id`: counted from 0. */
export function pageOf(actionId: string): number {
  const number = Number(/_(\d+)$/.exec(actionId)?.[1] ?? 0);
  return actionId.startsWith(`${actions.digestPage}_`) ? number : Math.floor((number - 1) / onePage);
}

/** One page; the last one where there are no longer so many. */
export function renderDigestList(
  schedules: readonly Schedule[],
  mayChange: (schedule: Schedule) => boolean,
  wanted: number,
): DigestList {
  if (schedules.length === 0) {
    const text = `There are no digests here, and none of yours elsewhere. Make one with \`${command} digest\`.`;
    return { text, blocks: [section(text)] };
  }
  const page = Math.min(wanted, Math.ceil(schedules.length / onePage) - 1);
  const first = page * onePage;
  const shown = schedules.slice(first, first + onePage);
  const blocks = shown.flatMap((schedule, index) => [
    section(describe(schedule)),
    ...(mayChange(schedule) ? [buttons(schedule, first + index + 1)] : []),
  ]);
  const text = "Digests of this channel, and yours";
  if (schedules.length <= onePage) return { text, blocks };
  const place = section(`${first + 1} to ${first + shown.length} of ${schedules.length}`);
  return { text, blocks: [...blocks, place, turning(page, first + shown.length < schedules.length)] };
}

function turning(page: number, goesOn: boolean): KnownBlock {
  const button = (to: number, label: string) => ({
    type: "button" as const,
    action_id: `${actions.digestPage}_${to}`,
    text: { type: "plain_text" as const, text: label },
  });
  const back = page > 0 ? [button(page - 1, "Back")] : [];
  return { type: "actions", elements: [...back, ...(goesOn ? [button(page + 1, "Next")] : [])] };
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
