/** What the company reports in. */
export const HOME_CURRENCY = "USD";

/** What one unit of each currency that deals are in is worth in the home currency, as the company fixed it for the year. */
export const EXCHANGE_RATES: Readonly<Record<string, number>> = { USD: 1, EUR: 1.08, GBP: 1.27 };
