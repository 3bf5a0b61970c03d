import type { World } from "../world/types.ts";
import { createDefinitions, type PropertyDefinition } from "./definitions.ts";
import { HubSpotRefusal } from "./errors.ts";
import type { ObjectType } from "./object-types.ts";
import type { Owner } from "./portal.ts";
import { readText } from "./requests.ts";
import { invalidValues, readValue, type ValueFault } from "./values.ts";

/** The properties that each type of record has, and the reading of values by them. */
export class PropertyBook {
  readonly #world: World;
  readonly #ownerIds: readonly string[];
  #definitions: Record<ObjectType, PropertyDefinition[]>;

  constructor(world: World, owners: readonly Owner[]) {
    this.#world = world;
    this.#ownerIds = owners.map(({ id }) => id);
    this.#definitions = createDefinitions(world);
  }

  all(type: ObjectType): readonly PropertyDefinition[] {
    return this.#definitions[type];
  }

  find(type: ObjectType, name: string): PropertyDefinition | undefined {
    return this.#definitions[type].find((property) => property.name === name);
  }

  /** Throws HubSpot's refusal where the type has no such property. */
  need(type: ObjectType, name: string): PropertyDefinition {
    const found = this.find(type, name);
    if (found) return found;
    throw new HubSpotRefusal(404, `Property ${name} does not exist`, { category: "OBJECT_NOT_FOUND" });
  }

  add(type: ObjectType, definition: PropertyDefinition): void {
    if (this.find(type, definition.name)) {
      throw new HubSpotRefusal(409, `A property named '${definition.name}' already exists.`, {
        category: "OBJECT_ALREADY_EXISTS",
      });
    }
    this.#definitions[type].push(definition);
  }

  /** What a caller wrote, as HubSpot keeps it; an empty value stands for none. Throws all that is wrong with it at once. */
  read(type: ObjectType, given: Record<string, unknown>): Record<string, string> {
    const values: Record<string, string> = {};
    const faults: ValueFault[] = [];
    for (const [name, raw] of Object.entries(given)) {
      const text = raw === null || raw === undefined ? "" : readText(raw, name);
      const result = this.#readOne(type, name, text);
      if ("fault" in result) faults.push({ name, value: text, ...result.fault });
      else values[name] = result.value;
    }
    if (faults.length > 0) throw invalidValues(faults);
    return values;
  }

  reset(): void {
    this.#definitions = createDefinitions(this.#world);
  }

  #readOne(type: ObjectType, name: string, text: string): ReturnType<typeof readValue> {
    const definition = this.find(type, name);
    if (!definition) {
      return { fault: { error: "PROPERTY_DOESNT_EXIST", message: `Property "${name}" does not exist` } };
    }
    if (definition.isReadOnly) {
      const message = `"${name}" is a calculated property; its value cannot be set.`;
      return { fault: { error: "READ_ONLY_VALUE", message } };
    }
    return text === "" ? { value: "" } : readValue(definition, text, this.#ownerIds);
  }
}
