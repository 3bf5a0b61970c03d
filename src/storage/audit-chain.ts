import { createHash, randomBytes } from "node:crypto";
import { canonicalJson } from "../core/canonical-json.ts";
import type { AuditEvent, AuditKind } from "../observability/audit.ts";

/** Persons and texts: in the hash by their salted digests only, so that they can be removed and the chain still holds. */
export const sealedFields = ["userId", "approverId", "arguments", "result"] as const;
export type SealedField = (typeof sealedFields)[number];

/** Without salt what was sealed has been removed: the digest alone tells nothing of it. */
export interface Seal {
  salt?: string | undefined;
  digest: string;
}

/** What the hash covers as it is. */
interface LastingFields {
  sequence: number;
  /** ISO 8601 in UTC with microseconds, as the database keeps it: `2026-03-02T10:00:00.000000Z`. */
  at: string;
  kind: AuditKind;
  client: string | null;
  agent: string | null;
  turnId: string | null;
  tool: string | null;
  outcome: string;
  reason: string | null;
  facts: unknown;
  costUsd: number | null;
  tokens: number | null;
  durationMs: number | null;
  policyRevision: string | null;
}

interface SealedValues {
  userId: string | null;
  approverId: string | null;
  arguments: unknown;
  result: string | null;
}

/** A row of the chain, with null for what it does not hold. */
export type ChainRow = LastingFields &
  SealedValues & {
    seals: Partial<Record<SealedField, Seal>>;
    previousHash: string;
    hash: string;
  };

/** What a row holds before it has its place. */
export type LooseRow = Omit<ChainRow, "sequence" | "previousHash" | "hash">;

/** The chain's end: the number and hash of its last row. */
export interface ChainEnd {
  count: number;
  hash: string;
}

/** A row for an event that has been redacted. Salts are drawn here: a row is made once, however often it is appended. */
export function toRow(event: AuditEvent, policyRevision: string | undefined): LooseRow {
  const { client, agent, turnId, tool, reason, facts, costUsd, tokens, durationMs } = event;
  const { userId, approverId, arguments: args, result } = event;
  const lasting = { client, agent, turnId, tool, reason, facts, costUsd, tokens, durationMs, policyRevision };
  const sealed = mapValues({ userId, approverId, arguments: args, result }, storable) as SealedValues;
  const seals = sealedFields.flatMap((field) => (sealed[field] === null ? [] : [[field, seal(field, sealed[field])]]));
  return {
    at: event.at.toISOString().replace("Z", "000Z"),
    kind: event.kind,
    outcome: event.outcome,
    // The same names, each with a value that the database gives back as it is.
    ...(mapValues(lasting, storable) as Omit<LastingFields, "sequence" | "at" | "kind" | "outcome">),
    ...sealed,
    seals: Object.fromEntries(seals),
  };
}

/** Puts rows behind the chain's end, in their order. */
export function linked(end: ChainEnd, rows: readonly LooseRow[]): ChainRow[] {
  let { count: sequence, hash: previousHash } = end;
  return rows.map((row) => {
    sequence += 1;
    const placed = { ...row, sequence, previousHash };
    const hash = hashOf(placed);
    previousHash = hash;
    return { ...placed, hash };
  });
}

/** SHA-256, in hex, over the canonical JSON of all that stays: what is sealed is in it by its digest. */
export function hashOf(row: Omit<ChainRow, "hash">): string {
  const { previousHash, sequence, at, kind, client, agent, turnId, tool, outcome, reason, facts, seals } = row;
  const { costUsd, tokens, durationMs, policyRevision } = row;
  const digests = sealedFields.map((field) => seals[field]?.digest ?? null);
  const figures = { costUsd, tokens, durationMs, policyRevision };
  const lasting = { sequence, at, kind, client, agent, turnId, tool, outcome, reason, facts, ...figures };
  return createHash("sha256")
    .update(canonicalJson({ previousHash, ...lasting, digests }))
    .digest("hex");
}

/** Whether a value is the one that was sealed; undefined where nothing can be said, since both were removed. */
export function isAsSealed(field: SealedField, value: unknown, sealed: Seal | undefined): boolean | undefined {
  if (sealed === undefined) return value === null;
  if (sealed.salt === undefined) return value === null ? undefined : false;
  return value !== null && digestOf(field, value, sealed.salt) === sealed.digest;
}

function seal(field: SealedField, value: unknown): Seal {
  const salt = randomBytes(16).toString("base64url");
  return { salt, digest: digestOf(field, value, salt) };
}

function digestOf(field: SealedField, value: unknown, salt: string): string {
  return createHash("sha256")
    .update(canonicalJson([salt, field, value]))
    .digest("base64url");
}

/** The value as it comes back from the database: JSON may hold what a Postgres text may not (a NUL, half a surrogate pair). */
function storable(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return storableText(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [storableText(name), storable(item)]));
  }
  return null;
}

function mapValues<Name extends string>(
  values: Record<Name, unknown>,
  map: (value: unknown) => unknown,
): Record<Name, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)])) as Record<Name, unknown>;
}

function storableText(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
