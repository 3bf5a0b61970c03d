/**
 * Whether each word of the query begins some word of the text, without regard to case, accents and punctuation: "acme" finds
 * "Acme Corp." and "jo@acme.com", "ann" does not find "Joanna".
 */
export function matchesWords(query: string, text: string): boolean {
  const known = words(text);
  const wanted = words(query);
  return wanted.length > 0 && wanted.every((word) => known.some((candidate) => candidate.startsWith(word)));
}

function words(text: string): string[] {
  const folded = text.normalize("NFKD").replace(/\p{Diacritic}/gu, "");
  return folded.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [];
}
