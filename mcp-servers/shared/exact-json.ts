/** A number of 16 digits or more that stands as a value: it may not fit a double. */
const longNumber = /[:[,]\s*-?\d{16,}/;

/**
 * JSON.parse that never rounds an id: integers beyond 2^53 become strings with their digits as they were sent. Costs no more
 * than a scan of the text where there are none. Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  return longNumber.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const rounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return rounded && context?.source ? context.source : value;
}
