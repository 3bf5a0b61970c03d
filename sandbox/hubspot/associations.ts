import { invalid } from "./errors.ts";
import { OBJECT_KINDS, type ObjectType } from "./object-types.ts";

export interface AssociationType {
  from: ObjectType;
  to: ObjectType;
  typeId: number;
  category: "HUBSPOT_DEFINED" | "USER_DEFINED";
  label: string | null;
  /** The same association seen from the other side. */
  inverseId: number;
}

/** The ids are those of the SDK's AssociationTypes. */
const PAIRS: [from: ObjectType, to: ObjectType, typeId: number, inverseId: number, label?: string][] = [
  ["contacts", "companies", 279, 280],
  ["contacts", "companies", 1, 2, "Primary"],
  ["deals", "contacts", 3, 4],
  ["deals", "companies", 341, 342],
  ["deals", "companies", 5, 6, "Primary"],
  ["notes", "contacts", 202, 201],
  ["notes", "companies", 190, 189],
  ["notes", "deals", 214, 213],
  ["tasks", "contacts", 204, 203],
  ["tasks", "companies", 192, 191],
  ["tasks", "deals", 216, 215],
];

/** Labels that the company made; their ids count from 1 by themselves, so that a category belongs to every id. */
const LABELS: [from: ObjectType, to: ObjectType, typeId: number, inverseId: number, label: string][] = [
  ["deals", "contacts", 1, 2, "Decision maker"],
];

const TYPES: readonly AssociationType[] = [
  ...PAIRS.flatMap((pair) => bothWays("HUBSPOT_DEFINED", pair)),
  ...LABELS.flatMap((pair) => bothWays("USER_DEFINED", pair)),
];

function bothWays(
  category: AssociationType["category"],
  [from, to, typeId, inverseId, label = null]: [ObjectType, ObjectType, number, number, (string | null)?],
): AssociationType[] {
  return [
    { from, to, typeId, inverseId, category, label },
    { from: to, to: from, typeId: inverseId, inverseId: typeId, category, label },
  ];
}

export interface Target {
  id: string;
  types: AssociationType[];
}

/** The types from one kind of record to another, the one without a label first. */
export function typesBetween(from: ObjectType, to: ObjectType): AssociationType[] {
  return TYPES.filter((type) => type.from === from && type.to === to);
}

/** What an association without a label is; throws where the two kinds cannot be associated. */
export function defaultType(from: ObjectType, to: ObjectType): AssociationType {
  const found = typesBetween(from, to).find(({ label }) => label === null);
  if (!found)
    throw invalid(`No default association type from ${OBJECT_KINDS[from].typeId} to ${OBJECT_KINDS[to].typeId}`);
  return found;
}

/** The type that a caller names; throws HubSpot's refusal for one that does not lead from `from`. */
export function typeOf(
  from: ObjectType,
  to: ObjectType | undefined,
  category: unknown,
  typeId: unknown,
): AssociationType {
  const named = TYPES.filter((type) => type.category === category && type.typeId === Number(typeId));
  const found = named.find((type) => type.from === from && (to === undefined || type.to === to));
  if (found) return found;
  const { typeId: given } = OBJECT_KINDS[from];
  const [other] = named;
  throw invalid(
    other
      ? `invalid from object type ${given} for associations to be created. expected: ${OBJECT_KINDS[other.from].typeId}`
      : `${String(category)} ${String(typeId)} is not a valid association type for ${given}`,
  );
}

/** As the v3 API names a type: `deal_to_company`, and `_unlabeled` where a primary one exists besides. */
export function v3Name({ from, to, label, category }: AssociationType): string {
  if (category === "USER_DEFINED") return (label ?? "").toLowerCase().replaceAll(" ", "_");
  const name = `${OBJECT_KINDS[from].singular}_to_${OBJECT_KINDS[to].singular}`;
  const hasPrimary = typesBetween(from, to).some((type) => type.label === "Primary");
  return label === null && hasPrimary ? `${name}_unlabeled` : name;
}

const key = (type: ObjectType, id: string): string => `${type}/${id}`;

/** Who is associated with whom, kept from both sides as HubSpot keeps it. */
export class AssociationBook {
  readonly #targets = new Map<string, Map<string, Set<AssociationType>>>();

  /** The records of one type that belong to a record, in the order in which they came to it. */
  of(from: ObjectType, id: string, to: ObjectType): Target[] {
    const all = this.#targets.get(key(from, id)) ?? new Map<string, Set<AssociationType>>();
    return [...all]
      .filter(([target]) => target.startsWith(`${to}/`))
      .map(([target, types]) => ({
        id: target.slice(to.length + 1),
        types: [...types].toSorted((a, b) => Number(b.label !== null) - Number(a.label !== null)),
      }));
  }

  /**
   * Associates two records; returns whether they were not before. The first company of a contact or deal becomes its primary
   * one; a new primary company takes the place of the old; a label comes with the type that has none.
   */
  add(type: AssociationType, fromId: string, toId: string): boolean {
    const isNew = !this.#targets.get(key(type.from, fromId))?.has(key(type.to, toId));
    this.#link(defaultType(type.from, type.to), fromId, toId);
    const owning = ownerSide(type);
    if (owning) {
      const [ownerId, companyId] = type.from === owning.from ? [fromId, toId] : [toId, fromId];
      this.#settlePrimary(owning, type.label === "Primary", ownerId, companyId);
    } else this.#link(type, fromId, toId);
    return isNew;
  }

  /** Takes two records apart, whatever they were to each other; returns whether they were associated. */
  remove(from: ObjectType, fromId: string, to: ObjectType, toId: string): boolean {
    this.#targets.get(key(to, toId))?.delete(key(from, fromId));
    return this.#targets.get(key(from, fromId))?.delete(key(to, toId)) ?? false;
  }

  clear(): void {
    this.#targets.clear();
  }

  #settlePrimary(primary: AssociationType, isWanted: boolean, ownerId: string, companyId: string): void {
    const others = this.of(primary.from, ownerId, "companies").filter(({ types }) => types.includes(primary));
    if (others.length > 0 && !isWanted) return;
    for (const { id } of others) this.#unlink(primary, ownerId, id);
    this.#link(primary, ownerId, companyId);
  }

  #link(type: AssociationType, fromId: string, toId: string): void {
    this.#typesOf(type.from, fromId, type.to, toId).add(type);
    this.#typesOf(type.to, toId, type.from, fromId).add(inverseOf(type));
  }

  #unlink(type: AssociationType, fromId: string, toId: string): void {
    this.#typesOf(type.from, fromId, type.to, toId).delete(type);
    this.#typesOf(type.to, toId, type.from, fromId).delete(inverseOf(type));
  }

  #typesOf(from: ObjectType, fromId: string, to: ObjectType, toId: string): Set<AssociationType> {
    const targets = this.#targets.get(key(from, fromId)) ?? new Map<string, Set<AssociationType>>();
    this.#targets.set(key(from, fromId), targets);
    const types = targets.get(key(to, toId)) ?? new Set<AssociationType>();
    targets.set(key(to, toId), types);
    return types;
  }
}

function inverseOf(type: AssociationType): AssociationType {
  return typeOf(type.to, type.from, type.category, type.inverseId);
}

/** The primary type seen from the contact or deal, where the two kinds have one. */
function ownerSide({ from, to }: AssociationType): AssociationType | undefined {
  const owner = to === "companies" ? from : from === "companies" ? to : undefined;
  return owner && typesBetween(owner, "companies").find(({ label }) => label === "Primary");
}
