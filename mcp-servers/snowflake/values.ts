/** A value as a tool gives it out: numbers that a double holds exactly as numbers, all others by their digits. */
export type Cell = string | number | boolean | null;

export interface ColumnInfo {
  name: string;
  /** As Snowflake names it: `NUMBER(18,2)`, `TIMESTAMP_TZ`. */
  type: string;
}

/** What the driver says of a column. */
export interface RawColumn {
  name: string;
  /** `fixed`, `real`, `text`, `timestamp_tz` ... */
  type: string;
  precision: number | null;
  scale: number | null;
}

/** An instant of the driver's: seconds and nanoseconds, and the zone as minutes ahead of UTC or as a name. */
export interface RawInstant {
  seconds: number;
  nanos: number;
  zone: string | number;
}

export type RawValue = string | number | boolean | null | RawInstant;

const typeNames: Readonly<Record<string, string>> = {
  fixed: "NUMBER",
  real: "FLOAT",
  text: "VARCHAR",
};

export function columnInfo({ name, type, precision, scale }: RawColumn): ColumnInfo {
  const known = typeNames[type] ?? type.toUpperCase();
  return { name, type: type === "fixed" ? `${known}(${precision ?? 38},${scale ?? 0})` : known };
}

/** How a column's values are shown. */
export function cellReader({ type, scale }: RawColumn): (value: RawValue) => Cell {
  const ofInstant = instants[type] ?? wallClock;
  // With a scale a double would round: 0.1 is none.
  const ofScalar = type === "fixed" && (scale ?? 0) > 0 ? String : (scalars[type] ?? String);
  return (value) => {
    if (value === null) return null;
    return typeof value === "object" ? ofInstant(value) : ofScalar(value);
  };
}

const instants: Readonly<Record<string, (instant: RawInstant) => string>> = {
  date: ({ seconds }) => day(seconds),
  timestamp_ltz: (instant) => `${wallClock(instant)}Z`,
  timestamp_tz: withOffset,
};

type Scalar = string | number | boolean;

const scalars: Readonly<Record<string, (value: Scalar) => Cell>> = {
  fixed: whole,
  real: (value) => (Number.isFinite(Number(value)) ? Number(value) : String(value)),
  boolean: (value) => value === true || /^(?:1|true)$/i.test(String(value)),
};

function whole(value: Scalar): Cell {
  const text = String(value);
  return Number.isSafeInteger(Number(text)) && /^-?\d+$/.test(text) ? Number(text) : text;
}

function day(seconds: number): string {
  return iso(seconds).slice(0, -14);
}

/** `2026-03-09T14:00:00.5`, as far as there are fractions. */
function wallClock({ seconds, nanos }: RawInstant, offsetMinutes = 0): string {
  const fraction = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return iso(seconds + offsetMinutes * 60).slice(0, -5) + fraction;
}

function withOffset(instant: RawInstant): string {
  const minutes = typeof instant.zone === "number" ? instant.zone : 0;
  const size = Math.abs(minutes);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${wallClock(instant, minutes)}${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
