const MOST_CHARACTERS = 300;

/** A day (YYYY-MM-DD) as people write it. */
export function dayWords(day: string): string {
  return new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" }).format(Date.parse(day));
}

/** An instant, epoch ms or ISO 8601, in an IANA zone. */
export function instantWords(instant: number | string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short", timeZone }).format(
    new Date(instant),
  );
}

/** Whole units without a fraction. */
export function moneyWords(amount: number, currency: string): string {
  const fraction = Number.isInteger(amount) ? 0 : 2;
  const digits = { minimumFractionDigits: fraction, maximumFractionDigits: fraction };
  return new Intl.NumberFormat("en-US", { style: "currency", currency, ...digits }).format(amount);
}

export function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
