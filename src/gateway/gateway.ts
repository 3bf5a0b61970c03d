import { randomBytes } from "node:crypto";
import { ConfigError, UserError } from "../core/errors.ts";
import { noSecrets, type Secrets } from "../core/secrets.ts";
import { createInProcessLink, type Peer, type ServerApp, type ServerInfo } from "../mcp/server.ts";
import type { InProcessLink } from "../mcp/types.ts";
import { Budgets } from "./budgets.ts";
import { Catalogue, type MissingTool } from "./catalogue.ts";
import { type Front, type FrontOptions, openFront } from "./front.ts";
import { Identities } from "./identities.ts";
import type { Circuit } from "./interceptors/circuit-breaker.ts";
import { type Chains, createChains } from "./interceptors/index.ts";
import { type Asking, type Offer, offersOf } from "./offers.ts";
import { Permissions } from "./permissions.ts";
import { ResultPages } from "./result-pages.ts";
import { withoutSecrets } from "./secret-free-session.ts";
import { GatewaySession, type SessionParts } from "./session.ts";
import {
  DEFAULT_LIMITS,
  type GatewayLimits,
  type GatewayOptions,
  type Identity,
  type UpstreamSettings,
} from "./settings.ts";
import { Upstream, type UpstreamDeps, type UpstreamState } from "./upstream.ts";

export interface UpstreamReport {
  name: string;
  type: UpstreamSettings["source"]["type"];
  state: UpstreamState;
  /** Why it is not ready. */
  reason?: string | undefined;
  /** ISO 8601: when it came into this state. */
  since: string;
  /** Calls in a row that the service behind it failed, and since when; absent where the last one passed. */
  failing?: { calls: number; since: string } | undefined;
  tools: number;
  missing: { tool: string; reason: string }[];
  /** Tools whose definition is not what it was when this process first saw it. */
  changed: string[];
}

export interface Gateway {
  /** Connects to all servers at once; resolves when each has been tried, whatever came of it. */
  start(): Promise<void>;
  /** A link for a client in this process whose identity the app vouches for. Throws UserError for an unknown role. */
  connectInProcess(identity: Identity): InProcessLink;
  /** Serves clients over HTTP. */
  listen(options: FrontOptions): Promise<Front>;
  /** What is really so at this moment. */
  report(): UpstreamReport[];
  /** What this person may use in a role, and whether it asks first. */
  offers(agent: string, caller: Asking): Offer[];
  /** Whether every server has been tried, and at least one (if there are any) can be called. */
  isReady(): boolean;
  close(): Promise<void>;
}

const info: ServerInfo = {
  name: "sophia-gateway",
  title: "Sophia's gateway",
  version: "1.0.0",
  instructions:
    "Tools are named server__tool. A result that was too long ends with a cursor; gateway__read_more gives what follows.",
  capabilities: {
    tools: { listChanged: true },
    resources: { subscribe: true, listChanged: true },
    prompts: { listChanged: true },
    completions: {},
    logging: {},
  },
};

/** Throws ConfigError, naming each option, for settings that cannot work together. */
export function createGateway(options: GatewayOptions): Gateway {
  assertUpstreams(options.upstreams);
  return new RunningGateway(options);
}

class RunningGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #limits: GatewayLimits;
  readonly #secrets: Secrets;
  readonly #monotonicNow: () => number;
  readonly #identities: Identities;
  readonly #permissions: Permissions;
  readonly #catalogue = new Catalogue();
  readonly #circuits = new Map<string, Circuit>();
  readonly #upstreams: readonly Upstream[];
  readonly #sessions = new Set<GatewaySession>();
  readonly #parts: SessionParts;
  readonly #fronts: Front[] = [];
  #starting: Promise<void> | undefined;
  #isStarted = false;

  constructor(options: GatewayOptions) {
    const { clients = [], agents, token, limits, upstreams } = options;
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#secrets = options.secrets ?? noSecrets;
    this.#monotonicNow = options.monotonicNow ?? (() => performance.now());
    this.#identities = new Identities(token, clients);
    this.#permissions = new Permissions(clients, agents);
    const deps = this.#upstreamDeps();
    this.#upstreams = upstreams.map((settings) => new Upstream(settings, deps));
    this.#parts = {
      catalogue: this.#catalogue,
      permissions: this.#permissions,
      upstreams: this.#upstreams,
      chains: this.#createChains(),
      started: async () => {
        if (!this.#isStarted) await within(this.#limits.startMs, this.start());
      },
      onClosed: (session) => this.#sessions.delete(session),
    };
  }

  async start(): Promise<void> {
    this.#starting ??= this.#startAll();
    await this.#starting;
  }

  async #startAll(): Promise<void> {
    await Promise.all(this.#upstreams.map((upstream) => upstream.start()));
    this.#isStarted = true;
  }

  connectInProcess(identity: Identity): InProcessLink {
    const { agent } = identity;
    if (agent !== undefined && !this.#permissions.hasAgent(agent)) {
      throw new UserError(`There is no role "${agent}" (agents in sophia.config.json).`);
    }
    return createInProcessLink(this.#app(identity));
  }

  async listen(options: FrontOptions): Promise<Front> {
    const { metrics, logger } = this.#options;
    const app = (identity: Identity) => this.#app(identity);
    const parts = { gateway: this, app, identities: this.#identities, permissions: this.#permissions };
    const front = await openFront({ ...parts, metrics, monotonicNow: this.#monotonicNow, logger }, options);
    this.#fronts.push(front);
    return front;
  }

  report(): UpstreamReport[] {
    return this.#upstreams.map((upstream) => describe(upstream, this.#catalogue, this.#circuits.get(upstream.name)));
  }

  offers(agent: string, caller: Asking): Offer[] {
    const { access, policies } = this.#options;
    return offersOf({ catalogue: this.#catalogue, permissions: this.#permissions, access, policies }, agent, caller);
  }

  isReady(): boolean {
    const canCall = this.#upstreams.length === 0 || this.#upstreams.some(({ status }) => status.state === "ready");
    return this.#isStarted && canCall;
  }

  async close(): Promise<void> {
    await Promise.all(this.#fronts.map((front) => front.close()));
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()));
  }

  #upstreamDeps(): UpstreamDeps {
    const { clock, logger, metrics } = this.#options;
    return {
      clock,
      monotonicNow: this.#monotonicNow,
      logger,
      secrets: this.#secrets,
      metrics: metrics?.gateway,
      onChanged: () => {
        const changed = this.#catalogue.rebuild(this.#upstreams);
        for (const tool of changed) logger.warn({ tool }, "the definition of a tool has changed");
        for (const session of this.#sessions) session.toolsChanged();
      },
      onNotification: (upstream, method, params) => {
        for (const session of this.#sessions) session.upstreamNotified(upstream, method, params);
      },
    };
  }

  #createChains(): Chains {
    const { access = [], policies = [], confidential = [], consents, credentials } = this.#options;
    const { audit, metrics, clock, logger } = this.#options;
    const monotonicNow = this.#monotonicNow;
    return createChains({
      catalogue: this.#catalogue,
      circuits: this.#circuits,
      permissions: this.#permissions,
      access,
      policies,
      confidential,
      consents,
      credentials,
      budgets: new Budgets(monotonicNow, this.#limits.budgetWaitMs),
      pages: new ResultPages(monotonicNow, this.#limits.resultCharacters, () => randomBytes(16).toString("base64url")),
      limits: this.#limits,
      audit,
      secrets: this.#secrets,
      metrics: metrics?.gateway,
      clock,
      monotonicNow,
      logger,
    });
  }

  #app(identity: Identity): ServerApp {
    return {
      info,
      onError: (error) => this.#options.logger.warn({ client: identity.client, err: error }, "trouble in a session"),
      open: (peer) => withoutSecrets((clean) => this.#open(identity, clean), peer, this.#secrets),
    };
  }

  #open(identity: Identity, peer: Peer): GatewaySession {
    const session = new GatewaySession(identity, peer, this.#parts);
    this.#sessions.add(session);
    return session;
  }
}

function assertUpstreams(upstreams: readonly UpstreamSettings[]): void {
  const problems = upstreams.flatMap(({ name, prefix }, index) => {
    if (!/^[a-z][a-z0-9_-]{0,30}$/.test(name) || name.includes("__") || name === "gateway") {
      return [`servers[${index}].name "${name}": use a-z, 0-9, - and _, starting with a letter; "gateway" is taken`];
    }
    if (upstreams.findIndex((other) => other.name === name) !== index)
      return [`servers[${index}].name "${name}": is there twice`];
    if (prefix && !/^[A-Za-z0-9_-]{1,40}$/.test(prefix))
      return [`servers[${index}].prefix "${prefix}": use A-Z, a-z, 0-9, _ and -`];
    return [];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

function describe(upstream: Upstream, catalogue: Catalogue, circuit: Circuit | undefined): UpstreamReport {
  const { state, reason, since } = upstream.status;
  const isOurs = ({ upstream: name }: MissingTool) => name === upstream.name;
  const offered = [...catalogue.all()].filter((tool) => tool.upstream === upstream);
  const changed = new Set(catalogue.changed());
  return {
    name: upstream.name,
    type: upstream.settings.source.type,
    state,
    reason,
    since,
    ...(circuit && circuit.failures > 0 && { failing: { calls: circuit.failures, since: circuit.since } }),
    tools: offered.length,
    missing: catalogue.missing.filter(isOurs).map(({ tool, reason }) => ({ tool, reason })),
    changed: offered.map((tool) => tool.name).filter((name) => changed.has(name)),
  };
}

/** Waits for the work, but not for longer than this. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
