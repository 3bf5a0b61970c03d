import type { Call } from "../world/types.ts";

/** How a call was held, measured on its transcript. Seconds where not said otherwise. */
export interface Interaction {
  talkTime: ReadonlyMap<string, number>;
  longestMonologue: number;
  longestCustomerStory: number;
  /** Changes of speaker for each ten minutes, at most 10. */
  interactivity: number;
  /** The host's mean pause before speaking. */
  patience: number;
  companyQuestions: number;
  customerQuestions: number;
  /** The company's share of the talking, 0 to 1. */
  talkRatio: number;
}

const measured = new WeakMap<Call, Interaction>();

export function interactionOf(call: Call): Interaction {
  const known = measured.get(call);
  if (known) return known;
  const fresh = measure(call);
  measured.set(call, fresh);
  return fresh;
}

function measure(call: Call): Interaction {
  const internal = new Set(call.parties.filter((p) => p.affiliation === "Internal").map((p) => p.speakerId));
  const talkTime = new Map<string, number>();
  const sums = { company: 0, customer: 0, longest: 0, story: 0, pause: 0, pauses: 0 };
  const questions = { company: 0, customer: 0 };
  let previousEnd = 0;
  for (const { speakerId, sentences } of call.transcript) {
    const start = sentences[0]?.start ?? previousEnd;
    const end = sentences.at(-1)?.end ?? start;
    const seconds = (end - start) / 1000;
    const side = internal.has(speakerId) ? "company" : "customer";
    talkTime.set(speakerId, (talkTime.get(speakerId) ?? 0) + seconds);
    sums[side] += seconds;
    questions[side] += sentences.filter((s) => s.text.endsWith("?")).length;
    if (side === "company") {
      sums.longest = Math.max(sums.longest, seconds);
      sums.pause += Math.max(0, start - previousEnd) / 1000;
      sums.pauses += 1;
    } else sums.story = Math.max(sums.story, seconds);
    previousEnd = end;
  }
  return {
    talkTime,
    longestMonologue: round(sums.longest),
    longestCustomerStory: round(sums.story),
    interactivity: round(Math.min(10, call.transcript.length / (call.durationSeconds / 600) / 4)),
    patience: round(sums.pause / Math.max(1, sums.pauses)),
    companyQuestions: questions.company,
    customerQuestions: questions.customer,
    talkRatio: round(sums.company / Math.max(1, sums.company + sums.customer)),
  };
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
