/** Snowflake's formats for dates and times as DuckDB's `strftime` has them. */
import { unsupported } from "./errors.ts";

/** Longer ones first; case does not count. */
const ELEMENTS: readonly (readonly [snowflake: string, duckDb: string])[] = [
  ["TZHTZM", "%z"],
  ["TZH:TZM", "%z"],
  ["YYYY", "%Y"],
  ["MMMM", "%B"],
  ["HH24", "%H"],
  ["HH12", "%I"],
  ["MON", "%b"],
  ["FF9", "%n"],
  ["FF6", "%f"],
  ["FF3", "%g"],
  ["YY", "%y"],
  ["MM", "%m"],
  ["DD", "%d"],
  ["DY", "%a"],
  ["HH", "%H"],
  ["MI", "%M"],
  ["SS", "%S"],
  ["FF", "%n"],
  ["AM", "%p"],
  ["PM", "%p"],
];

/** Throws for what formats numbers, which has no like in DuckDB. */
export function timeFormat(format: string): string {
  if (/[90$]/.test(format.replaceAll(/(?:FF|HH24|HH12)\d?/gi, ""))) throw unsupported(`format ${format}`);
  let written = "";
  for (let at = 0; at < format.length; ) {
    const rest = format.slice(at).toUpperCase();
    const quoted = /^"([^"]*)"/.exec(format.slice(at));
    const element = ELEMENTS.find(([name]) => rest.startsWith(name));
    if (quoted) written += quoted[1]?.replaceAll("%", "%%") ?? "";
    else written += element ? element[1] : format.charAt(at).replace("%", "%%");
    at += quoted?.[0].length ?? element?.[0].length ?? 1;
  }
  return written;
}
