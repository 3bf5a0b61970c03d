import type { Config } from "../config/config-file.ts";
import { builtinServers } from "./builtin-servers.ts";
import type { OfferedServers } from "./gateway-settings.ts";

interface ConfiguredService {
  /** As a person says it: "Gong". */
  name: string;
  offered: boolean;
  /** Why it is not offered. */
  reason?: string | undefined;
}

/** Every configured server as people are told of it, in the configuration's order. */
export function readServices(config: Config, absent: Readonly<OfferedServers["absent"]>): ConfiguredService[] {
  const reasons = new Map(absent.map(({ name, reason }) => [name, reason]));
  return config.servers.map((server) => {
    const reason = reasons.get(server.name);
    const name = builtinServers.get(server.name)?.title ?? inWords(server.name);
    return { name, offered: reason === undefined, ...(reason === undefined ? {} : { reason }) };
  });
}

/** `my-server` as people are told of it: "My Server". */
function inWords(name: string): string {
  return name.replaceAll("-", " ").replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
