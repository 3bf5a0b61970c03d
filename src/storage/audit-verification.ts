import { type ChainRow, hashOf, isAsSealed, type SealedField, sealedFields } from "./audit-chain.ts";
import { numbersIn } from "./audit-ranges.ts";
import * as sql from "./audit-statements.ts";
import { type ChainHead, readHead } from "./audit-writer.ts";
import type { Database, Queryable } from "./database.ts";

interface Place {
  sequence: number;
  /** ISO 8601. */
  at: string;
}

/** What became of a check of the chain. */
export type Verdict =
  | {
      valid: true;
      /** Rows that were checked, and the first and last of them; undefined where there is none. */
      rows: number;
      first?: Place | undefined;
      last?: Place | undefined;
      /** The number and hash of the chain's last row: noted elsewhere, they show if the whole chain is replaced. */
      count: number;
      hash: string;
      /** Rows from before there was a chain, for which nothing vouches. */
      rowsBefore: number;
    }
  /** The first row that is missing, altered or out of place, and what is wrong with it. */
  | { valid: false; sequence: number; problem: string };

const pageSize = 1_000;

/**
 * Reads the chain, or its last rows, at one instant, and recomputes every hash. What was removed because a person was forgotten
 * must be named by a later row of the chain, and what is gone at the beginning by the last word of retention.
 */
export function verifyChain(db: Database, last?: number): Promise<Verdict> {
  return db.transaction(async (tx) => {
    await tx.script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    const head = await readHead(tx);
    const from = last === undefined ? head.first : Math.max(head.first, head.count - last + 1);
    const check = new ChainCheck(from, from === head.first ? head.firstPrevious : undefined);
    const fault =
      (await findWrongCut(tx, head)) ??
      (await readThrough(tx, check, head)) ??
      check.faultAtEnd(head) ??
      (await findStray(tx, head));
    if (fault) return { valid: false, ...fault };
    const [before] = await tx.query<{ count: number }>(sql.rowsBefore);
    const { rows, first, last: end } = check;
    return { valid: true, rows, first, last: end, count: head.count, hash: head.hash, rowsBefore: before?.count ?? 0 };
  });
}

interface Fault {
  sequence: number;
  problem: string;
}

async function readThrough(tx: Queryable, check: ChainCheck, { count }: ChainHead): Promise<Fault | undefined> {
  for (;;) {
    const page = await tx.query<ChainRow>(sql.rowsOfChain, [check.expected, count, pageSize]);
    for (const row of page) {
      const problem = check.add({ ...row, seals: row.seals ?? {} });
      if (problem) return problem;
    }
    if (page.length < pageSize) return undefined;
  }
}

const beginning = { first: 1, previous: "0".repeat(64) };

/** Whether the chain begins where retention last let it begin. */
async function findWrongCut(tx: Queryable, { count, first, firstPrevious }: ChainHead): Promise<Fault | undefined> {
  const [row] = await tx.query<{ facts: Partial<typeof beginning> | null }>(sql.lastCut, [count]);
  const cut = row?.facts ?? beginning;
  if (cut.first === first && cut.previous === firstPrevious) return undefined;
  return { sequence: first, problem: "is not where retention lets the chain begin: rows before it are missing" };
}

async function findStray(tx: Queryable, { first, count }: ChainHead): Promise<Fault | undefined> {
  const [stray] = await tx.query<{ sequence: number | null }>(sql.strayRow, [first, count]);
  const sequence = stray?.sequence ?? undefined;
  return sequence === undefined ? undefined : { sequence, problem: "is out of place: the chain does not reach there" };
}

class ChainCheck {
  rows = 0;
  first: Place | undefined;
  last: Place | undefined;
  /** Number of the row that comes next. */
  expected: number;
  /** The hash that it follows; undefined where the check begins in the middle. */
  #previous: string | undefined;
  /** What was removed, and was not yet said to have been. */
  readonly #removed = new Map<SealedField, Set<number>>(sealedFields.map((field) => [field, new Set()]));

  constructor(first: number, previous: string | undefined) {
    this.expected = first;
    this.#previous = previous;
  }

  add(row: ChainRow): Fault | undefined {
    const { sequence } = row;
    if (sequence !== this.expected) return { sequence: this.expected, problem: "is missing" };
    const problem = this.#problemOf(row);
    if (problem !== undefined) return { sequence, problem };
    if (row.kind === "forgetting") this.#explain(row.facts);
    this.rows += 1;
    this.last = { sequence, at: row.at };
    this.first ??= this.last;
    this.expected += 1;
    this.#previous = row.hash;
    return undefined;
  }

  faultAtEnd({ count, hash }: ChainHead): Fault | undefined {
    if (this.expected !== count + 1) return { sequence: this.expected, problem: "is missing" };
    if (this.#previous !== undefined && this.#previous !== hash) {
      return { sequence: count, problem: "is altered, or the chain's head is: it holds another hash" };
    }
    // Sets keep the order in which the rows came, so that each one's first is its lowest.
    const unexplained = [...this.#removed].flatMap(([field, [sequence]]) =>
      sequence === undefined ? [] : { sequence, problem: `is altered: ${field} was removed, and no row says why` },
    );
    return unexplained.toSorted((a, b) => a.sequence - b.sequence)[0];
  }

  #problemOf(row: ChainRow): string | undefined {
    if (this.#previous !== undefined && row.previousHash !== this.#previous)
      return "is out of place or altered: it does not follow the row before it";
    if (hashOf(row) !== row.hash) return "is altered: its hash is another";
    for (const field of sealedFields) {
      const isSound = isAsSealed(field, row[field], row.seals[field]);
      if (isSound === false) return `is altered: ${field} is not what was recorded`;
      if (isSound === undefined) this.#removed.get(field)?.add(row.sequence);
    }
    return undefined;
  }

  #explain(facts: unknown): void {
    const { removed = {} } = (facts ?? {}) as { removed?: Partial<Record<SealedField, string>> };
    for (const field of sealedFields) {
      const sequences = this.#removed.get(field);
      if (!sequences?.size) continue;
      for (const sequence of numbersIn(removed[field] ?? "")) sequences.delete(sequence);
    }
  }
}
