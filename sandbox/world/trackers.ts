/** What Gong listens for. A tracker is a set of phrases, defined by the company. */
export interface Tracker {
  id: string;
  name: string;
  phrases: readonly string[];
}

export const TRACKERS: readonly Tracker[] = [
  { id: "5501928374650192837", name: "Pricing", phrases: ["price", "pricing", "discount", "setup fee", "per home"] },
  {
    id: "5501928374650192838",
    name: "Competitors",
    phrases: ["rentswift", "leaseledger", "domopay", "tenantflow", "kiteline", "propvault", "hearthbank", "competitor"],
  },
  {
    id: "5501928374650192839",
    name: "Integration",
    phrases: ["integration", "integrate", "interface", "real time", "yardi", "realpage", "entrata"],
  },
  { id: "5501928374650192840", name: "Security", phrases: ["security", "soc 2", "penetration test", "encrypted"] },
  { id: "5501928374650192841", name: "Budget", phrases: ["budget", "board", "afford"] },
  { id: "5501928374650192842", name: "Timing", phrases: ["timing", "go-live", "peak season", "deadline"] },
  { id: "5501928374650192843", name: "Delinquency", phrases: ["delinquency", "late fee", "write off", "wrote off"] },
];

/** How often each tracker is heard in `text`; trackers that are not heard are left out. */
export function hear(text: string): Record<string, number> {
  const lower = text.toLowerCase();
  const heard: Record<string, number> = {};
  for (const { name, phrases } of TRACKERS) {
    const count = phrases.reduce((sum, phrase) => sum + occurrences(lower, phrase), 0);
    if (count > 0) heard[name] = count;
  }
  return heard;
}

/** Case matters; occurrences do not overlap. */
export function occurrences(text: string, phrase: string): number {
  let count = 0;
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + phrase.length)) count++;
  return count;
}
