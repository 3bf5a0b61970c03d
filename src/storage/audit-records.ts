import type { ChainRow } from "./audit-chain.ts";
import * as sql from "./audit-statements.ts";
import { type Verdict, verifyChain } from "./audit-verification.ts";
import type { Database } from "./database.ts";

/** Which rows are wanted; what is undefined does not matter. */
export interface AuditFilter {
  since?: Date | undefined;
  /** Who asked, approved or decided. */
  userId?: string | undefined;
  turnId?: string | undefined;
  /** Pattern over the names of tools: `hubspot__*`. */
  tool?: string | undefined;
  /** Rows at most: the last ones. */
  limit: number;
}

/** A row as it can be read. Those from before the chain, numbered from 0 downwards, have no hashes. */
export type AuditRecord = Omit<ChainRow, "hash" | "previousHash" | "seals"> & {
  hash: string | null;
  previousHash: string | null;
};

export interface AuditRecords {
  /** In the order in which they were appended. */
  find(filter: AuditFilter): Promise<AuditRecord[]>;
  /** Checks the whole chain, or its last rows. */
  verify(last?: number): Promise<Verdict>;
}

export function createAuditRecords(db: Database): AuditRecords {
  return {
    find: async ({ since, userId, turnId, tool, limit }) => {
      const like = tool?.replace(/[\\%_]/g, "\\$&").replaceAll("*", "%");
      const params = [since ?? null, userId ?? null, turnId ?? null, like ?? null, limit];
      const rows = await db.query<AuditRecord & { seals?: unknown }>(sql.findRows, params);
      return rows.map(({ seals: _seals, ...row }) => row);
    },
    verify: (last) => verifyChain(db, last),
  };
}
