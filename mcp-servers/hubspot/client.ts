import type { Clock } from "../../src/core/clock.ts";
import type { Credential, ToolContext } from "../shared/define-tool.ts";
import { personalAdvice, personalClients } from "../shared/personal-clients.ts";
import { systemTimer, type Timer } from "../shared/timer.ts";
import { createLimits, HubSpotApi, type HubSpotLimits, ownAdvice } from "./api.ts";
import type { HubSpotConfig } from "./config.ts";
import { createDirectory, type Directory } from "./directory.ts";
import { HubSpotSession } from "./session.ts";

export interface HubSpotDependencies {
  clock: Clock;
  timer?: Timer | undefined;
  random?: (() => number) | undefined;
  /** Milliseconds that one tool call may take, waiting for HubSpot's limit included. */
  deadlineMs?: number | undefined;
}

/** The clients of people who have connected their own account. */
export function createPersonalClients(
  config: HubSpotConfig,
  dependencies: HubSpotDependencies,
  own: HubSpotClient,
): (credential: Credential) => HubSpotClient {
  const limits = createLimits(dependencies.timer ?? systemTimer, own.limits);
  return personalClients((credential) => new HubSpotClient(config, dependencies, { credential, limits }));
}

/** Everything that one HubSpot account's tools share: the request budgets, and what describes the account. */
export class HubSpotClient {
  readonly limits: HubSpotLimits;
  readonly #api: HubSpotApi;
  readonly #directory: Directory;
  readonly #timer: Timer;
  readonly #deadlineMs: number;

  /** `person`: with their own access in place of the configured one, within limits that all of them share. */
  constructor(
    config: HubSpotConfig,
    dependencies: HubSpotDependencies,
    person?: { credential: Credential; limits: HubSpotLimits },
  ) {
    const { clock, timer = systemTimer, random = Math.random, deadlineMs = 20_000 } = dependencies;
    this.#timer = timer;
    this.#deadlineMs = deadlineMs;
    const limits = person?.limits ?? createLimits(timer);
    const advice = person && personalAdvice(ownAdvice, "hubspot");
    const own = person ? { ...config, apiKey: person.credential.accessToken } : config;
    this.limits = limits;
    this.#api = new HubSpotApi(own, { clock, timer, random, limits, advice });
    this.#directory = createDirectory(this.#api, timer);
  }

  /** For one tool call and whoever makes it. */
  session({ caller, signal }: ToolContext<HubSpotClient>): HubSpotSession {
    const scope = { signal, until: this.#timer.now() + this.#deadlineMs };
    return new HubSpotSession(this.#api, this.#directory, caller, scope);
  }
}
