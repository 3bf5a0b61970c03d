import type { Database, SqlValue } from "./database.ts";
import * as sql from "./spend-statements.ts";

/** One answer of the model. */
export interface SpentAnswer {
  /** Unique: the same answer may be added again, and is counted once. */
  id: string;
  /** `2026-11-21`. */
  day: string;
  turnId: string;
  userId: string;
  /** Undefined where the asker alone reads the answer. */
  channel: string | undefined;
  model: string;
  tokens: number;
  /** US dollars, to a millionth. */
  usd: number;
}

export interface Amount {
  tokens: number;
  usd: number;
}

/** Whose spending of a day is summed: one person's, that in one channel, or everybody's. */
export type SpendScope = "person" | "channel" | "day";

export interface SpentAmount extends Amount {
  turns: number;
}

export interface Totals {
  today: SpentAmount;
  /** From the first day asked for to the last. */
  period: SpentAmount;
  models: string[];
}

export interface Ranked {
  /** A person's or a channel's id; undefined for all that the asker alone read. */
  subject: string | undefined;
  today: SpentAmount;
  period: SpentAmount;
}

/** A cap that comes near, or is reached. */
export interface NearCap {
  scope: SpendScope;
  /** Whose cap it is: a person's or a channel's id; empty for everybody's. */
  subject: string;
  unit: keyof Amount;
  /** In that unit. */
  spent: number;
}

/** The days of a report; the last of them is "today". */
export interface Days {
  first: string;
  last: string;
}

export interface Spend {
  add(answers: readonly SpentAnswer[]): Promise<void>;
  /** What was spent on a day by the person, in the channel, and by all. */
  ofDay(day: string, userId: string, channel: string | undefined): Promise<Record<SpendScope, Amount>>;
  /**
   * Marks caps as told of by that turn, for the day. Returns those that no other turn has told of, each with what was spent
   * when it was first told, so that the turn says the same again if it is carried on.
   */
  tell(day: string, turnId: string, near: readonly NearCap[]): Promise<NearCap[]>;
  /** What one person spent, or everybody where `userId` is undefined. */
  totals(days: Days, userId: string | undefined): Promise<Totals>;
  /** Who, or which channels, spent most in these days. */
  most(by: "person" | "channel", days: Days, limit: number): Promise<Ranked[]>;
}

interface SumRow {
  tokensToday: number;
  usdToday: number;
  turnsToday: number;
  tokens: number;
  usd: number;
  turns: number;
}

export function createSpend(db: Database): Spend {
  return {
    add: async (answers) => {
      await db.query(sql.addAnswers, [JSON.stringify(answers.map(toRow))]);
    },
    ofDay: async (day, userId, channel) => {
      const [row] = await db.query<Record<`${SpendScope}Tokens` | `${SpendScope}Usd`, number>>(sql.sumsOfDay, [
        day,
        userId,
        channel ?? null,
      ]);
      const amount = (scope: SpendScope): Amount => ({
        tokens: row?.[`${scope}Tokens`] ?? 0,
        usd: row?.[`${scope}Usd`] ?? 0,
      });
      return { person: amount("person"), channel: amount("channel"), day: amount("day") };
    },
    tell: (day, turnId, near) => db.query<NearCap>(sql.tellOfCaps, [day, turnId, JSON.stringify(near)]),
    totals: async ({ first, last }, userId) => {
      const [row] = await db.query<SumRow & { models: string[] | null }>(sql.totals, [first, last, userId ?? null]);
      return { ...sumsOf(row), models: row?.models ?? [] };
    },
    most: async (by, { first, last }, limit) => {
      const params: SqlValue[] = [first, last, limit];
      const statement = by === "person" ? sql.mostByPerson : sql.mostByChannel;
      const rows = await db.query<SumRow & { subject: string | null }>(statement, params);
      return rows.map((row) => ({ subject: row.subject ?? undefined, ...sumsOf(row) }));
    },
  };
}

function toRow({ usd, channel, ...answer }: SpentAnswer): Record<string, SqlValue> {
  return { ...answer, channel: channel ?? null, microUsd: Math.round(usd * 1_000_000) };
}

function sumsOf(row: SumRow | undefined): { today: SpentAmount; period: SpentAmount } {
  return {
    today: { tokens: row?.tokensToday ?? 0, usd: row?.usdToday ?? 0, turns: row?.turnsToday ?? 0 },
    period: { tokens: row?.tokens ?? 0, usd: row?.usd ?? 0, turns: row?.turns ?? 0 },
  };
}
