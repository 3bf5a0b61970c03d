import { randomUUID } from "node:crypto";
import type { Clock } from "../../src/core/clock.ts";
import type { ToolContext } from "../shared/define-tool.ts";
import { systemTimer, type Timer } from "../shared/timer.ts";
import { SlackApi } from "./api.ts";
import type { SlackConfig } from "./config.ts";
import { createDirectory, type Directory } from "./directory.ts";
import { SlackRequests } from "./requests.ts";
import { SlackSdk } from "./sdk.ts";
import { SlackSession } from "./session.ts";

export interface SlackDependencies {
  clock: Clock;
  timer?: Timer | undefined;
  random?: (() => number) | undefined;
  /** By its id a message is found again whose answer was lost. */
  newId?: (() => string) | undefined;
  /** Milliseconds that one tool call may take, waiting for Slack's limits included. */
  deadlineMs?: number | undefined;
}

/** What all tool calls of one workspace share: the request budgets and what is known of people and channels. Opens no connection. */
export class SlackClient {
  readonly newId: () => string;
  readonly timer: Timer;
  readonly #api: SlackApi;
  readonly #directory: Directory;
  readonly #deadlineMs: number;

  constructor(config: SlackConfig, dependencies: SlackDependencies) {
    const { clock, timer = systemTimer, random = Math.random, newId = randomUUID, deadlineMs = 20_000 } = dependencies;
    this.newId = newId;
    this.timer = timer;
    this.#deadlineMs = deadlineMs;
    this.#api = new SlackApi(new SlackRequests({ sdk: new SlackSdk(config), clock, timer, random }));
    this.#directory = createDirectory(this.#api, timer);
  }

  /** Slack for one tool call: within its deadline, for the person who asks. */
  session({ caller, signal }: ToolContext<SlackClient>): SlackSession {
    const scope = { signal, until: this.timer.now() + this.#deadlineMs };
    return new SlackSession({ api: this.#api, directory: this.#directory, caller, scope });
  }
}
