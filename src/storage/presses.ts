import type { Database } from "./database.ts";
import { nobody } from "./forget-statements.ts";
import type { TurnStatus } from "./turns.ts";

/** What a press is for: to have something written, or a question answered. */
export type PressFor = "write" | "answer";

/** Which turn a press is: one for each button, until it is known that nothing came of it. */
export interface Presses {
  /**
   * The source key of a press. A turn stands under it already where one is under way, or something came of it: a write, or, where
   * it is for an answer, any turn that ended well.
   */
  keyOf(button: string, isFor: PressFor): Promise<string>;
}

/** So often a button can be pressed to no end. */
const mostPresses = 20;

/**
 * $1 keys, $2 how a turn ends of which nothing may have come, $3 whether that holds for a forgotten person's as well, whose approvals
 * are gone. What was sent and may have been carried out counts as written.
 */
const fruitlessTurns = `
  SELECT source_key AS key FROM sophia.turns
  WHERE source_key = ANY($1::text[]) AND status = ANY($2::text[]) AND ($3::boolean OR user_id <> ${nobody})
    AND NOT EXISTS (
      SELECT FROM sophia.approvals
      WHERE turn_id = turns.id AND approvals.status NOT IN ('denied', 'expired', 'withdrawn', 'failed')
    )`;

const fruitlessEnds: Readonly<Record<PressFor, readonly TurnStatus[]>> = {
  write: ["done", "failed", "stopped"],
  answer: ["failed", "stopped"],
};

export function createPresses(db: Database): Presses {
  return {
    keyOf: async (button, isFor) => {
      const base = `button:${button}`;
      const keys = [base, ...Array.from({ length: mostPresses - 1 }, (_, index) => `${base}:${index + 2}`)];
      const fruitless = new Set(
        (await db.query<{ key: string }>(fruitlessTurns, [keys, fruitlessEnds[isFor], isFor === "answer"])).map(
          ({ key }) => key,
        ),
      );
      return keys.find((key) => !fruitless.has(key)) ?? keys[keys.length - 1] ?? base;
    },
  };
}
