import type { Answer, Spender, Spending } from "../../src/agent/ports.ts";
import type { SpendReports } from "../../src/turns/spending.ts";

type Report = Awaited<ReturnType<SpendReports["ofAll"]>>;

/** Spending in memory: keeps what was counted, and says what it is told to say. */
export class MemorySpending implements Spending, SpendReports {
  readonly counted: { spender: Spender; answer: Pick<Answer, "model" | "usage"> }[] = [];
  /** How often it was asked whether a step may be made. */
  asked = 0;
  /** A cap is reached once so many answers were counted. */
  stopsAfter = Number.POSITIVE_INFINITY;
  near: string[] = [];
  report: Report = {
    today: { tokens: 0, usd: 0, turns: 0 },
    period: { tokens: 0, usd: 0, turns: 0 },
    models: [],
    caps: [],
    timeZone: "UTC",
    unpriced: [],
    people: [],
    channels: [],
  };

  async stop(): Promise<string | undefined> {
    this.asked++;
    return this.counted.length >= this.stopsAfter ? "Today's budget is used up." : undefined;
  }

  async count(spender: Spender, answer: Pick<Answer, "model" | "usage">): Promise<void> {
    this.counted.push({ spender, answer });
  }

  async warnings(): Promise<string[]> {
    return this.near;
  }

  async ofPerson(): Promise<Report> {
    return this.report;
  }

  async ofAll(): Promise<Report> {
    return this.report;
  }
}
