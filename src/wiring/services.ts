import type { Config } from "../config/config-file.ts";
import type { UpstreamReport } from "../gateway/gateway.ts";
import type { Service } from "../slack/listeners/context.ts";
import { builtinServers } from "./builtin-servers.ts";
import type { OfferedServers } from "./gateway-settings.ts";

/** Every configured server as people are told of it, in the configuration's order, and how it fares at this moment. */
export function readServices(
  config: Pick<Config, "servers">,
  absent: Readonly<OfferedServers["absent"]>,
  reports: readonly UpstreamReport[],
): Service[] {
  const reasons = new Map(absent.map(({ name, reason }) => [name, reason]));
  const healths = new Map(reports.map((report) => [report.name, healthOf(report)]));
  return config.servers.map(({ name: server }) => {
    const name = builtinServers.get(server)?.title ?? inWords(server);
    const [reason, health] = [reasons.get(server), healths.get(server)];
    return reason === undefined ? { server, name, offered: true, health } : { server, name, offered: false, reason };
  });
}

/** One that is wanted for the first time, or is being connected, is not away. */
function healthOf({ state, reason, since, failing }: UpstreamReport): NonNullable<Service["health"]> {
  return { isConnected: state !== "waiting" && state !== "closed", reason, since, failing };
}

/** `my-server` as people are told of it: "My Server". */
function inWords(name: string): string {
  return name.replaceAll("-", " ").replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
