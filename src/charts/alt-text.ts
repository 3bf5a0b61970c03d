import { figure } from "./figures.ts";
import type { ChartSpec } from "./spec.ts";

/** Slack takes 2,000 characters of it. */
const mostCharacters = 1_900;

/** What a chart shows, for who does not see it: every figure, as long as there is room. */
export function altText({ title, kind, categories, series, unit }: ChartSpec): string {
  const head = `${kind === "bar" ? "Bar" : "Line"} chart: ${title.trim() || "untitled"}.`;
  const withUnit = (value: number): string => `${figure(value)}${unit === "" ? "" : ` ${unit}`}`;
  const parts = series.flatMap(({ name, values }) => {
    const known = categories.flatMap((category, index) => {
      const value = values[index];
      return value === null || value === undefined ? [] : [`${category} ${withUnit(value)}`];
    });
    return `${name || "Figures"}: ${known.length > 0 ? known.join(", ") : "no figures"}.`;
  });
  const text = [head, ...(parts.length > 0 ? parts : ["No figures."])].join(" ");
  return text.length <= mostCharacters
    ? text
    : `${text.slice(0, mostCharacters).replace(/[, ]*[^, ]*$/, "")} … and more.`;
}
