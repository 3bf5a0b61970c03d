/** Whether a question looks back or ahead; undefined where it does neither, or both. */
export type Leaning = "past" | "future" | undefined;

const past =
  /\b(had|happened|did|was|were|said|told|talked|spoke|discussed|summar\w+|recap\w*|transcripts?|closed|lost|won|went|came|mentioned|asked|raised|missed|heard|learn(?:ed|t)|changed|created|updated|made|called|met|spoken|held|sent|yesterday|ago|since|recent(?:ly)?)\b/i;

const future =
  /\b(due|deadlines?|upcoming|schedule[ds]?|plan(?:s|ned)?|will|forecast\w*|remind\w*|going to|tomorrow|close|closes|closing|expected|coming|to-?do|prepare|prep|agenda|have to|need to|should|must|do (?:i|we) have|create|book)\b/i;

/** Calls are mostly spoken of when they are over: a hint that any word about the future outweighs. */
const hint = /\b(calls?|conversations?)\b/i;

export function leaningOf(question: string): Leaning {
  const [looksBack, looksAhead] = [past.test(question), future.test(question)];
  if (looksBack !== looksAhead) return looksBack ? "past" : "future";
  return !looksBack && hint.test(question) ? "past" : undefined;
}
