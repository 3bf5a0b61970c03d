import { Counter, Gauge, Histogram, Registry } from "prom-client";

export interface ToolCallMetric {
  /** The upstream, or `unknown` for a tool that nobody has: names from outside never become labels. */
  server: string;
  tool: string;
  outcome: "ok" | "tool_error" | "refused" | "failed";
  seconds: number;
}

/** Kinds of tokens, each with a price of its own, and their label. */
const tokenKinds = {
  inputTokens: "input",
  cacheWriteTokens: "cache_write",
  cacheReadTokens: "cache_read",
  outputTokens: "output",
} as const;
type TokenKind = keyof typeof tokenKinds;

export interface GatewayMetrics {
  toolCall(call: ToolCallMetric): void;
  upstreamReady(server: string, isReady: boolean): void;
  upstreamRestarted(server: string): void;
}

export interface SpendMetrics {
  /** One answer of a model; `usd` by the configured prices. */
  answer(spent: { model: string; usage: Readonly<Record<TokenKind, number>>; usd: number }): void;
}

export interface Metrics {
  gateway: GatewayMetrics;
  spend: SpendMetrics;
  /** For metrics of other parts; one registry a process, none of them global. */
  registry: Registry;
  contentType: string;
  /** All metrics in Prometheus' text format. */
  render(): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    gateway: createGatewayMetrics(registry),
    spend: createSpendMetrics(registry),
    registry,
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

/** By model alone: who spent it is for `/sophia usage`, not for a monitor. */
function createSpendMetrics(registry: Registry): SpendMetrics {
  const registers = [registry];
  const tokens = new Counter({
    name: "sophia_model_tokens_total",
    help: "Tokens of the model's prompts and answers, by model and kind.",
    labelNames: ["model", "kind"],
    registers,
  });
  const cost = new Counter({
    name: "sophia_model_cost_usd_total",
    help: "US dollars that the model's answers cost, by the configured prices.",
    labelNames: ["model"],
    registers,
  });
  return {
    answer: ({ model, usage, usd }) => {
      for (const [field, kind] of Object.entries(tokenKinds)) tokens.inc({ model, kind }, usage[field as TokenKind]);
      cost.inc({ model }, usd);
    },
  };
}

function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: "sophia_tool_call_duration_seconds",
    help: "Time from a tool call's arrival at the gateway to its answer, by how it ended.",
    labelNames: ["server", "tool", "outcome"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const ready = new Gauge({
    name: "sophia_upstream_ready",
    help: "1 while the gateway is connected to the server, else 0.",
    labelNames: ["server"],
    registers,
  });
  const restarts = new Counter({
    name: "sophia_upstream_reconnects_total",
    help: "Connections to a server that were lost and had to be made again.",
    labelNames: ["server"],
    registers,
  });
  return {
    toolCall: ({ server, tool, outcome, seconds }) => duration.observe({ server, tool, outcome }, seconds),
    upstreamReady: (server, isReady) => ready.set({ server }, isReady ? 1 : 0),
    upstreamRestarted: (server) => restarts.inc({ server }),
  };
}
