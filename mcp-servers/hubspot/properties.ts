import { UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import type { PropertyDefinition } from "./answers.ts";
import type { Wish } from "./changes.ts";
import { instantText, plainDay } from "./dates.ts";

export type GivenProperties = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Values for properties of the account's own, as HubSpot takes them. Throws UserError for a name that it does not have, one
 * that it computes itself, and a value that is not of the property's kind.
 */
export function checkProperties(given: GivenProperties, definitions: readonly PropertyDefinition[]): Wish[] {
  return Object.entries(given).map(([name, value]) => {
    const definition = definitions.find((one) => one.name === name);
    if (!definition) throw new UserError(`properties.${name}: ${unknownName(name, definitions)}`);
    if (definition.calculated || definition.modificationMetadata?.readOnlyValue) {
      throw new UserError(`properties.${name}: HubSpot sets this property itself; it cannot be changed.`);
    }
    const field = definition.label || name;
    return { property: name, field, value: value === null ? "" : valueText(value, definition), definition };
  });
}

function unknownName(name: string, definitions: readonly PropertyDefinition[]): string {
  const byLabel = definitions.find(({ label }) => label.toLowerCase() === name.toLowerCase());
  const nearest =
    byLabel?.name ??
    nearestName(
      name,
      definitions.map((one) => one.name),
    );
  return `HubSpot has no such property; ${nearest ? `did you mean "${nearest}"?` : "give its internal name."}`;
}

function valueText(value: string | number | boolean, definition: PropertyDefinition): string {
  const at = `properties.${definition.name}`;
  const text = String(value);
  switch (definition.type) {
    case "number":
      if (text.trim() !== "" && Number.isFinite(Number(text))) return String(Number(text));
      throw new UserError(`${at} must be a number.`);
    case "bool":
      if (text === "true" || text === "false") return text;
      throw new UserError(`${at} must be true or false.`);
    case "date":
      return plainDay(at, text).toString();
    case "datetime":
      return instantText(at, text);
    case "enumeration":
      return optionText(at, text, definition);
    default:
      return text;
  }
}

/** Options by value or label; several, separated by semicolons, where the property takes several. */
function optionText(at: string, text: string, { fieldType, options }: PropertyDefinition): string {
  const known = options ?? [];
  // Such as an owner: what may be chosen is not among the property's own options.
  if (known.length === 0) return text;
  const chosen = fieldType === "checkbox" ? text.split(";") : [text];
  return chosen
    .map((one) => {
      const wanted = one.trim().toLowerCase();
      const option =
        known.find(({ value }) => value === one.trim()) ??
        known.find(({ value, label }) => [value.toLowerCase(), label.toLowerCase()].includes(wanted));
      if (option) return option.value;
      const names = known.filter(({ hidden }) => !hidden).map(({ value }) => value);
      const nearest = nearestName(one, names);
      const hint = nearest ? `did you mean "${nearest}"?` : `it takes ${names.slice(0, 20).join(", ")}.`;
      throw new UserError(`${at} does not take "${one}"; ${hint}`);
    })
    .join(";");
}
