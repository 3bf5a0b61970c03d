import { matchesAny } from "../core/patterns.ts";
import { type ClientSettings, type Identity, SOPHIA } from "./settings.ts";

/** Which names a client may use, and a role of it: what both allow. */
export class Permissions {
  readonly #clients: ReadonlyMap<string, readonly string[]>;
  readonly #agents: ReadonlyMap<string, readonly string[]>;

  constructor(clients: readonly ClientSettings[], agents: Readonly<Record<string, readonly string[]>>) {
    this.#clients = new Map(clients.map((client) => [client.name, client.tools]));
    this.#agents = new Map(Object.entries(agents));
  }

  hasAgent(agent: string): boolean {
    return this.#agents.has(agent);
  }

  allows({ client, agent }: Identity, tool: string): boolean {
    const ofClient = client === SOPHIA ? ["*"] : (this.#clients.get(client) ?? []);
    const ofAgent = agent === undefined ? ["*"] : (this.#agents.get(agent) ?? []);
    return matchesAny(ofClient, tool) && matchesAny(ofAgent, tool);
  }

  /** Resources and prompts are an upstream's own: for whoever may use all of its tools. */
  allowsAllOf(identity: Identity, prefix: string): boolean {
    // A name that only a pattern for everything with this prefix can match.
    return this.allows(identity, prefix ? `${prefix}__\u0000` : "\u0000");
  }
}
