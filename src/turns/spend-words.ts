import type { Amount, NearCap, SpendScope } from "../storage/spend.ts";

/** A cap as it stands. */
export interface CapState extends NearCap {
  cap: number;
}

const budgets: Record<SpendScope, string> = {
  person: "Your budget for today",
  channel: "Today's budget of this channel",
  day: "Today's budget of the whole workspace",
};

/** Where the configuration sets it. */
const options: Record<SpendScope, string> = { person: "spend.person", channel: "spend.channel", day: "spend.day" };

export function capSentence({ scope, unit, spent, cap }: CapState, timeZone: string): string {
  const state = spent >= cap ? "is used up" : "is nearly used up";
  return (
    `${budgets[scope]} ${state} (${ofCap(unit, spent, cap)}). It starts again at 00:00 ${timeZone}. ` +
    `Whoever runs Sophia can raise it: ${options[scope]}.`
  );
}

/** "4.10 of 5.00 USD". */
export function ofCap(unit: keyof Amount, part: number, cap: number): string {
  if (unit === "tokens") return `${part.toLocaleString("en-US")} of ${cap.toLocaleString("en-US")} tokens`;
  const digits = cap < 1 ? 4 : 2;
  return `${part.toFixed(digits)} of ${cap.toFixed(digits)} USD`;
}
