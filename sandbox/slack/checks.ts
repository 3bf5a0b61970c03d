/** Tells what is wrong and where: a JSON pointer from the argument on. */
export type Report = (reason: string, pointer: string) => void;

/** A text object of Slack's, of any kind unless one is named. */
export function checkText(value: unknown, at: string, report: Report, most: number, kind?: string): void {
  if (typeof value !== "object" || value === null) return report("missing required field: text", at);
  const { type, text } = value as Record<string, unknown>;
  const known = kind ? type === kind : type === "mrkdwn" || type === "plain_text";
  if (!known) report(`unsupported type: ${String(type)}`, `${at}/type`);
  checkString(text, `${at}/text`, report, most);
}

export function checkString(value: unknown, at: string, report: Report, most: number): void {
  if (typeof value !== "string") return report("must be a string", at);
  if (value.length === 0) report("must be more than 0 characters", at);
  checkLength(value, at, report, most);
}

export function checkLength(value: string, at: string, report: Report, most: number): void {
  if (value.length > most) report(`must be less than ${most + 1} characters`, at);
}

export function checkRequired(holder: Record<string, unknown>, field: string, at: string, report: Report): void {
  if (holder[field] === undefined || holder[field] === "") report(`missing required field: ${field}`, at);
}
