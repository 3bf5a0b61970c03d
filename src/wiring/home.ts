import { queriesOf } from "../agent/queries.ts";
import type { Config } from "../config/config-file.ts";
import type { Clock } from "../core/clock.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { ListenerContext } from "../slack/listeners/context.ts";
import type { Workspace } from "../slack/workspace.ts";
import type { Database } from "../storage/database.ts";
import { createSchedules } from "../storage/schedules.ts";
import type { Turns } from "../storage/turns.ts";
import type { OfferedServers } from "./gateway-settings.ts";
import { readAskableRoles } from "./roles.ts";
import { readServices } from "./services.ts";

export interface HomeOptions {
  config: Config;
  absent: Readonly<OfferedServers["absent"]>;
  gateway: Gateway;
  database: Database;
  turns: Pick<Turns, "get" | "steps">;
  workspace: Pick<Workspace, "teamId">;
  clock: Clock;
}

/** What Slack's listeners tell of the rest of the house: services, roles, tools, digests, and what gave an answer's figures. */
export function readSurroundings({
  config,
  absent,
  gateway,
  database,
  turns,
  workspace,
  clock,
}: HomeOptions): Pick<ListenerContext, "services" | "roles" | "offers" | "digestsOf" | "queriesOf"> {
  const schedules = createSchedules(database, clock);
  const { teamId } = workspace;
  return {
    services: () => readServices(config, absent, gateway.report()),
    roles: readAskableRoles(config),
    offers: (role, caller) => gateway.offers(role, caller),
    queriesOf: async (turnId) => {
      const turn = await turns.get(turnId);
      return turn && { ...turn, queries: queriesOf(await turns.steps(turnId)) };
    },
    digestsOf: async (ownerId) => {
      // Of no channel: only this person's own.
      const own = await schedules.list({ teamId, ownerId, channel: "" });
      return own.map(({ title, channel, said, paused }) => ({ title, channel, when: said, isPaused: paused }));
    },
  };
}
