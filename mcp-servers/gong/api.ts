import type { z } from "zod";
import { parseExactJson } from "../shared/exact-json.ts";
import type { Scope } from "../shared/timer.ts";
import { unknownFormError } from "../shared/vendor-error.ts";
import type { VendorHttp } from "../shared/vendor-http.ts";
import * as answers from "./answers.ts";

export interface CallFilter {
  /** Epoch milliseconds, inclusive. */
  from: number;
  /** Epoch milliseconds, exclusive. */
  to: number;
  /** Gong user ids: only calls that one of them hosted. */
  ownerIds?: readonly string[] | undefined;
}

export interface StatsFilter {
  /** YYYY-MM-DD in the company's zone, inclusive. */
  fromDate: string;
  /** Exclusive, and not after today. */
  toDate: string;
  userIds?: readonly string[] | undefined;
}

/** What is asked for of each call. `media` never is. */
const selectors = {
  /** What a list shows. */
  outline: { context: "Extended", exposedFields: { parties: true, content: { brief: true } } },
  /** How the host talked. */
  interaction: { exposedFields: { parties: true, interaction: { personInteractionStats: true, questions: true } } },
  everything: {
    context: "Extended",
    exposedFields: {
      parties: true,
      content: {
        brief: true,
        keyPoints: true,
        highlights: true,
        pointsOfInterest: true,
        trackers: true,
        topics: true,
        callOutcome: true,
      },
    },
  },
} as const;

export type Selector = keyof typeof selectors;

type Records = { total: number | undefined; cursor: string | undefined };

/**
 * Gong's Public API v2 as far as it is used here. Everything is a read, POST or not, so everything may be repeated; 404 means
 * that nothing fits. Source: Gong's OpenAPI document, help.gong.io/apidocs.
 */
export class GongApi {
  readonly #http: VendorHttp;

  constructor(http: VendorHttp) {
    this.#http = http;
  }

  /** At most 100 calls. */
  async calls(filter: CallFilter, what: Selector, cursor: string | undefined, scope: Scope) {
    const instants = { fromDateTime: iso(filter.from), toDateTime: iso(filter.to) };
    const owners = filter.ownerIds ? { primaryUserIds: filter.ownerIds } : {};
    const body = { filter: { ...instants, ...owners }, contentSelector: selectors[what] };
    const answer = await this.#post("/v2/calls/extensive", body, cursor, answers.callsAnswer, scope);
    return { calls: answer?.calls ?? [], cursor: answer?.records.cursor };
  }

  /** At most 100 ids. */
  async callsById(callIds: readonly string[], what: Selector, scope: Scope) {
    const body = { filter: { callIds }, contentSelector: selectors[what] };
    return this.#all("/v2/calls/extensive", body, answers.callsAnswer, (answer) => answer.calls, scope);
  }

  async transcripts(callIds: readonly string[], scope: Scope) {
    const body = { filter: { callIds } };
    return this.#all(
      "/v2/calls/transcript",
      body,
      answers.transcriptsAnswer,
      (answer) => answer.callTranscripts,
      scope,
    );
  }

  async users(scope: Scope) {
    return this.#all("/v2/users", undefined, answers.usersAnswer, (answer) => answer.users, scope);
  }

  async activity(filter: StatsFilter, scope: Scope) {
    let timeZone: string | undefined;
    const people = await this.#all(
      "/v2/stats/activity/aggregate",
      { filter },
      answers.activityAnswer,
      (answer) => {
        timeZone ??= answer.timeZone ?? undefined;
        return answer.usersAggregateActivityStats;
      },
      scope,
    );
    return { people, timeZone };
  }

  async interaction(filter: StatsFilter, scope: Scope) {
    let timeZone: string | undefined;
    const people = await this.#all(
      "/v2/stats/interaction",
      { filter },
      answers.interactionAnswer,
      (answer) => {
        timeZone ??= answer.timeZone ?? undefined;
        return answer.peopleInteractionStats;
      },
      scope,
    );
    return { people, timeZone };
  }

  /** Keyword trackers of all workspaces; smart (AI) trackers are not in Gong's answer. */
  async trackers(scope: Scope) {
    return this.#all("/v2/settings/trackers", undefined, answers.trackersAnswer, (a) => a.keywordTrackers, scope);
  }

  /** All pages: POST with a body, GET without one. */
  async #all<Answer extends z.ZodType<{ records: Records }>, Item>(
    path: string,
    body: Record<string, unknown> | undefined,
    form: Answer,
    items: (answer: z.output<Answer>) => Item[] | null | undefined,
    scope: Scope,
  ): Promise<Item[]> {
    const all: Item[] = [];
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const answer: z.output<Answer> | undefined = body
        ? await this.#post(path, body, cursor, form, scope)
        : await this.#get(path, cursor, form, scope);
      if (answer === undefined) break;
      all.push(...(items(answer) ?? []));
      cursor = answer.records.cursor;
      if (cursor !== undefined && seen.has(cursor)) throw unknownFormError("Gong", { path, repeated: "cursor" });
      if (cursor !== undefined) seen.add(cursor);
    } while (cursor !== undefined);
    return all;
  }

  #post<Answer extends z.ZodType>(
    path: string,
    body: Record<string, unknown>,
    cursor: string | undefined,
    form: Answer,
    scope: Scope,
  ): Promise<z.output<Answer> | undefined> {
    return this.#send("POST", path, cursor === undefined ? body : { ...body, cursor }, form, scope);
  }

  #get<Answer extends z.ZodType>(
    path: string,
    cursor: string | undefined,
    form: Answer,
    scope: Scope,
  ): Promise<z.output<Answer> | undefined> {
    const query = cursor === undefined ? "" : `?${new URLSearchParams({ cursor }).toString()}`;
    return this.#send("GET", path + query, undefined, form, scope);
  }

  async #send<Answer extends z.ZodType>(
    method: "GET" | "POST",
    path: string,
    body: unknown,
    form: Answer,
    scope: Scope,
  ): Promise<z.output<Answer> | undefined> {
    const response = await this.#http.send({ method, path, body, idempotent: true }, scope);
    if (response.status === 404) return undefined;
    try {
      return form.parse(parseExactJson(response.text));
    } catch (cause) {
      throw unknownFormError("Gong", cause);
    }
  }
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
