import { afterEach, expect, it } from "vitest";
import type { Credential } from "../../../mcp-servers/shared/define-tool.ts";
import { linkInProcess } from "../../../mcp-servers/shared/serve.ts";
import { ForbiddenError } from "../../../src/core/errors.ts";
import type { Credentials, UpstreamSettings } from "../../../src/gateway/settings.ts";
import { CALLER_META, CREDENTIAL_META, type McpConnection } from "../../../src/mcp/types.ts";
import { closeAll, connectTo, flakyUpstream, startGateway, textOf } from "../../support/gateway.ts";
import { createGreeter } from "../../support/greeter.ts";

afterEach(closeAll);

const secret = "access-token-of-U1";
const ada = { teamId: "T1", userId: "U1", audience: "private", hasReadOthers: false };

async function setUp(settings: Partial<UpstreamSettings> = {}, canActAsPeople = true) {
  const { definition, log } = createGreeter();
  const used: (string | undefined)[] = [];
  const clientFor = (credential: Credential) => {
    used.push(credential.accessToken);
    return log;
  };
  const server = canActAsPeople ? { ...definition, clientFor } : definition;
  const source = {
    type: "builtin",
    open: () => linkInProcess(server, { trustCaller: true, onError: () => {} }),
  } as const;
  const asked: unknown[] = [];
  const credentials: Credentials = {
    credentialFor: async (person, name) => {
      asked.push([person, name]);
      if (person.userId === "U9") throw new ForbiddenError("Say `/sophia connect greeter`.");
      return person.userId === "U1" ? { accessToken: secret } : undefined;
    },
  };
  const upstreams = [{ name: "greeter", source, ...settings }, flakyUpstream().upstream];
  const policies = [{ tools: "*", policy: "allow" } as const];
  const clients = [{ name: "ci", token: "t", tools: ["*"] }];
  const { gateway, audit } = startGateway({ upstreams, policies, clients, credentials });
  return { client: await connectTo(gateway), gateway, audit, log, used, asked };
}

const call = (client: McpConnection, tool: string, caller: object, meta: object = {}) =>
  client.callTool(tool, { name: "Ada" }, { timeoutMs: 5_000, meta: { [CALLER_META]: caller, ...meta } });

it("lets a server of ours act as whoever asks, in private and for whatever changes something", async () => {
  const { client, used, asked } = await setUp();
  await call(client, "greeter__greet", ada);
  await call(client, "greeter__erase", { ...ada, audience: "channel" });
  expect(used).toEqual([secret, secret]);
  expect(asked[0]).toEqual([{ teamId: "T1", userId: "U1" }, "greeter"]);
});

it("reads with the server's own account what others read along, and for those who have given nothing", async () => {
  const { client, used, log } = await setUp();
  await call(client, "greeter__greet", { ...ada, audience: "channel" });
  await call(client, "greeter__greet", { ...ada, userId: "U2" });
  await call(client, "greeter__greet", { userId: "U1", audience: "private" });
  expect(used).toEqual([]);
  expect(log.calls).toHaveLength(3);
});

it("takes no credential from a client's own words, nor a person's for another client", async () => {
  const { gateway, client, used, asked } = await setUp();
  const forged = { [CREDENTIAL_META]: { accessToken: "forged" } };
  await call(client, "greeter__greet", { ...ada, userId: "U2" }, forged);
  const other = await connectTo(gateway, { client: "ci" });
  await call(other, "greeter__greet", ada, forged);
  expect(used).toEqual([]);
  expect(asked).toHaveLength(1);
});

it("gives it to no server of others, nor to one that the configuration does not trust", async () => {
  const untrusted = await setUp({ trusted: false, believeHints: true });
  await call(untrusted.client, "greeter__greet", ada);
  const got = await untrusted.client.callTool("flaky__meta", {}, { timeoutMs: 5_000, meta: { [CALLER_META]: ada } });
  expect(JSON.stringify(got)).not.toContain(secret);
  expect(untrusted.asked).toEqual([]);
  expect(untrusted.used).toEqual([]);
});

it("asks nobody for consent and sends nothing where what was given is not good any more", async () => {
  const { client, log, audit } = await setUp();
  const refused = await call(client, "greeter__erase", { ...ada, userId: "U9" });
  expect(textOf(refused)).toBe("Say `/sophia connect greeter`.");
  expect(log.calls).toEqual([]);
  expect(audit.at(-1)).toMatchObject({ outcome: "refused", reason: "credential" });
});

it("does not fall back to its own account in a server that cannot act as a person, and tells nobody the secret", async () => {
  const { client, log, audit } = await setUp({}, false);
  const failed = await call(client, "greeter__greet", ada).catch((error: unknown) => error);
  expect(log.calls).toEqual([]);
  expect(String(failed)).toContain("cannot act as a person");
  expect(JSON.stringify([failed, audit])).not.toContain(secret);
});
