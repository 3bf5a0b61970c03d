import { sandboxNow, state } from "./state.js";

const formats = new Map();

function format(options) {
  const timeZone = state.me?.timeZone ?? "UTC";
  const key = timeZone + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", { ...options, timeZone });
  formats.set(key, made);
  return made;
}

/** A Slack `ts` as an instant; the page shows it in the zone of the person it is for. */
const instantOf = (ts) => new Date(Number(ts) * 1000);

export const clockTime = (ts) => format({ hour: "numeric", minute: "2-digit" }).format(instantOf(ts));
export const dayName = (ts) => format({ weekday: "long", month: "long", day: "numeric" }).format(instantOf(ts));
export const fullTime = (ts) => format({ dateStyle: "full", timeStyle: "long" }).format(instantOf(ts));
export const zoned = (instant) =>
  format({
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(instant);

/** An ISO instant: the time alone where it is of the present day. */
export function shortTime(at) {
  const day = format({ dateStyle: "short" });
  const time = { hour: "numeric", minute: "2-digit" };
  const isToday = day.format(new Date(at)) === day.format(sandboxNow());
  return format(isToday ? time : { month: "short", day: "numeric", ...time }).format(new Date(at));
}
