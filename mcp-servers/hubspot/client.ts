import type { Clock } from "../../src/core/clock.ts";
import type { ToolContext } from "../shared/define-tool.ts";
import { systemTimer, type Timer } from "../shared/timer.ts";
import { HubSpotApi } from "./api.ts";
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

/** Everything that one HubSpot account's tools share: the request budgets, and what describes the account. */
export class HubSpotClient {
  readonly #api: HubSpotApi;
  readonly #directory: Directory;
  readonly #timer: Timer;
  readonly #deadlineMs: number;

  constructor(config: HubSpotConfig, dependencies: HubSpotDependencies) {
    const { clock, timer = systemTimer, random = Math.random, deadlineMs = 20_000 } = dependencies;
    this.#timer = timer;
    this.#deadlineMs = deadlineMs;
    this.#api = new HubSpotApi(config, { clock, timer, random });
    this.#directory = createDirectory(this.#api, timer);
  }

  /** For one tool call and whoever makes it. */
  session({ caller, signal }: ToolContext<HubSpotClient>): HubSpotSession {
    const scope = { signal, until: this.#timer.now() + this.#deadlineMs };
    return new HubSpotSession(this.#api, this.#directory, caller, scope);
  }
}
