import { costOf, type Prices } from "../agent/cost.ts";
import type { Spender, Spending } from "../agent/ports.ts";
import { totalTokens } from "../agent/turn-state.ts";
import { dayTeller, daysBefore } from "../core/calendar-day.ts";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import type { Logger } from "../observability/log.ts";
import type { SpendMetrics } from "../observability/metrics.ts";
import type { Amount, Days, Ranked, Spend, SpendScope, SpentAnswer, Totals } from "../storage/spend.ts";
import { type CapState, capSentence } from "./spend-words.ts";

/** The `spend` of the configuration. */
export interface SpendLimits extends Record<SpendScope, { [Unit in keyof Amount]?: number | undefined }> {
  prices: Prices;
  /** The part of a cap at which it is said that it comes near. */
  warnAt: number;
  /** IANA zone whose midnight begins a day. */
  timeZone: string;
}

export interface SpendingOptions {
  spend: Spend;
  limits: SpendLimits;
  clock: Clock;
  newId: NewId;
  metrics: SpendMetrics;
  logger: Logger;
}

interface Report extends Totals {
  caps: CapState[];
  timeZone: string;
  /** Models of these days that have no price. */
  unpriced: string[];
}

/** Who asks for a report, and where. */
export type Asking = Pick<Spender, "userId" | "channel" | "audience">;

export interface SpendReports {
  /** Today and the last seven days of one person, with the caps that concern a question of theirs asked there. */
  ofPerson(asking: Asking): Promise<Report>;
  /** The same of everybody, with the day's caps, and who and where spent most. */
  ofAll(limit: number): Promise<Report & { people: Ranked[]; channels: Ranked[] }>;
}

const scopes: readonly SpendScope[] = ["person", "channel", "day"];
const units: readonly (keyof Amount)[] = ["usd", "tokens"];
const reportedDays = 7;
/** Answers that wait for a database that is away; more than that would be a memory leak. */
const mostWaiting = 10_000;

/** Holds what is spent against the caps of the configuration. */
export function createSpending(options: SpendingOptions): Spending & SpendReports {
  return new Accounts(options);
}

class Accounts implements Spending, SpendReports {
  readonly #options: SpendingOptions;
  readonly #dayOf: (at: number) => string;
  readonly #unpriced = new Set<string>();
  #waiting: SpentAnswer[] = [];
  /** The additions under way, and those that follow them with what came in meanwhile. */
  #storing: Promise<void> = Promise.resolve();

  constructor(options: SpendingOptions) {
    this.#options = options;
    this.#dayOf = dayTeller(options.limits.timeZone);
  }

  async stop(spender: Spender): Promise<string | undefined> {
    const reached = (await this.#capsOf(spender)).find(({ spent, cap }) => spent >= cap);
    return reached && capSentence(reached, this.#options.limits.timeZone);
  }

  async count(spender: Spender, { model, usage }: Parameters<Spending["count"]>[1]): Promise<void> {
    const { limits, metrics, newId } = this.#options;
    const { turnId, userId } = spender;
    const { usd, hasPrice } = costOf(usage, model, limits.prices);
    if (!hasPrice) this.#sayUnpriced(model);
    metrics.answer({ model, usage, usd });
    if (this.#waiting.length >= mostWaiting) this.#waiting.shift();
    this.#waiting.push({
      id: newId("answer"),
      day: this.#today(),
      turnId,
      userId,
      channel: sharedChannel(spender),
      model,
      tokens: totalTokens(usage),
      usd,
    });
    this.#storing = this.#storeAfter(this.#storing);
    await this.#storing;
  }

  async warnings(spender: Spender): Promise<string[]> {
    const { spend, limits, logger } = this.#options;
    const near = (await this.#capsOf(spender)).filter(({ spent, cap }) => spent >= cap * limits.warnAt);
    if (near.length === 0) return [];
    try {
      const told = await spend.tell(
        this.#today(),
        spender.turnId,
        near.map(({ cap: _cap, ...state }) => state),
      );
      return near.flatMap((state) => {
        const found = told.find(({ scope, unit }) => scope === state.scope && unit === state.unit);
        return found ? [capSentence({ ...state, ...found }, limits.timeZone)] : [];
      });
    } catch (error) {
      logger.error({ err: error, turnId: spender.turnId }, "a cap that comes near was not told of");
      return [];
    }
  }

  async ofPerson(asking: Asking): Promise<Report> {
    const { spend } = this.#options;
    const [totals, caps] = await Promise.all([spend.totals(this.#days(), asking.userId), this.#readCaps(asking)]);
    return this.#report(totals, caps);
  }

  async ofAll(limit: number): Promise<Report & { people: Ranked[]; channels: Ranked[] }> {
    const { spend, limits } = this.#options;
    const days = this.#days();
    const [totals, people, channels] = await Promise.all([
      spend.totals(days, undefined),
      spend.most("person", days, limit),
      spend.most("channel", days, limit),
    ]);
    const caps = capStates("day", "", limits.day, totals.today);
    return { ...this.#report(totals, caps), people, channels };
  }

  #report(totals: Totals, caps: CapState[]): Report {
    const { prices, timeZone } = this.#options.limits;
    return { ...totals, caps, timeZone, unpriced: totals.models.filter((model) => !Object.hasOwn(prices, model)) };
  }

  /** Where the records cannot be read the step is made: if they are still away its own checkpoint ends the attempt. */
  async #capsOf(spender: Spender): Promise<CapState[]> {
    try {
      return await this.#readCaps(spender);
    } catch (error) {
      this.#options.logger.error({ err: error, turnId: spender.turnId }, "what was spent today cannot be read");
      return [];
    }
  }

  /** The caps that concern somebody's question; no statement where there is none. */
  async #readCaps(asking: Asking): Promise<CapState[]> {
    const { spend, limits } = this.#options;
    const channel = sharedChannel(asking);
    const subjects = { person: asking.userId, channel, day: "" };
    const concerned = scopes.filter(
      (scope) => subjects[scope] !== undefined && units.some((unit) => limits[scope][unit]),
    );
    if (concerned.length === 0) return [];
    const spent = await spend.ofDay(this.#today(), asking.userId, channel);
    return concerned.flatMap((scope) => capStates(scope, subjects[scope] ?? "", limits[scope], spent[scope]));
  }

  /** One addition at a time: what comes in meanwhile goes together. */
  async #storeAfter(earlier: Promise<void>): Promise<void> {
    await earlier;
    const answers = this.#waiting.splice(0);
    if (answers.length === 0) return;
    try {
      await this.#options.spend.add(answers);
    } catch (error) {
      // Each has its id: those that were stored all the same are not counted again.
      this.#waiting.unshift(...answers);
      this.#options.logger.error({ err: error, answers: answers.length }, "what was spent could not be stored");
    }
  }

  #sayUnpriced(model: string): void {
    if (this.#unpriced.has(model)) return;
    this.#unpriced.add(model);
    this.#options.logger.warn({ model }, "a model has no price (spend.prices): its tokens count, and cost nothing");
  }

  #today(): string {
    return this.#dayOf(this.#options.clock.now());
  }

  #days(): Days {
    const last = this.#today();
    return { first: daysBefore(last, reportedDays - 1), last };
  }
}

/** What only the asker reads is spent in no channel: caps of persons and of the day are on it. */
function sharedChannel({ channel, audience }: Pick<Spender, "channel" | "audience">): string | undefined {
  return audience === "channel" ? channel : undefined;
}

function capStates(scope: SpendScope, subject: string, caps: SpendLimits[SpendScope], spent: Amount): CapState[] {
  return units.flatMap((unit) => {
    const cap = caps[unit];
    return cap === undefined ? [] : [{ scope, subject, unit, spent: spent[unit], cap }];
  });
}
