import type { webApi } from "@slack/bolt";
import type { Approval } from "../../storage/approvals.ts";
import { modals } from "../surface.ts";
import { shortened } from "./card-parts.ts";

type View = webApi.ViewsOpenArguments["view"];

/** A tool's JSON Schema, as far as a form can be made of it. */
export interface InputSchema {
  properties?: Record<string, FieldSchema> | undefined;
  required?: readonly string[] | undefined;
}

interface FieldSchema {
  type?: string | readonly string[];
  description?: string;
  enum?: readonly unknown[];
}

/** What a form's view carries of where it was opened. */
export interface FormPlace {
  approvalId: string;
  channel: string;
  threadTs?: string | undefined;
}

/** What Slack takes in one input. */
const longestValue = 3_000;
const mostFields = 95;
const mostOptions = 100;
const yesAndNo = ["true", "false"];

/** Thrown for a write whose arguments no form can hold whole. */
export class NoFormError extends Error {
  override name = "NoFormError";
}

/** A modal with one input for each argument that the tool takes; those that the write has come first. */
export function renderEditModal(approval: Approval, schema: InputSchema, place: FormPlace): View {
  const args = argumentsOf(approval);
  const blocks = fieldsOf(schema, args).map((name) => inputFor(name, args[name], schema));
  return {
    type: "modal",
    callback_id: modals.edit,
    private_metadata: JSON.stringify(place),
    title: plainText("Change before approving", 24),
    submit: plainText("Save", 24),
    close: plainText("Cancel", 24),
    blocks: [
      {
        type: "section",
        text: plainText(
          `${approval.preview?.summary ?? approval.tool}. Nothing is sent by saving: the card shows it anew.`,
          longestValue,
        ),
      },
      ...blocks,
    ],
  };
}

/** `values`: as a submission has them. Fields left empty are left out; throws with the field where one cannot be read. */
export function readEditModal(
  approval: Approval,
  schema: InputSchema,
  values: FormValues,
): { arguments: Record<string, unknown> } | { errors: Record<string, string> } {
  const args = argumentsOf(approval);
  const errors: Record<string, string> = {};
  const entries = fieldsOf(schema, args).flatMap((name) => {
    const words = valueOf(values[blockOf(name)]?.[inputId]);
    if (words === undefined || words === "") return [];
    const read = readValue(words, kindOf(schema.properties?.[name], args[name]));
    if (read !== undefined) return [[name, read.value] as const];
    errors[blockOf(name)] = "This is not in the form that is needed here: it must be JSON, as it was.";
    return [];
  });
  return Object.keys(errors).length > 0 ? { errors } : { arguments: Object.fromEntries(entries) };
}

/** Where a problem that the gateway told in words is shown: at the field that it names, else at the first. */
export function placeOfProblem(approval: Approval, schema: InputSchema, problem: string): string {
  const fields = fieldsOf(schema, argumentsOf(approval));
  const named = fields.find((name) => problem.includes(name));
  return blockOf(named ?? fields[0] ?? "");
}

type FormValues = Record<string, Record<string, FormValue>>;

interface FormValue {
  value?: string | null | undefined;
  selected_option?: { value: string } | null | undefined;
}

const inputId = "value";
const blockOf = (name: string): string => `field_${name}`;

function argumentsOf({ edited, arguments: args }: Approval): Record<string, unknown> {
  return (edited ?? args) as Record<string, unknown>;
}

function fieldsOf({ properties = {} }: InputSchema, args: Record<string, unknown>): string[] {
  const present = Object.keys(args);
  return [...present, ...Object.keys(properties).filter((name) => !(name in args))].slice(0, mostFields);
}

function inputFor(name: string, value: unknown, { properties, required = [] }: InputSchema): View["blocks"][number] {
  const field = properties?.[name];
  const initial = value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
  if (initial !== undefined && initial.length > longestValue) {
    throw new NoFormError(`${name} is longer than the ${longestValue} characters that Slack lets a form hold.`);
  }
  return {
    type: "input",
    block_id: blockOf(name),
    optional: !required.includes(name),
    label: plainText(labelOf(name), 200),
    ...(field?.description && { hint: plainText(field.description, 300) }),
    element: elementFor(kindOf(field, value), field, initial),
  } as View["blocks"][number];
}

/** `deal_id` as a person reads it: "Deal id". */
function labelOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type Kind = "text" | "number" | "choice" | "flag" | "json";

function kindOf(field: FieldSchema | undefined, value: unknown): Kind {
  if (field?.enum && field.enum.length <= mostOptions && field.enum.every((option) => typeof option === "string")) {
    return "choice";
  }
  if (field?.type === "boolean") return "flag";
  if (field?.type === "number" || field?.type === "integer") return "number";
  if (field?.type === "string") return "text";
  return typeof value === "string" && field === undefined ? "text" : "json";
}

function elementFor(kind: Kind, field: FieldSchema | undefined, initial: string | undefined): object {
  const action_id = inputId;
  if (kind === "choice" || kind === "flag") {
    const options = (kind === "flag" ? yesAndNo : (field?.enum ?? [])).map((option) => ({
      value: String(option),
      text: plainText(String(option), 75),
    }));
    const initial_option = options.find(({ value }) => value === initial);
    return { type: "static_select", action_id, options, ...(initial_option && { initial_option }) };
  }
  const initial_value = initial === undefined ? {} : { initial_value: initial };
  if (kind === "number") return { type: "number_input", action_id, is_decimal_allowed: true, ...initial_value };
  const multiline = kind === "json" || (initial?.length ?? 0) > 80;
  return { type: "plain_text_input", action_id, multiline, max_length: longestValue, ...initial_value };
}

function valueOf(field: FormValue | undefined): string | undefined {
  return field?.selected_option?.value ?? field?.value?.trim() ?? undefined;
}

function readValue(words: string, kind: Kind): { value: unknown } | undefined {
  if (kind === "text" || kind === "choice") return { value: words };
  if (kind === "number") return Number.isFinite(Number(words)) ? { value: Number(words) } : undefined;
  try {
    return { value: JSON.parse(words) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function plainText(words: string, most: number): { type: "plain_text"; text: string } {
  return { type: "plain_text", text: shortened(words, most) };
}
