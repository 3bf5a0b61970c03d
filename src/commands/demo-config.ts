import type { Config } from "../config/config-file.ts";

const routes: Config["routes"] = [
  { what: "calls", channel: "#call-summaries", where: {} },
  { what: "calls", channel: "#sales", where: { stages: ["Negotiation"], minAmount: 100_000 } },
  { what: "deals", channel: "#sales", where: {} },
  { what: "contacts", channel: "#sales", where: {} },
  { what: "tasks", channel: "#sales", where: { projects: ["Deal follow-ups"] } },
];

/**
 * The configuration with what the sandbox's company would add to it; what it says of routes and the project itself stands.
 * `documents` are those of the company's search index: answers may link to their hosts.
 */
export function demoConfig(config: Config, documents: readonly { url: string }[]): Config {
  return {
    ...config,
    routes: config.routes.length > 0 ? config.routes : routes,
    followUpProject: config.followUpProject ?? "Deal follow-ups",
    linkHosts: [...new Set([...config.linkHosts, ...documents.map(({ url }) => new URL(url).host)])],
  };
}
