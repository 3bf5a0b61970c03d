import type { ErrorDetail } from "./errors.ts";
import { invalid } from "./errors.ts";
import type { PropertyDefinition } from "./definitions.ts";
import { PORTAL_ID } from "./portal.ts";

/** Why HubSpot does not take a value. */
export interface ValueFault {
  name: string;
  value: string;
  error: string;
  message: string;
}

export type ReadValue = { value: string } | { fault: Pick<ValueFault, "error" | "message"> };

const DAY_MS = 86_400_000;
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** As Java writes an instant: no fraction where the milliseconds are none. */
export function writeInstant(instant: number): string {
  return new Date(instant).toISOString().replace(".000Z", "Z");
}

/** Epoch ms of what a caller wrote, ISO 8601 or milliseconds; undefined for anything else. */
export function readInstant(text: string): number | undefined {
  if (/^-?\d{1,14}$/.test(text)) return Number(text);
  if (!ISO.test(text)) return undefined;
  const hasZone = text.length === 10 || /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
  const instant = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** A value as HubSpot would keep it; an empty one clears the property and is read by whoever calls. */
export function readValue(definition: PropertyDefinition, text: string, ownerIds: readonly string[]): ReadValue {
  const { name, type } = definition;
  if (name === "email") return readEmail(text);
  if (name === "hubspot_owner_id") {
    if (ownerIds.includes(text)) return { value: text };
    return fault("INVALID_OWNER_ID", `Owner with id ${text} does not exist or is not active`);
  }
  if (type === "number") {
    return text.trim() !== "" && Number.isFinite(Number(text))
      ? { value: text }
      : fault("INVALID_LONG", `${text} was not a valid long.`);
  }
  if (type === "bool") {
    return ["true", "false"].includes(text)
      ? { value: text }
      : fault("INVALID_BOOLEAN", `${text} was not a valid boolean.`);
  }
  if (type === "date" || type === "datetime") return readDate(type, text);
  if (type === "enumeration") return readOption(definition, text);
  return { value: text };
}

function fault(error: string, message: string): ReadValue {
  return { fault: { error, message } };
}

function readEmail(text: string): ReadValue {
  if (!/^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]{2,}$/.test(text))
    return fault("INVALID_EMAIL", `Email address ${text} is invalid`);
  return { value: text.toLowerCase() };
}

/** A `date` is midnight UTC or nothing, and is given back as a day. */
function readDate(type: "date" | "datetime", text: string): ReadValue {
  const instant = readInstant(text);
  if (instant === undefined) return fault("INVALID_DATE", `${text} was not a valid date.`);
  if (type === "datetime") return { value: writeInstant(instant) };
  if (instant % DAY_MS === 0) return { value: writeInstant(instant).slice(0, 10) };
  const at = new Date(instant);
  const time = `${at.getUTCHours()}:${at.getUTCMinutes()}:${at.getUTCSeconds()}.${at.getUTCMilliseconds()}`;
  return fault("INVALID_DATE", `${instant} is at ${time} UTC, not midnight!`);
}

function readOption({ options }: PropertyDefinition, text: string): ReadValue {
  if (options.some((option) => option.value === text)) return { value: text };
  const known = options.map(
    ({ value, label }, index) =>
      `label: "${label}"\nvalue: "${value}"\ndisplay_order: ${index}\nhidden: false\nread_only: false\n`,
  );
  return fault("INVALID_OPTION", `${text} was not one of the allowed options: [${known.join(", ")}]`);
}

/** All that is wrong with a record's values at once: as JSON within the message, and again as `errors`. */
export function invalidValues(faults: readonly ValueFault[]): Error {
  const told = faults.map(({ name, value, error, message }) => ({
    isValid: false,
    message,
    error,
    name,
    localizedErrorMessage: message,
    propertyValue: value,
    portalId: PORTAL_ID,
  }));
  const errors = faults.map(
    ({ name, error, message }): ErrorDetail => ({ message, code: error, context: { propertyName: [name] } }),
  );
  return invalid(`Property values were not valid: ${JSON.stringify(told)}`, { errors });
}
