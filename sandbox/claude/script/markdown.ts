import type { Period } from "./conversation.ts";

/** Text from outside as plain words in markdown. */
export function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .trim()
    .replaceAll(/[\\`*_[\]~<>|#]/g, String.raw`\$&`);
}

export function link(label: string, url: string | undefined): string {
  if (!url) return plain(label);
  return `[${plain(label)}](${url.replaceAll(/[()<>\s\\]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`)})`;
}

/** At most this many characters, cut between words. */
export function excerpt(text: string, length = 170): string {
  const words = text.replaceAll(/\s+/g, " ").trim();
  if (words.length <= length) return words;
  return `${words.slice(0, words.lastIndexOf(" ", length)).replace(/[,;:.\s]+$/, "")}…`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** A period in the words of whoever resolved it; the script does no date arithmetic. */
export function daysOf(period: Period): string {
  const { days } = period;
  if (typeof days === "string" && days) return days;
  const list = Array.isArray(days) ? days.filter((day) => typeof day === "string") : [];
  if (list.length === 1) return String(list[0]);
  if (list.length > 1) return `${list[0]} to ${list.at(-1)}`;
  return period.phrase;
}

/** Asks which days are meant, naming each reading. */
export function clarification(ambiguous: readonly { phrase: string; readings: readonly Period[] }[]): string {
  const parts = ambiguous.map(({ phrase, readings }) => {
    const options = readings.map((reading) => `**${plain(daysOf(reading))}**`).join(" or ");
    return `"${plain(phrase)}" can be read in more than one way: ${options}. Which do you mean?`;
  });
  return parts.join("\n\n");
}

/** "on Thu 19 Nov 2026", "between Mon 16 Nov and Sun 22 Nov 2026": as the words of the period ask for it. */
export function inPeriod(period: Period): string {
  const days = daysOf(period);
  const [first, last] = days.split(/\s+(?:[-–—]|to|until)\s+/);
  return last ? `between ${first} and ${last}` : `on ${days}`;
}

/** What is said of days that are still to come. */
export function ahead(period: Period): string {
  return `${plain(daysOf(period))} still lies ahead, so there are no calls of it yet. Ask me about days that have been, such as _this week_.`;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** First and last day of a period as plain dates, read off its own words: nothing is counted. */
export function datesOf(period: Period): { from: string; to: string } {
  const from = period.from.slice(0, 10);
  const [, day, month, year] = /(\d{1,2}) (\w{3})\w* (\d{4})$/.exec(daysOf(period)) ?? [];
  const index = MONTHS.indexOf(month?.toLowerCase() ?? "");
  if (!day || !year || index < 0) return { from, to: from };
  return { from, to: `${year}-${String(index + 1).padStart(2, "0")}-${day.padStart(2, "0")}` };
}

export function table(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  if (!head) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}
