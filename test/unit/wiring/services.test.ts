import { expect, it } from "vitest";
import { configSchema } from "../../../src/config/config-file.ts";
import { systemClock } from "../../../src/core/clock.ts";
import { createLogger } from "../../../src/observability/log.ts";
import { readUpstreams } from "../../../src/wiring/gateway-settings.ts";
import { readServices } from "../../../src/wiring/services.ts";

it("tells of every configured service, how it fares, and what those lack that are not offered", () => {
  const config = configSchema.parse({
    servers: [
      { name: "gong", type: "builtin", env: { KEY: "${GONG_API_KEY}", SECRET: "${GONG_API_SECRET}" } },
      { name: "wiki", type: "http", url: "http://127.0.0.1:9/mcp" },
    ],
  });
  const { absent } = readUpstreams(config, { GONG_API_KEY: "k" }, systemClock, createLogger({ level: "silent" }));
  const since = "2026-11-20T15:00:00.000Z";
  const report = { name: "wiki", type: "http" as const, tools: 0, missing: [], changed: [], since };
  const [gong, wiki] = readServices(config, absent, [{ ...report, state: "waiting", reason: "refused" }]);
  expect(gong).toEqual({ server: "gong", name: "Gong", offered: false, reason: "GONG_API_SECRET not set" });
  expect(wiki).toEqual({
    server: "wiki",
    name: "Wiki",
    offered: true,
    health: { isConnected: false, reason: "refused", since, failing: undefined },
  });
});
