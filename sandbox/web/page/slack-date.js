/** Whose dates are written; filled in by the page when it knows the person. */
export const reader = { timeZone: "UTC", now: () => new Date() };

const MINUTE = 60;
const DAY = 86_400;

/** Slack's tokens for a date and the formats that they stand for. */
const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

/** A date as Slack writes it for its reader; `timestamp` is in seconds. */
export function slackDate(timestamp, format, fallback) {
  if (!Number.isFinite(timestamp)) return fallback ?? "";
  const { timeZone } = reader;
  const now = reader.now();
  return (format || "{date_short_pretty} {time}").replaceAll(/\{(\w+)\}/g, (whole, token) => {
    if (token === "ago") return distance(timestamp - now.getTime() / 1000);
    const name = token.replace(/_pretty$/, "");
    const options = FORMATS[name] ?? (name === "day_divider" ? FORMATS.date_long : undefined);
    if (!options) return whole;
    const near = token.endsWith("_pretty") ? nearDay(timestamp, now, timeZone) : undefined;
    return near ?? new Intl.DateTimeFormat("en-US", { ...options, timeZone }).format(timestamp * 1000);
  });
}

function nearDay(timestamp, now, timeZone) {
  const dayOf = (instant) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(instant);
  const distanceInDays = (Date.parse(dayOf(timestamp * 1000)) - Date.parse(dayOf(now))) / (DAY * 1000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[distanceInDays];
}

function distance(seconds) {
  const [unit, size] = [
    ["day", DAY],
    ["hour", 60 * MINUTE],
  ].find(([, one]) => Math.abs(seconds) >= one) ?? ["minute", MINUTE];
  return new Intl.RelativeTimeFormat("en-US", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}
