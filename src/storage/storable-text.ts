/** A text from outside as Postgres takes it: it refuses a NUL, and half of a surrogate pair in JSON. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}
