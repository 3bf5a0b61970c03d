import { CALLER_META, type JsonObject, type McpClient } from "../mcp/types.ts";
import type { Logger } from "../observability/log.ts";
import type { PersonalService } from "./services.ts";

/** Who looks somebody up: the service is asked as this person. */
export interface LookingUp {
  teamId: string;
  userId: string;
  email?: string | undefined;
  groups: readonly string[];
}

/** `unknown`: the service was not asked, or did not answer. */
export type ServiceAccount = { state: "found"; name: string } | { state: "absent" } | { state: "unknown" };

export interface WhoIsWho {
  /** Whom a service has at this address; never rejects. */
  find(service: PersonalService, email: string, asker: LookingUp): Promise<ServiceAccount>;
}

export interface WhoIsWhoOptions {
  /** Opens a connection to the gateway as Sophia. */
  connect: () => Promise<McpClient>;
  logger: Logger;
  /** Milliseconds for one service: ten seconds unless told. */
  timeoutMs?: number | undefined;
}

/** The tool that knows a service's people, and the list in its answer. */
const directories: Record<PersonalService, { tool: string; list: string }> = {
  hubspot: { tool: "hubspot__list_owners", list: "owners" },
  asana: { tool: "asana__find_user", list: "users" },
  gong: { tool: "gong__find_user", list: "users" },
};

export function createWhoIsWho({ connect, logger, timeoutMs = 10_000 }: WhoIsWhoOptions): WhoIsWho {
  const ask = async (service: PersonalService, email: string, asker: LookingUp): Promise<ServiceAccount> => {
    const { tool, list } = directories[service];
    const { teamId, userId, email: own, groups } = asker;
    const client = await connect();
    try {
      const meta = { [CALLER_META]: { teamId, userId, email: own, groups, identities: {}, audience: "private" } };
      const { isError, structuredContent } = await client.callTool(tool, { query: email }, { meta, timeoutMs });
      if (isError || !structuredContent) return { state: "unknown" };
      const people = (structuredContent[list] ?? []) as JsonObject[];
      const found = people.find((person) => String(person["email"]).toLowerCase() === email.toLowerCase());
      return found ? { state: "found", name: String(found["name"]) } : { state: "absent" };
    } finally {
      await client.close();
    }
  };
  return {
    find: async (service, email, asker) => {
      try {
        return await ask(service, email, asker);
      } catch (error) {
        logger.warn({ service, err: error }, "a service could not be asked who somebody is");
        return { state: "unknown" };
      }
    },
  };
}
