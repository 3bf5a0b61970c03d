import type { AsanaStore } from "../../asana/start-asana.ts";
import type { HubSpotStore } from "../../hubspot/start-hubspot.ts";
import type { PineconeStore } from "../../pinecone/start-pinecone.ts";
import type { PulumiStore } from "../../pulumi/start-pulumi.ts";
import type { SlackStore } from "../../slack/store.ts";
import type { World } from "../../world/types.ts";

/** The stand-ins whose records the page shows. */
export interface OutsideStores {
  world: World;
  /** Epoch ms. */
  now: () => number;
  slack: SlackStore;
  hubspot: HubSpotStore;
  asana: AsanaStore;
  pinecone: PineconeStore;
  pulumi: PulumiStore;
}

/** A record of a service as it stands, and what became of it since the start: all in words, for people. */
export interface OutsideRecord {
  /** "Deal". */
  kind: string;
  id: string;
  title: string;
  state: "new" | "changed" | "gone";
  /** ISO 8601: when it last changed. */
  at: string;
  facts: Fact[];
  /** Newest first. */
  changes: FieldChange[];
  /** It goes on by itself: what is told of it holds for a moment. */
  isMoving?: boolean;
}

export interface Fact {
  label: string;
  value: string;
}

export interface FieldChange {
  /** ISO 8601. */
  at: string;
  /** Empty where the whole record came or went: `after` says which. */
  label: string;
  /** null: there was nothing. */
  before: string | null;
  after: string | null;
  by: string;
}

/** More than a person looks through. */
const MOST_RECORDS = 40;
const MOST_CHANGES = 20;
/** What is written within this time of a record's making belongs to its making. */
const MAKING_MS = 1000;

export const CREATED = "Created";
export const DELETED = "Deleted";
/** What Sophia does she does with the key that she was given. */
export const BY_API = "Sophia (API)";

/** Puts the records with the latest change first, and each one's changes; cuts both where they are too many. */
export function ordered(records: readonly OutsideRecord[]): OutsideRecord[] {
  return records
    .toSorted((a, b) => b.at.localeCompare(a.at))
    .slice(0, MOST_RECORDS)
    .map((record) => ({ ...record, changes: record.changes.toReversed().slice(0, MOST_CHANGES) }));
}

/** Leaves out what a new record was made with: that is told by how it stands. `changes` are oldest first. */
export function sinceMaking(changes: readonly FieldChange[]): FieldChange[] {
  const making = changes.find(({ label, after }) => label === "" && after === CREATED);
  if (!making) return [...changes];
  const end = Date.parse(making.at) + MAKING_MS;
  return changes.filter((one) => one === making || one.before !== null || Date.parse(one.at) > end);
}

/** What the changes made of the record as a whole. */
export function stateOf(changes: readonly FieldChange[]): OutsideRecord["state"] {
  const whole = changes.filter(({ label }) => label === "").map(({ after }) => after);
  if (whole.at(-1) === DELETED) return "gone";
  return whole.includes(CREATED) ? "new" : "changed";
}
