import { instructions, markup, markupTitle } from "./dialogue/oddities.ts";
import type { PlannedCall } from "./plan-calls.ts";

/**
 * The calls that are not like the others: a few private ones, never yesterday's, and some in which somebody says what
 * software tends to trip over. They stand at fixed places, so that each world has them.
 */
export function setExceptions(plans: PlannedCall[]): void {
  const ordinary = plans.filter((plan) => plan.slot.kind === "ordinary");
  for (const plan of privateOnes(ordinary)) plan.isPrivate = true;
  const visible = ordinary.filter((plan) => !plan.isPrivate);
  const oddities = [...instructions, ...markup];
  oddities.forEach((oddity, index) => {
    const plan = visible[visible.length - 8 - index * 13];
    if (plan) plan.oddity = oddity;
  });
  const odd = visible[visible.length - 12];
  if (odd) odd.title = markupTitle;
  const yesterday = plans.filter((plan) => plan.slot.kind === "yesterday");
  const tricky = yesterday[3];
  if (tricky) tricky.oddity = instructions[0];
}

/** One on the last working day before yesterday, one of the first person's own, and two that are older. */
function privateOnes(ordinary: readonly PlannedCall[]): PlannedCall[] {
  const lastDay = ordinary.at(-1)?.slot.day;
  const recent = ordinary.find((plan) => plan.slot.day === lastDay && plan.owner.handle !== "maya");
  const own = ordinary.findLast((plan) => plan.owner.handle === "maya" && plan.slot.day !== lastDay);
  const older = [ordinary[40], ordinary[110]];
  return [recent, own, ...older].filter((plan) => plan !== undefined);
}
