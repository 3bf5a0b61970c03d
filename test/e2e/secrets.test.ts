import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Script } from "../../sandbox/claude/store.ts";
import type { MessageView } from "../../sandbox/slack/store.ts";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";
import { builtinServers } from "../../src/wiring/builtin-servers.ts";
import { isLastOfAnswer, questionOf, resultsOf } from "../support/answers.ts";
import { runCommand, spawnCommand } from "../support/command.ts";
import { hasButtons, isCard } from "../support/consent.ts";
import { type EchoingProxy, type Refusal, startEchoingProxy } from "../support/echoing-proxy.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { closeAll, connectOverHttp } from "../support/gateway.ts";
import { answersIn, configFile, houseEnvironment } from "../support/house.ts";
import { randomSecrets, secretsIn } from "../support/secret-search.ts";
import { type SophiaProcess, startSophiaProcess } from "../support/sophia-process.ts";
import { freePort, until } from "../support/servers.ts";

const removed = "[secret removed]";
const own = randomSecrets();
/** The private key's lines are in it as well, once the sandbox has made it. */
const secrets: Record<string, string> = { ...own };
const services = ["gong", "hubspot", "asana", "snowflake", "pinecone", "pulumi"] as const;
const refusals: Refusal["with"][] = [401, 403, 429, 500, "cut"];
const proxies = new Map<string, EchoingProxy>();
/** What commands that end have written, and what HTTP clients were answered. */
const outputs: string[] = [];
const answered: string[] = [];

let sandbox: Sandbox;
let home: EngineHome;
let env: Record<string, string>;
let sophia: SophiaProcess;
let gatewayUrl: string;

const proxyOf = (service: string): EchoingProxy => {
  const proxy = proxies.get(service);
  if (!proxy) throw new Error(`there is no proxy of ${service}`);
  return proxy;
};

beforeAll(async () => {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = own;
  [sandbox, home] = await Promise.all([
    startSandbox({ seed: 1, slack: { botToken, appToken, signingSecret }, pace: { chunkCharacters: 7, delayMs: 0 } }),
    createLightHome(),
  ]);
  sandbox.claude.store.script(script);
  const key = readFileSync(sandbox.env["SNOWFLAKE_PRIVATE_KEY_PATH"] ?? "", "utf8")
    .split("\n")
    .slice(2, -2);
  key.forEach((line, index) => {
    secrets[`private key, line ${index}`] = line;
  });
  env = await environment();
  sophia = await startSophiaProcess({ ...env, SOPHIA_LOG_LEVEL: "debug" });
  const ready = sophia.output.find((line) => line.includes('"Sophia is ready"')) ?? "{}";
  gatewayUrl = (JSON.parse(ready) as { gateway: string }).gateway;
  await sandbox.slack.store.waitFor(() => sandbox.slack.store.connected, 10_000);
}, 60_000);
afterAll(async () => {
  await closeAll();
  await sophia.kill();
  await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
  await sandbox.close();
  await home.drop();
});

/** The sandbox's, by way of the proxies, with credentials of our own. */
async function environment(): Promise<Record<string, string>> {
  const { DATABASE_PASSWORD, ...tokens } = own;
  const given: Record<string, string> = { ...houseEnvironment(sandbox, home, "socket"), ...tokens };
  const theirs = Object.fromEntries(
    Object.entries(tokens).flatMap(([name, value]) => (sandbox.env[name] ? [[value, sandbox.env[name]]] : [])),
  );
  // Slack's stand-in takes ours.
  for (const name of ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"] as const) delete theirs[own[name]];
  const before = async (service: string, target: string): Promise<EchoingProxy> => {
    const onAnswer = service === "pinecone" ? throughProxies : undefined;
    const proxy = await startEchoingProxy({ target, credentials: theirs, ...(onAnswer && { onAnswer }) });
    proxies.set(service, proxy);
    return proxy;
  };
  /** Pinecone says itself where its index is. */
  const throughProxies = async (answer: string): Promise<string> => {
    let text = answer;
    for (const [address] of answer.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)) {
      const proxy = proxies.get(address) ?? (await before(address, address));
      text = text.replaceAll(address, proxy.url);
    }
    return text;
  };
  const addresses = {
    slack: "SLACK_API_URL",
    claude: "ANTHROPIC_BASE_URL",
    gong: "GONG_BASE_URL",
    hubspot: "HUBSPOT_BASE_URL",
    asana: "ASANA_BASE_URL",
    snowflake: "SNOWFLAKE_ACCESS_URL",
    pinecone: "PINECONE_CONTROLLER_HOST",
    pulumi: "PULUMI_API_URL",
  };
  for (const [service, variable] of Object.entries(addresses)) {
    const { origin, pathname } = new URL(sandbox.env[variable] ?? "");
    given[variable] = `${(await before(service, origin)).url}${pathname === "/" ? "" : pathname}`;
  }
  given["SOPHIA_CONFIG"] = join(home.dataDir, "sophia.config.json");
  writeFileSync(given["SOPHIA_CONFIG"], allToolsLoaded());
  if (home.databaseUrl !== undefined) given["DATABASE_URL"] = withPassword(home.databaseUrl, DATABASE_PASSWORD);
  return given;
}

/** The project's configuration, in which the model searches for no tool. */
function allToolsLoaded(): string {
  const config = JSON.parse(readFileSync(configFile, "utf8")) as { agents: Record<string, object> };
  config.agents["sophia"] = { description: "", tools: ["*"], ...config.agents["sophia"], hot: ["*"] };
  return JSON.stringify(config);
}

function withPassword(address: string, password: string): string {
  const url = new URL(address);
  url.password = encodeURIComponent(password);
  return url.href;
}

/** A model that calls what it is told to call and repeats what it hears, and knows secrets that it should not know. */
const script: Script = (request) => {
  const question = questionOf(request);
  const results = resultsOf(request);
  if (results.length > 0)
    return [{ type: "text", text: `I heard: ${results.map((text) => text.slice(0, 3_000)).join("\n")}` }];
  const calls = /^call (\[.*\])$/s.exec(question)?.[1];
  if (calls !== undefined) {
    return (JSON.parse(calls) as { name: string; input: object }[]).map((call) => ({ type: "tool_use", ...call }));
  }
  const all = Object.values(own).join(" ");
  if (question === "say it") {
    return [
      { type: "thinking", thinking: `They are ${all}. So I say them.` },
      { type: "text", text: `They are ${all}.` },
    ];
  }
  if (question.startsWith("write it")) {
    const input = { name: `Use ${all}`, due_on: "2027-01-29" };
    return [
      { type: "text", text: `I write ${all}.` },
      { type: "tool_use", name: "asana__create_task", input },
    ];
  }
  return [{ type: "text", text: `You said: ${question}` }];
};

/** Asks, and resolves with what Sophia wrote once she is done, or waits for a decision. */
async function ask(text: string, channel = "sales"): Promise<{ text: string; card: MessageView | undefined }> {
  const sent = sandbox.slack.store.send({ user: "maya", channel, text: channel === "dm" ? text : `@sophia ${text}` });
  const answers = (): MessageView[] => answersIn(sandbox, sent.channel, sent.ts);
  await until(() => answers().some((one) => isLastOfAnswer(one) || (isCard(one) && hasButtons(one))), text, 45_000);
  const messages = answers();
  const card = messages.find((message) => isCard(message));
  return { text: JSON.stringify(messages), card };
}

const callAll = (calls: { name: string; input?: object }[]): string =>
  `call ${JSON.stringify(calls.map(({ name, input = {} }) => ({ name, input })))}`;
const probes = [...builtinServers].map(([server, { probe }]) => ({ name: `${server}__${probe}` }));

describe("the ways of a secret", { timeout: 120_000 }, () => {
  it("lead through questions to each service", async () => {
    const { text } = await ask(callAll(probes));
    expect(text).toContain("I heard: ");
    // The services took the credentials, each through its proxy.
    for (const service of services) expect(proxyOf(service).requests.length, service).toBeGreaterThan(0);
    expect(text).not.toMatch(/refused our credentials|cannot be reached/);
  });

  it.for(refusals)("lead through services that answer %s and quote the credentials", async (refusal) => {
    const before = services.map((service) => proxyOf(service).requests.length);
    // What some of the probes ask is kept for a while.
    const afresh = [
      { name: "hubspot__search_companies", input: { query: `c${refusal}` } },
      { name: "snowflake__execute_query", input: { sql: `SELECT 1 AS A${refusal}` } },
    ];
    // Snowflake's driver does not give up for half a minute.
    for (const service of services)
      proxyOf(service).refuse({ with: refusal, ...(service === "snowflake" && { times: 1 }) });
    const { text } = await ask(callAll([...probes, ...afresh]));
    for (const service of services) proxyOf(service).refuse(undefined);
    expect(text).toContain("I heard: ");
    expect(services.filter((service, index) => proxyOf(service).requests.length === before[index])).toEqual([]);
  });

  it.for(refusals)("lead through a Claude that answers %s", async (refusal) => {
    proxyOf("claude").refuse({ with: refusal });
    const { text } = await ask("anything");
    proxyOf("claude").refuse(undefined);
    expect(text).toMatch(/Claude (refused|is limiting|had an error|cannot be reached|is overloaded)/);
  });

  it.for(refusals)("lead through a Slack that answers %s", async (refusal) => {
    for (const path of ["chat.startStream", "users.info", "conversations.list"]) {
      proxyOf("slack").refuse({ with: refusal, path, times: 1 });
      const { text } = await ask(callAll([{ name: "slack__find_channel", input: { query: `c${refusal}` } }]));
      expect(text).toContain("I heard: ");
    }
    proxyOf("slack").refuse(undefined);
  });

  it("lead through what the services' own data say", async () => {
    const all = Object.values(secrets).join(" ");
    for (const service of ["gong", "hubspot", "asana", "pulumi", "pinecone"])
      proxyOf(service).tell("Acme", `Acme ${all}`);
    const call = sandbox.world.calls.find(({ title, isPrivate }) => title.includes("Acme") && !isPrivate);
    const { text } = await ask(
      callAll([
        { name: "gong__get_call_transcript", input: { call_id: call?.id } },
        { name: "gong__get_call_summary", input: { call_id: call?.id } },
        { name: "hubspot__search_companies", input: { query: "Acme" } },
        { name: "hubspot__search_deals", input: { query: "Acme" } },
        { name: "asana__search_tasks", input: { text: "Acme" } },
        { name: "pinecone__semantic_search", input: { query: "Acme" } },
      ]),
    );
    expect(text).toContain(`Acme ${removed}`);
  });

  it("lead through what people write, in questions, edits and commands", async () => {
    const { store } = sandbox.slack;
    for (const value of Object.values(secrets)) {
      const heard = (await ask(`is ${value} ours?`, value === own.GONG_API_KEY ? "dm" : "sales")).text;
      expect(heard).toContain(`You said: is ${removed} ours?`);
    }
    const all = Object.values(own).join(",");
    for (const text of [`ask is ${all} ours?`, all, `whoami gong ${all}@acme.example`, "help", "usage"])
      expect((await store.command({ user: "maya", channel: "sales", command: "/sophia", text })).ok).toBe(true);
  });

  it("lead through what the model says and writes, and what a person decides", async () => {
    const said = await ask("say it");
    expect(said.text).toContain(`They are ${removed}`);
    const { card } = await ask("write it once");
    expect(JSON.stringify(card)).toContain(removed);
    const { store } = sandbox.slack;
    await store.press({ user: "maya", channel: "sales", ts: card?.ts, actionId: "sophia_approve" });
    await until(
      () => sandbox.asana.store.tasks.some(({ name }) => name.startsWith(`Use ${removed}`)),
      "the task at Asana",
    );
    const second = (await ask("write it twice")).card;
    await store.press({ user: "maya", channel: "sales", ts: second?.ts, actionId: "sophia_deny_reason" });
    const [modal] = await store.waitFor(() => {
      const { modals } = store.views({ viewer: "maya" });
      return modals.length > 0 ? modals : undefined;
    }, 5_000);
    const [block] = (modal?.blocks ?? []) as { block_id: string; element: { action_id: string } }[];
    const values = {
      [block?.block_id ?? ""]: {
        [block?.element.action_id ?? ""]: `since ${own.GONG_API_SECRET} and ${own.MCP_AUTH_TOKEN}`,
      },
    };
    await store.submitView({ user: "maya", values });
    await until(() => JSON.stringify(store.message("sales", second?.ts ?? "")).includes("Denied by"), "the denial");
  });

  it("lead through the gateway, with the right token and with wrong ones", async () => {
    const request = async (url: string, token: string, init: RequestInit = {}): Promise<void> => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const response = await fetch(url, { ...init, headers });
      answered.push(`${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`);
    };
    const { MCP_AUTH_TOKEN: token, ...others } = own;
    const paths = ["/servers", "/metrics", "/healthz", "/readyz", "/nowhere"];
    for (const path of paths) await request(`${gatewayUrl}${path}`, token);
    for (const path of ["/healthz", "/readyz"]) await request(`http://127.0.0.1:${sophia.port}${path}`, token);
    for (const wrong of [...Object.values(others), token.slice(1), `${token}x`]) {
      await request(`${gatewayUrl}/mcp`, wrong, { method: "POST", body: "{}" });
      await request(`${gatewayUrl}/mcp/${encodeURIComponent(wrong)}?token=${encodeURIComponent(wrong)}`, wrong);
      await request(`${gatewayUrl}/servers`, wrong);
    }
    const client = await connectOverHttp(`${gatewayUrl}/mcp`, token);
    answered.push(JSON.stringify(await client.listTools()));
    const all = Object.values(own).join(" ");
    const calls = {
      hubspot__search_companies: { query: "Acme" },
      asana__create_task: { name: all },
      [all.slice(0, 200)]: {},
    };
    for (const [name, input] of Object.entries(calls)) {
      answered.push(JSON.stringify(await client.callTool(name, input, { timeoutMs: 20_000 }).catch(String)));
    }
    expect(answered.some((text) => text.includes(`Acme ${removed}`))).toBe(true);
  });

  it("lead through commands with wrong settings and connections that cannot be made", async () => {
    const closed = await freePort();
    const run = async (args: string[], given: Record<string, string>): Promise<string> => {
      const { stdout, stderr } = await runCommand(args, { env: { ...env, ...given } });
      outputs.push(stdout, stderr);
      return stdout + stderr;
    };
    const swapped = Object.fromEntries(
      Object.keys(own).map((name, index, names) => [name, own[names[(index + 1) % names.length] as keyof typeof own]]),
    );
    const { DATABASE_PASSWORD: password } = own;
    const database = `postgres://sophia:${encodeURIComponent(password)}@127.0.0.1:${closed}/none`;
    const redis = `redis://:${encodeURIComponent(password)}@127.0.0.1:${closed}`;
    const wrong: Record<string, string>[] = [
      {
        ...swapped,
        DATABASE_URL: `mysql://sophia:${password}@127.0.0.1/x`,
        REDIS_URL: `http://:${password}@x`,
        PORT: own.GONG_API_KEY,
        MCP_GATEWAY_ALLOWED_HOSTS: `${own.GONG_API_KEY} ,`,
      },
      { DATABASE_URL: database, REDIS_URL: redis },
      { DATABASE_URL: `postgres://sophia:${password}@127.0.0.1:${closed}/not an address` },
    ];
    for (const given of wrong) {
      for (const command of ["start", "doctor"]) expect(await run([command], given)).not.toBe("");
    }
    for (const proxy of proxies.values()) proxy.refuse({ with: 401 });
    expect(await run(["start"], {})).toMatch(/Slack/);
    expect(await run(["doctor"], { REDIS_URL: redis })).toMatch(/FAIL gong/);
    for (const proxy of proxies.values()) proxy.refuse(undefined);
    // Redis may be away at the start; what its client says of that is logged.
    const late = spawnCommand(["start"], { ...env, REDIS_URL: redis, SOPHIA_LOG_LEVEL: "debug" });
    for await (const line of createInterface(late.stdout)) {
      outputs.push(line);
      if (line.includes("Redis cannot be used")) late.kill("SIGKILL");
    }
    expect(outputs.at(-1)).toContain("Redis cannot be used");
  });

  it("lead through an error that nobody catches", async () => {
    const { HUBSPOT_API_KEY: key, GONG_API_SECRET: secret } = own;
    const thrown = `setTimeout(() => { throw Object.assign(new Error(process.env.HUBSPOT_API_KEY), { config: { auth: process.env.GONG_API_SECRET } }) }, 2500)`;
    const given = {
      ...env,
      PORT: "0",
      SOPHIA_LOG_LEVEL: "debug",
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(thrown)}`,
    };
    const { code, stdout, stderr } = await runCommand(["gateway"], { env: given });
    outputs.push(stdout, stderr);
    expect({ code, isTold: stderr.includes(`Error: ${removed}`) }).toEqual({ code: 1, isTold: true });
    expect(stderr).not.toMatch(new RegExp(`${key}|${secret}`));
  });
});

describe("no secret is", () => {
  const none = (texts: readonly string[]): void =>
    expect(texts.flatMap((text) => secretsIn(text, secrets))).toEqual([]);

  it("in what the processes wrote", () => {
    expect(sophia.output.length).toBeGreaterThan(50);
    none([sophia.output.join("\n"), outputs.join("\n")]);
  });

  it("in what Slack shows of Sophia", () => {
    const { store } = sandbox.slack;
    const messages = store.channels().flatMap(({ id }) => {
      const roots = store.messages(id);
      return [...roots, ...roots.flatMap(({ ts }) => store.messages(id, { threadTs: ts }))];
    });
    const shown = messages.filter(({ author }) => author.id === store.identity.userId);
    expect(shown.length).toBeGreaterThan(50);
    none([JSON.stringify(shown), JSON.stringify(store.statuses()), JSON.stringify(store.views({ viewer: "maya" }))]);
  });

  it.for(["slack", "claude", ...services])("in what %s was sent, but to prove who sends it", (service) => {
    const { requests } = proxyOf(service);
    expect(requests.length).toBeGreaterThan(3);
    none(requests.map((request) => JSON.stringify(request)));
  });

  it("in what HTTP clients were answered", () => {
    none(answered);
  });

  it("in any row of the database", async () => {
    await sophia.stop();
    const { database } = await home.createStorage();
    const tables = await database.query<{ schema: string; name: string }>(
      `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const rows = await Promise.all(
      tables.map(({ schema, name }) =>
        database.query<{ row: string }>(`SELECT t::text AS row FROM "${schema}"."${name}" t`),
      ),
    );
    const texts = rows.flat().map(({ row }) => row);
    for (const name of ["audit", "turn_steps", "turns", "approvals"])
      expect(tables.map((table) => table.name)).toContain(name);
    expect(texts.length).toBeGreaterThan(200);
    none(texts);
  });
});
