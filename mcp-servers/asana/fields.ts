import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import { nameOf } from "./access.ts";
import type { CustomField } from "./answers.ts";
import { pickByName } from "./names.ts";

export const fieldValuesArgument = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(200).describe("The field's name in the project"),
      value: z
        .union([z.string().max(1024), z.number(), z.array(z.string().max(200)).max(20), z.null()])
        .describe("Text, a number, an option's name, or several of them; null empties it"),
    }),
  )
  .max(20)
  .describe("Further custom fields of the project");

export const priorityArgument = z
  .string()
  .min(1)
  .max(200)
  .describe("An option of the project's custom field Priority, such as 'High'");

export interface FieldWish {
  name: string;
  value: string | number | string[] | null;
}

export interface FieldChange {
  gid: string;
  name: string;
  /** As Asana takes it. */
  value: string | number | string[] | null;
  before: string | null;
  after: string | null;
}

export function wishedFields(priority: string | undefined, fields: readonly FieldWish[] | undefined): FieldWish[] {
  return [...(priority === undefined ? [] : [{ name: "Priority", value: priority }]), ...(fields ?? [])];
}

/** Names and options resolved. Throws UserError with those that there are. */
export function fieldChanges(wishes: readonly FieldWish[], fields: readonly CustomField[]): FieldChange[] {
  const named = fields.map((field) => ({ ...field, name: nameOf(field.name) }));
  const names = named.map(({ name }) => `"${name}"`).join(", ");
  const sought = {
    argument: "custom_fields",
    kind: "custom field",
    otherwise: `The fields here are: ${names || "none"}.`,
  };
  return wishes.map(({ name, value }) => {
    const field = pickByName(name, named, sought);
    const change = { gid: field.gid, name: field.name, before: field.display_value ?? null };
    if (value === null) return { ...change, value, after: null };
    return { ...change, ...valueFor(field, value) };
  });
}

function valueFor(
  field: CustomField & { name: string },
  value: string | number | string[],
): Pick<FieldChange, "value" | "after"> {
  switch (field.resource_subtype) {
    case "text":
      return { value: String(value), after: String(value) };
    case "number":
      return numberFor(field.name, value);
    case "enum": {
      const option = optionFor(field, value);
      return { value: option.gid, after: option.name };
    }
    case "multi_enum": {
      const options = (Array.isArray(value) ? value : [value]).map((one) => optionFor(field, one));
      return { value: options.map(({ gid }) => gid), after: options.map(({ name }) => name).join(", ") };
    }
    default:
      throw new UserError(`custom_fields: "${field.name}" is not of text, number or options; set it in Asana itself.`);
  }
}

function numberFor(name: string, value: string | number | string[]): Pick<FieldChange, "value" | "after"> {
  if (typeof value === "number") return { value, after: String(value) };
  throw new UserError(`custom_fields: "${name}" takes a number, such as 5000.`);
}

function optionFor(
  field: CustomField & { name: string },
  value: string | number | string[],
): { gid: string; name: string } {
  const options = (field.enum_options ?? [])
    .filter(({ enabled }) => enabled !== false)
    .map(({ gid, name }) => ({ gid, name: nameOf(name) }));
  const otherwise = `The options are: ${options.map(({ name }) => `"${name}"`).join(", ") || "none"}.`;
  const sought = { argument: "custom_fields", kind: `option of ${field.name}`, otherwise };
  return pickByName(String(value), options, sought);
}
