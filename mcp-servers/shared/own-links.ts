import { z } from "zod";

/** The field of an output that holds a record's page. */
const linkField = "url";

/**
 * The links of a result that stand where the tool's own output declares one, at any depth. What merely has the same name in
 * somebody's data (a column, a property, an output of a stack) is declared by nobody, and is none.
 */
export function ownLinks(schema: z.ZodType, value: unknown): string[] {
  if (schema instanceof z.ZodObject) return linksOfObject(schema, value);
  if (schema instanceof z.ZodArray) {
    return Array.isArray(value) ? value.flatMap((item) => ownLinks(schema.element as z.ZodType, item)) : [];
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return ownLinks(schema.unwrap() as z.ZodType, value);
  }
  if (schema instanceof z.ZodUnion) {
    const option = (schema.options as z.ZodType[]).find((one) => one.safeParse(value).success);
    return option ? ownLinks(option, value) : [];
  }
  return [];
}

function linksOfObject({ shape }: z.ZodObject, value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(shape).flatMap(([name, inner]) => {
    const field = (value as Record<string, unknown>)[name];
    return name === linkField && typeof field === "string" ? [field] : ownLinks(inner as z.ZodType, field);
  });
}
