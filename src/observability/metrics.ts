import { Counter, Gauge, Histogram, Registry } from "prom-client";

export interface ToolCallMetric {
  /** The upstream, or `unknown` for a tool that nobody has: names from outside never become labels. */
  server: string;
  tool: string;
  outcome: "ok" | "tool_error" | "refused" | "failed";
  seconds: number;
}

export interface GatewayMetrics {
  toolCall(call: ToolCallMetric): void;
  upstreamReady(server: string, isReady: boolean): void;
  upstreamRestarted(server: string): void;
}

export interface Metrics {
  gateway: GatewayMetrics;
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
    registry,
    contentType: registry.contentType,
    render: () => registry.metrics(),
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
