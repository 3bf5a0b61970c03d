import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ServiceError, UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import { readPlainSql } from "./sql-lexer.ts";

const parameterForm = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  type: z.enum(["text", "number", "date"]),
  description: z.string().default(""),
  /** Without one the parameter has to be given. */
  default: z.union([z.string(), z.number()]).optional(),
});

const reportForm = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .max(64),
  title: z.string().min(1),
  description: z.string().min(1),
  /** One SELECT, which the guard looks at as at any other; `:name` stands for a parameter's value. */
  sql: z.string().min(1),
  parameters: z.array(parameterForm).default([]),
});

const fileForm = z.strictObject({ reports: z.array(reportForm) });

/** A question that is asked again and again, written down by whoever runs Sophia. */
export type Report = z.output<typeof reportForm>;
export type ReportValue = string | number;

/** The reports of the file in SNOWFLAKE_REPORTS; none without it. Throws ServiceError that says what is wrong with the file. */
export async function loadReports(path: string | undefined): Promise<Report[]> {
  if (path === undefined) return [];
  try {
    const { reports } = fileForm.parse(JSON.parse(await readFile(path, "utf8")));
    return reports;
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : "";
    const message = `The reports in SNOWFLAKE_REPORTS cannot be used: ${why.replaceAll(/\s+/g, " ").slice(0, 500)}`;
    throw new ServiceError(message, { service: "Snowflake", cause });
  }
}

/** Throws UserError with the nearest known name. */
export function findReport(reports: readonly Report[], name: string): Report {
  const found = reports.find((report) => report.name === name);
  if (found) return found;
  if (reports.length === 0) throw new UserError("No reports are set up here (SNOWFLAKE_REPORTS). Use execute_query.");
  const nearest = nearestName(
    name,
    reports.map((report) => report.name),
  );
  throw new UserError(
    `There is no report "${name}"${nearest ? `; did you mean "${nearest}"?` : "."} See list_reports.`,
  );
}

/** The report's statement with a literal of the right type for each `:name`. Throws UserError for values that do not fit. */
export function fillReport(report: Report, values: Readonly<Record<string, ReportValue>>): string {
  const known = report.parameters.map(({ name }) => name);
  for (const name of Object.keys(values)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw new UserError(`${report.name} has no parameter "${name}"${nearest ? `; did you mean "${nearest}"?` : "."}`);
  }
  const literals = new Map(
    report.parameters.map((parameter) => [parameter.name, literal(parameter, values[parameter.name])]),
  );
  const { text, tokens } = readPlainSql(report.sql);
  let filled = "";
  let from = 0;
  for (const [index, colon] of tokens.entries()) {
    const name = tokens[index + 1];
    const value = colon.text === ":" && name?.start === colon.start + 1 ? literals.get(name.text) : undefined;
    // Right behind a name a colon begins a path into JSON.
    if (value === undefined || name === undefined || /[\w"\])]$/.test(text.slice(0, colon.start))) continue;
    filled += text.slice(from, colon.start) + value;
    from = name.start + name.text.length;
  }
  return filled + text.slice(from);
}

function literal(parameter: z.output<typeof parameterForm>, given: ReportValue | undefined): string {
  const { name, type } = parameter;
  const value = given ?? parameter.default;
  if (value === undefined) throw new UserError(`${name} is required: ${parameter.description || type}.`);
  if (type === "number") {
    if (/^-?\d{1,30}(?:\.\d{1,20})?$/.test(String(value))) return `(${value})`;
    throw new UserError(`${name} must be a number.`);
  }
  if (type === "date" && !/^\d{4}-\d{2}-\d{2}$/.test(String(value))) {
    throw new UserError(`${name} must be a day such as 2026-03-31.`);
  }
  const text = `'${String(value).replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  return type === "date" ? `DATE ${text}` : text;
}
