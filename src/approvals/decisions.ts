import type { Approval, Approvals } from "../storage/approvals.ts";

/** Somebody pressed a button of a card. */
export interface Press {
  cardId: string;
  userId: string;
  decision: "approved" | "denied";
}

/**
 * `decided`: by this press. `closed`: it was decided before, has expired, or its turn has ended. `forbidden`: another person is
 * asked. `unknown`: there is no such card any more. The approvals are the card's, as they stand now.
 */
export type Verdict = { kind: "decided" | "closed" | "forbidden"; approvals: Approval[] } | { kind: "unknown" };

export interface Decisions {
  /** Of two presses at the same time one decides. The turn goes on by itself. */
  decide(press: Press): Promise<Verdict>;
}

export interface DecisionsOptions {
  approvals: Approvals;
  /** Lets a suspended turn go on, if nothing of it is undecided any more. */
  resume: (turnId: string) => Promise<void>;
}

export function createDecisions({ approvals, resume }: DecisionsOptions): Decisions {
  return {
    decide: async ({ cardId, userId, decision }) => {
      const before = await approvals.ofCard(cardId);
      const [first] = before;
      if (!first) return { kind: "unknown" };
      if (first.userId !== userId) return { kind: "forbidden", approvals: before };
      const decided = await approvals.decide(cardId, { status: decision, userId });
      // A card whose decision was stored by a press that then died is decided, and its turn may still wait.
      await resume(first.turnId);
      const kind = decided.length > 0 ? "decided" : "closed";
      return { kind, approvals: await approvals.ofCard(cardId) };
    },
  };
}
