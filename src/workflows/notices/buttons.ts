import { z } from "zod";
import type { ReplyButton, Step } from "../../agent/ports.ts";

export const noticeButtonIds = { tellMore: "sophia_tell_more", mute: "sophia_mute_route" } as const;

/** What the buttons below a notice bring back when they are pressed. */
export const tellMoreValue = z.object({ turn: z.string(), records: z.int().default(1) });
export const muteValue = z.object({
  route: z.string(),
  /** Records that can be left out by themselves: a key and a name. */
  records: z.array(z.tuple([z.string(), z.string()])),
});

const named = z.object({ id: z.string(), name: z.string() });
const answers = z.union([
  z.object({ deal: named }).transform(({ deal }) => ({ kind: "deal", ...deal })),
  z.object({ contact: named }).transform(({ contact }) => ({ kind: "contact", ...contact })),
  z.object({ task: named }).transform(({ task }) => ({ kind: "task", ...task })),
]);

const mostNamed = 5;
const longestName = 60;

interface Below {
  turnId: string;
  routeId: string;
  /** What the notice is about: of what else was read for it there is no word. */
  about: readonly string[];
  steps: readonly Step[];
}

/** Names come from what was read: each attempt shows the same. */
export function noticeButtons({ turnId, routeId, about, steps }: Below): ReplyButton[] {
  const records = namesIn(steps, new Set(about));
  const more = JSON.stringify({ turn: turnId, records: records.length });
  return [
    ...(records.length > 0 ? [{ action: noticeButtonIds.tellMore, label: "Tell me more", value: more }] : []),
    { action: noticeButtonIds.mute, label: "Mute", value: JSON.stringify({ route: routeId, records }) },
  ];
}

/** What is asked in the name of whoever presses: in words of ours alone, since what an asker names counts as their own choice. */
export function tellMoreText(records: number): string {
  return `Tell me more about the ${records === 1 ? "change" : `${records} records`} in this notice.`;
}

function namesIn(steps: readonly Step[], about: ReadonlySet<string>): [record: string, name: string][] {
  const names = steps.flatMap((step) => {
    const read = step.kind === "tool_result" ? answers.safeParse(JSON.parse(step.text)).data : undefined;
    return read && about.has(`${read.kind}:${read.id}`)
      ? [[`${read.kind}:${read.id}`, read.name.replaceAll(/\s+/g, " ").slice(0, longestName)] as [string, string]]
      : [];
  });
  return [...new Map(names)].slice(0, mostNamed);
}
