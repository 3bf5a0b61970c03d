import { setTimeout as sleep } from "node:timers/promises";
import { createCallbackPages, type PageHandler } from "../accounts/callback.ts";
import { createCorrections } from "../accounts/corrections.ts";
import { openPersonalAccounts } from "../accounts/open-accounts.ts";
import { createWhoIsWho } from "../accounts/who-is-who.ts";
import type { AccountSettings } from "../config/settings.ts";
import type { Clock } from "../core/clock.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Credentials } from "../gateway/settings.ts";
import { connectMcp } from "../mcp/client.ts";
import type { McpClient } from "../mcp/types.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import { type Guests, reasonToRefuse } from "../slack/admission.ts";
import type { SlackClient } from "../slack/client.ts";
import { createDirectMessages, type DirectMessages } from "../slack/direct-messages.ts";
import type { Accounts } from "../slack/listeners/context.ts";
import type { Workspace } from "../slack/workspace.ts";
import { createPeople, type People } from "../slack/people.ts";
import { createConnections } from "../storage/connections.ts";
import type { Database } from "../storage/database.ts";
import type { Identities } from "../storage/identities.ts";

export interface AccountsOptions {
  settings: { accounts: AccountSettings };
  config: { guests: Guests };
  database: Database;
  identities: Identities;
  workspace: Workspace;
  /** For interactive calls. */
  client: SlackClient;
  audit: AuditSink;
  clock: Clock;
  logger: Logger;
}

/** Who people are, in Slack and in the services, and what they let Sophia do there as them. */
export interface OpenedAccounts {
  people: People;
  directMessages: DirectMessages;
  /** For the gateway. */
  credentials: Credentials;
  /** Where services send browsers back to. */
  pages: Record<string, PageHandler>;
  /** For Slack's listeners; `gateway` is asked who somebody is. */
  accounts(gateway: Gateway): Accounts;
  /** Where others reach this process; undefined where nobody has said it. */
  publicUrl(): string | undefined;
  /** The port is bound: where SOPHIA_PUBLIC_URL has the port 0, this one is meant. */
  listensOn(port: number): void;
}

export function openAccounts(options: AccountsOptions): OpenedAccounts {
  const { settings, identities, workspace, client, audit, clock, logger } = options;
  const { teamId } = workspace;
  let { publicUrl } = settings.accounts;
  const people = createPeople({
    client,
    workspace,
    clock,
    logger,
    onLeft: (userId) => {
      personal.access.forget({ teamId, userId }).catch((error: unknown) => {
        logger.error({ userId, err: error }, "what a person has left behind could not be ended");
      });
    },
  });
  const directMessages = createDirectMessages(client, logger);
  const personal = openPersonalAccounts({
    settings: settings.accounts,
    publicUrl: () => publicUrl,
    connections: createConnections(options.database, clock),
    addressesOf: async (key, service) => {
      const person = await people.find(key.userId);
      if (reasonToRefuse(person, options.config.guests)) return [];
      // One that the person gave themself could be a colleague's, whose account a link sent on would connect.
      const vouched = await identities.vouchedFor(key, service);
      return [person.email, vouched].filter((address) => address !== undefined);
    },
    tell: ({ userId }, text) => directMessages.send(userId, text),
    wait: (ms) => sleep(ms),
    clock,
    audit,
    logger,
  });
  const corrections = createCorrections({ identities, memberWith: (email) => people.memberWith(email), audit, clock });
  return {
    people,
    directMessages,
    credentials: personal.access,
    pages: createCallbackPages(personal.connecting),
    accounts: (gateway) => {
      const whoIsWho = createWhoIsWho({ connect: () => connectInProcess(gateway, "sophia"), logger });
      return { identities, corrections, whoIsWho, personal };
    },
    publicUrl: () => publicUrl,
    listensOn: (port) => {
      publicUrl = publicUrl?.replace(/^(https?:\/\/[^/]+):0(?=\/|$)/, `$1:${port}`);
    },
  };
}

/** A connection of Sophia's own to the gateway: the same sessions and the same chain as over HTTP, without a socket. */
export function connectInProcess(gateway: Gateway, agent: string): Promise<McpClient> {
  const link = gateway.connectInProcess({ client: "sophia", agent });
  return connectMcp({ type: "in-process", link }, { name: "sophia", version: "1.0.0" });
}
