import type { Database } from "./database.ts";

/** Which turn a press is: one for each button, until it is known that nothing came of it. */
export interface Presses {
  /** The source key of a press. A turn stands under it already where one is under way, or has written something. */
  keyOf(button: string): Promise<string>;
}

/** So often a button can be pressed to no end. */
const mostPresses = 20;

/** What was sent and may have been carried out counts as written. */
const fruitlessTurns = `
  SELECT source_key AS key FROM sophia.turns
  WHERE source_key = ANY($1::text[]) AND status IN ('done', 'failed', 'stopped')
    AND NOT EXISTS (
      SELECT FROM sophia.approvals
      WHERE turn_id = turns.id AND approvals.status NOT IN ('denied', 'expired', 'withdrawn', 'failed')
    )`;

export function createPresses(db: Database): Presses {
  return {
    keyOf: async (button) => {
      const base = `button:${button}`;
      const keys = [base, ...Array.from({ length: mostPresses - 1 }, (_, index) => `${base}:${index + 2}`)];
      const fruitless = new Set((await db.query<{ key: string }>(fruitlessTurns, [keys])).map(({ key }) => key));
      return keys.find((key) => !fruitless.has(key)) ?? keys[keys.length - 1] ?? base;
    },
  };
}
