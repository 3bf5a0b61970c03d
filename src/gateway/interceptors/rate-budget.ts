import type { Budgets } from "../budgets.ts";
import { authorised, type Interceptor } from "../tool-call.ts";

/** Keeps within what the service behind an upstream allows: a call waits for its turn, or is told when to come back. */
export function createRateBudget(budgets: Budgets): Interceptor {
  return async (call, next) => {
    const { tool, signal } = authorised(call);
    await budgets.take(tool.upstream, signal);
    return next(call);
  };
}
