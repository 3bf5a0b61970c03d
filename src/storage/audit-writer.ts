import { SophiaError } from "../core/errors.ts";
import { type ChainEnd, type ChainRow, type LooseRow, linked } from "./audit-chain.ts";
import * as sql from "./audit-statements.ts";
import type { Database, Queryable } from "./database.ts";

/** Where the chain ends, and where retention lets it begin. */
export interface ChainHead extends ChainEnd {
  /** Number of the first row, and the hash that it follows. */
  first: number;
  firstPrevious: string;
}

/** Somebody has taken away the row that says where the audit's chain ends. */
class HeadLostError extends SophiaError {
  override name = "HeadLostError";

  constructor() {
    super("The audit has lost its head (sophia.audit_head is empty): put that row back from a backup.");
  }
}

/**
 * Appends to the one chain of all replicas: each writes behind the end that it knows, and where another one was sooner, behind
 * that one's. One round trip where nobody was, which is the usual case.
 */
export class ChainWriter {
  readonly #db: Database;
  #end: ChainEnd | undefined;
  /** The last of rows of which it is not known whether they were stored. */
  #doubtful: ChainRow | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /** After a failure the same rows are to be given again, unless it was `isRefusedByDatabase`: they may be stored already. */
  async append(rows: readonly LooseRow[]): Promise<void> {
    if (await this.#isStored()) return;
    for (;;) {
      const end = this.#end ?? (await readHead(this.#db));
      const { last, answer } = await this.#tryBehind(end, rows);
      this.#doubtful = undefined;
      this.#end = answer.added ? { count: last.sequence, hash: last.hash } : answer;
      if (answer.added) return;
    }
  }

  async #tryBehind(end: ChainEnd, rows: readonly LooseRow[]) {
    const placed = linked(end, rows);
    const last = placed.at(-1) as ChainRow;
    this.#end = undefined;
    try {
      return { last, answer: await appendBehind(this.#db, end, placed) };
    } catch (error) {
      if (!isRefusedByDatabase(error)) this.#doubtful = last;
      throw error;
    }
  }

  async #isStored(): Promise<boolean> {
    const doubtful = this.#doubtful;
    if (!doubtful) return false;
    const found = await this.#db.query(sql.isInChain, [doubtful.sequence, doubtful.hash]);
    this.#doubtful = undefined;
    if (found.length > 0) this.#end = { count: doubtful.sequence, hash: doubtful.hash };
    return found.length > 0;
  }
}

async function appendBehind(
  connection: Queryable,
  { hash }: ChainEnd,
  placed: readonly ChainRow[],
): Promise<ChainEnd & { added: number }> {
  const last = placed.at(-1);
  const params = [hash, last?.sequence ?? 0, last?.hash ?? "", JSON.stringify(placed)];
  const [answer] = await connection.query<ChainEnd & { added: number }>(sql.appendRows, params);
  if (!answer) throw new HeadLostError();
  return answer;
}

/** Appends in a transaction that has locked the head; returns the chain's new end. */
export async function appendLocked(tx: Queryable, end: ChainEnd, row: LooseRow): Promise<void> {
  await appendBehind(tx, end, linked(end, [row]));
}

export async function readHead(connection: Queryable): Promise<ChainHead> {
  return headOf(await connection.query<ChainHead>(sql.readHead));
}

/** Nobody else appends until the transaction ends. */
export async function lockHead(tx: Queryable): Promise<ChainHead> {
  return headOf(await tx.query<ChainHead>(sql.lockHead));
}

function headOf([head]: ChainHead[]): ChainHead {
  if (!head) throw new HeadLostError();
  return head;
}

/**
 * Whether the database will never take these rows: their data is wrong (classes 22, 23) or too much (54). A number that is
 * taken (23505) is not the rows' fault.
 */
export function isRefusedByDatabase(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^(?:22|23|54)[0-9A-Z]{3}$/.test(code) && code !== "23505";
}
