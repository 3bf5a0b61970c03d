import type { Clock } from "../../src/core/clock.ts";
import type { Credential, ToolContext } from "../shared/define-tool.ts";
import { personalAdvice } from "../shared/personal-clients.ts";
import { type Scope, systemTimer, type Timer } from "../shared/timer.ts";
import { TtlCache } from "../shared/ttl-cache.ts";
import { AsanaAccess } from "./access.ts";
import { advice } from "./advice.ts";
import type { CustomField, Named, Project, User } from "./answers.ts";
import { AsanaApi, type Page } from "./api.ts";
import type { AsanaConfig } from "./config.ts";
import { Lookup } from "../shared/lookup.ts";
import { AsanaRequests } from "./requests.ts";
import { AsanaSdk } from "./sdk.ts";
import type { Looked } from "./search.ts";

export interface AsanaDependencies {
  clock: Clock;
  timer?: Timer | undefined;
  random?: (() => number) | undefined;
  /** Milliseconds that one tool call may take, waiting for Asana's limit included. */
  deadlineMs?: number | undefined;
}

/** A list of names, as far as it was read. */
export interface Directory<Item> {
  items: Item[];
  /** Whether there are more than were read. */
  isCut: boolean;
}

const minuteMs = 60_000;

/** Beyond 500 people or projects a name is asked of Asana's typeahead as well. */
const directoryPages = 5;

/** What all tool calls of one Asana account share: the request budget and what is known of names. Opens no connection. */
export class AsanaClient {
  readonly timeZone: string;
  readonly workspaceWanted: string | undefined;
  readonly api: AsanaApi;
  readonly timer: Timer;
  readonly #deadlineMs: number;
  /** By "all": what the token sees. */
  readonly workspaces: Lookup<Named[]>;
  /** By "own": the account that the token belongs to. */
  readonly self: Lookup<User>;
  /** By workspace. */
  readonly users: Lookup<Directory<User>>;
  readonly projects: Lookup<Directory<Project>>;
  /** By project. */
  readonly sections: Lookup<Named[]>;
  readonly customFields: Lookup<CustomField[]>;
  /** By workspace, once it has refused to search. */
  readonly withoutSearch: TtlCache<true>;
  /** By question, so that a further page is not looked for anew. */
  readonly looked: TtlCache<Looked>;

  /** With a person's own access in place of the configured one. Asana limits each account by itself. */
  constructor(config: AsanaConfig, dependencies: AsanaDependencies, credential?: Credential) {
    const { clock, timer = systemTimer, random = Math.random, deadlineMs = 20_000 } = dependencies;
    const { requestsPerMinute } = config;
    const sdk = new AsanaSdk(credential ? { ...config, accessToken: credential.accessToken } : config);
    const words = credential ? personalAdvice(advice, "asana") : advice;
    const api = new AsanaApi(new AsanaRequests({ sdk, advice: words, requestsPerMinute, clock, timer, random }));
    this.timeZone = config.timeZone;
    this.workspaceWanted = config.workspace;
    this.api = api;
    this.timer = timer;
    this.#deadlineMs = deadlineMs;
    const kept = (minutes: number, maxEntries: number) => ({ ttlMs: minutes * minuteMs, maxEntries, timer });
    this.workspaces = new Lookup((_, scope) => api.workspaces(scope), kept(60, 1));
    this.self = new Lookup((_, scope) => api.self(scope), kept(60, 1));
    this.users = new Lookup(
      (workspace, scope) => directory((offset) => api.users(workspace, offset, scope)),
      kept(10, 4),
    );
    this.projects = new Lookup(
      (workspace, scope) => directory((offset) => api.projects(workspace, false, offset, scope)),
      kept(2, 4),
    );
    this.sections = new Lookup((project, scope) => api.sections(project, scope), kept(1, 100));
    this.customFields = new Lookup((project, scope) => api.customFields(project, scope), kept(5, 100));
    this.withoutSearch = new TtlCache(kept(10, 4));
    this.looked = new TtlCache(kept(1, 8));
  }

  /** Asana for one tool call: within its deadline, for the person who asks. */
  access(context: ToolContext<AsanaClient>): AsanaAccess {
    const scope: Scope = { signal: context.signal, until: this.timer.now() + this.#deadlineMs };
    return new AsanaAccess(this, { caller: context.caller, clock: context.clock, scope });
  }
}

async function directory<Item>(read: (offset: string | undefined) => Promise<Page<Item>>): Promise<Directory<Item>> {
  const items: Item[] = [];
  let offset: string | undefined;
  for (let pages = 0; pages < directoryPages; pages++) {
    const page = await read(offset);
    items.push(...page.items);
    offset = page.next;
    if (offset === undefined) break;
  }
  return { items, isCut: offset !== undefined };
}
