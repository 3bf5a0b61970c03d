import type { Change } from "../../change-log.ts";
import type { PineconeStore } from "../../pinecone/start-pinecone.ts";
import type { World } from "../../world/types.ts";
import { BY_API, CREATED, DELETED, type Fact, type FieldChange } from "./record.ts";
import { type OutsideRecord, sinceMaking, stateOf } from "./record.ts";
import { shortened } from "./words.ts";

type Fields = Record<string, unknown>;

export function pineconeRecords(store: PineconeStore, { people }: World): OutsideRecord[] {
  const nameOf = (by: string) => (by === "api" ? BY_API : (people.find(({ handle }) => handle === by)?.name ?? by));
  const byRecord = Map.groupBy(store.changes, ({ type, id }) => `${type}/${id}`);
  return [...byRecord.values()].flatMap((all) => {
    const [first, last] = [all[0], all.at(-1)];
    if (!first || !last) return [];
    const changes = all.map((change) => fieldChange(change, nameOf(change.by)));
    const told = { id: first.id, state: stateOf(changes), at: last.at, changes: sinceMaking(changes) };
    if (first.type === "index") return { ...told, kind: "Index", title: first.id, facts: [] };
    const [index = "", namespace = ""] = first.id.split("/");
    const id = first.id.slice(index.length + namespace.length + 2);
    const fields = fieldsOf(all, isIndex(store, index) ? store.index(index).get(namespace, id)?.metadata : undefined);
    const place = { label: "Index", value: `${index} · ${namespace}` };
    return { ...told, kind: "Passage", title: words(fields.title) ?? id, facts: [place, ...factsOf(fields)] };
  });
}

const isIndex = (store: PineconeStore, name: string): boolean =>
  store.indexes().some(({ settings }) => settings.name === name);

function fieldChange({ at, field, before, after }: Change, by: string): FieldChange {
  if (field === "") return { at, by, label: "", before: null, after: after === undefined ? DELETED : CREATED };
  return { at, by, label: labelOf(field), before: words(before), after: words(after) };
}

/** What readers see, and where they see nothing yet, or no more, what was written. */
function fieldsOf(changes: readonly Change[], seen: Fields | undefined): Fields {
  if (seen) return seen;
  let fields: Fields = {};
  for (const { field, before, after } of changes) {
    if (field === "") fields = (after ?? before) as Fields;
    else fields = { ...fields, [field]: after };
  }
  return fields;
}

/** The text before all; the title is told by itself. */
function factsOf({ text, ...fields }: Fields): Fact[] {
  const shown = Object.entries(text === undefined ? fields : { text, ...fields }).filter(([name]) => name !== "title");
  return shown.map(([name, value]) => ({ label: labelOf(name), value: words(value) ?? "" }));
}

/** "owner_email" is "Owner email". */
const labelOf = (name: string): string => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("_", " ");

function words(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return shortened(typeof value === "string" ? value : JSON.stringify(value));
}
