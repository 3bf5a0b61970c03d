import { z } from "zod";
import { isoFormatter } from "../../shared/date-range.ts";
import type { CallContent } from "../answers.ts";
import { callId, callOutput, clockText, gongTool, minutes, presentCall, readsGong } from "../call-output.ts";

/** Gong documents no link to a moment of a call, so the moment is told, not linked. */
const pointOutput = z.strictObject({
  text: z.string(),
  at: z.string().nullable().describe("mm:ss from the start of the call, where Gong says it"),
});

type Point = z.output<typeof pointOutput>;
type Sections = NonNullable<CallContent["highlights"]>;

const nextStepsTitle = /next steps?|action items?/i;

export const getCallSummary = gongTool({
  name: "get_call_summary",
  title: "Summarize a call",
  description:
    "Gong's own summary of one call: brief, key points, next steps, highlights, trackers that were heard, topics, outcome, participants. " +
    "Far shorter than get_call_transcript: take this first, and the transcript for words and details. Empty fields: Gong has not written them (yet).",
  input: z.strictObject({ call_id: callId }),
  output: z.strictObject({
    ...callOutput.omit({ id: true }).shape,
    call_id: z.string(),
    key_points: z.array(pointOutput),
    next_steps: z.array(pointOutput),
    highlights: z.array(z.strictObject({ title: z.string(), points: z.array(pointOutput) })),
    trackers: z.array(z.strictObject({ name: z.string(), count: z.number() })).describe("Heard at least once"),
    topics: z.array(z.strictObject({ name: z.string(), minutes: z.number() })),
    outcome: z.string().nullable(),
  }),
  annotations: readsGong,
  progress: { one: "Reading a call's summary in Gong", many: "Reading {count} calls' summaries in Gong" },

  async run(input, context) {
    const found = await context.client.reader(context).detailedCall(input.call_id);
    const { id, ...call } = presentCall(found, isoFormatter(context.client.timeZone));
    const sections = found.content?.highlights ?? [];
    return {
      ...call,
      call_id: id,
      key_points: (found.content?.keyPoints ?? []).flatMap(({ text }) => point(text, undefined)),
      next_steps: nextSteps(sections, found.content),
      highlights: sections
        .filter(({ title }) => !nextStepsTitle.test(title ?? ""))
        .map((section) => ({ title: section.title ?? "Highlights", points: points(section) })),
      trackers: (found.content?.trackers ?? []).flatMap(({ name, count }) => (name && count ? [{ name, count }] : [])),
      topics: (found.content?.topics ?? []).flatMap(({ name, duration }) =>
        name && duration ? [{ name, minutes: minutes(duration) }] : [],
      ),
      outcome: found.content?.callOutcome?.name ?? null,
    };
  },
});

function nextSteps(sections: Sections, content: CallContent | undefined): Point[] {
  const steps = sections.filter(({ title }) => nextStepsTitle.test(title ?? "")).flatMap(points);
  if (steps.length > 0) return steps;
  const actions = content?.pointsOfInterest?.actionItems ?? [];
  return actions.flatMap(({ snippet, snippetStartTime }) => point(snippet, snippetStartTime));
}

function points({ items }: Sections[number]): Point[] {
  return (items ?? []).flatMap(({ text, startTimes }) => point(text, startTimes?.[0]));
}

function point(text: string | null | undefined, seconds: number | null | undefined): Point[] {
  return text ? [{ text, at: seconds === null || seconds === undefined ? null : clockText(seconds) }] : [];
}
