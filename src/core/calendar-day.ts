/** Days as `2026-11-21`, in one zone whose midnight begins them. */

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Tells the day of an instant (epoch milliseconds) in an IANA zone. Throws RangeError where there is no such zone. */
export function dayTeller(timeZone: string): (at: number) => string {
  // Canada writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (at) => format.format(at);
}

export function daysBefore(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - count * 86_400_000).toISOString().slice(0, 10);
}
