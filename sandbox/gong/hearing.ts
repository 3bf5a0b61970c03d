import { occurrences } from "../world/trackers.ts";
import type { Call } from "../world/types.ts";
import { round } from "./interaction.ts";

interface Occurrence {
  /** Seconds from the start of the call. */
  startTime: number;
  speakerId: string;
}

/** When a phrase was heard and from whom, once for each time. */
export function occurrencesOf(call: Call, phrases: readonly string[]): Occurrence[] {
  return call.transcript.flatMap(({ speakerId, sentences }) =>
    sentences.flatMap(({ text, start }) => {
      const lower = text.toLowerCase();
      const count = phrases.reduce((sum, phrase) => sum + occurrences(lower, phrase), 0);
      return Array.from({ length: count }, () => ({ startTime: round(start / 1000), speakerId }));
    }),
  );
}

export function phrasesOf(call: Call, phrases: readonly string[], withOccurrences: boolean): Record<string, unknown>[] {
  return phrases.flatMap((phrase) => {
    const heard = occurrencesOf(call, [phrase]);
    return heard.length === 0 ? [] : [{ phrase, count: heard.length, occurrences: withOccurrences ? heard : [] }];
  });
}
