import type { IncomingMessage } from "node:http";
import { ConfigError } from "../core/errors.ts";
import { bearerToken, digestsMatch, digestToken } from "../mcp/bearer.ts";
import { type ClientSettings, SOPHIA } from "./settings.ts";

/** Tells clients apart by their tokens. */
export class Identities {
  readonly #known: readonly { client: string; digest: Buffer }[];

  /** Throws ConfigError for names or tokens that could not be told apart. */
  constructor(token: string | undefined, clients: readonly ClientSettings[]) {
    const all = [...(token ? [{ name: SOPHIA, token }] : []), ...clients];
    const problems = clients.flatMap(({ name, token }, index) => {
      if (name === SOPHIA) return [`clients[${index}].name: "${SOPHIA}" is Sophia's own; choose another`];
      if (!token) return [`clients[${index}].token (${name}): is empty`];
      const isDouble = all.filter((other) => other.token === token || other.name === name).length > 1;
      return isDouble
        ? [`clients[${index}] (${name}): another client, or MCP_AUTH_TOKEN, has the same name or token`]
        : [];
    });
    if (problems.length > 0) throw new ConfigError(problems);
    this.#known = all.map(({ name, token }) => ({ client: name, digest: digestToken(token) }));
  }

  /** The client whose token this request carries. Every token is compared, so that the time taken tells nothing. */
  of(request: IncomingMessage): string | undefined {
    const sent = digestToken(bearerToken(request));
    let found: string | undefined;
    for (const { client, digest } of this.#known) if (digestsMatch(digest, sent)) found = client;
    return found;
  }
}
