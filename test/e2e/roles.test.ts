import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { salesScript } from "../../sandbox/claude/script/index.ts";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import type { Turn } from "../../src/storage/turns.ts";
import { markdownOf, resultsOf } from "../support/answers.ts";
import { connectOverHttp } from "../support/gateway.ts";
import { type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const token = "a-token-of-the-tests-0123456789";
let house: House;
let store: SlackStore;
/** Names of the tools that each request to the model held, the last request last. */
let offered: string[][];

beforeAll(async () => {
  house = await openHouse({
    env: { MCP_AUTH_TOKEN: token, PULUMI_ACCESS_TOKEN: "" },
    config: {
      agents: {
        "project-manager": {
          description: "Tasks",
          prompt: "",
          tools: ["asana__*"],
          people: ["@deal-desk", "maya@payready.example"],
        },
      },
      policies: [
        { tools: "asana__add_comment", policy: "allow" },
        { tools: "asana__delete_task", policy: "deny" },
      ],
      access: [{ tools: "hubspot__*", people: ["ruth@payready.example"] }],
    },
  });
  store = house.sandbox.slack.store;
});
afterAll(() => house.close());
beforeEach(() => {
  offered = [];
  house.sandbox.claude.store.script((request) => {
    offered.push((request.tools ?? []).map(({ name }) => name));
    return salesScript(request);
  });
});

const seenBy = (user: string, channel: string): MessageView[] =>
  store.messages(channel, { viewer: user }).filter(({ ephemeralFor }) => ephemeralFor !== null);

/** What a command tells the person alone. */
async function say(user: string, text: string, channel = "sales"): Promise<string> {
  const before = seenBy(user, channel).length;
  expect((await store.command({ user, channel, command: "/sophia", text })).ok).toBe(true);
  return (await store.waitFor(() => seenBy(user, channel)[before], 10_000)).text;
}

/** The turn that a command leads to, once it has ended. */
async function turnOf(user: string, text: string): Promise<Turn> {
  const before = (await house.turns()).length;
  expect((await store.command({ user, channel: "sales", command: "/sophia", text })).ok).toBe(true);
  const last = async () => (await house.turns())[before];
  await until(async () => ["done", "failed"].includes((await last())?.status ?? ""), "the end of the turn", 20_000);
  return (await last()) as Turn;
}

describe("/sophia ask --as", () => {
  it("answers in a role with its tools alone, wherever the option stands", async () => {
    for (const text of ["ask --as project-manager my tasks", "ask my tasks --as=project-manager"]) {
      const turn = await turnOf("maya", text);
      expect(turn).toMatchObject({ agent: "project-manager", text: "my tasks", status: "done" });
      expect(house.answers(turn).map(markdownOf).join("")).not.toBe("");
      const names = offered.at(-1)?.filter((name) => name.includes("__")) ?? [];
      expect(names.length).toBeGreaterThan(5);
      expect(names.filter((name) => !/^(?:asana|sophia|gateway)__/.test(name))).toEqual([]);
    }
  });

  it("is held to its tools in the loop, and at the gateway as well", async () => {
    house.sandbox.claude.store.script((request) => {
      const [result] = resultsOf(request);
      if (result !== undefined) return [{ type: "text", text: `It says: ${result}` }];
      return [{ type: "tool_use", name: "gong__get_calls", input: {} }];
    });
    const turn = await turnOf("maya", "ask --as project-manager our calls");
    expect(house.answers(turn).map(markdownOf).join("")).toContain('There is no tool "gong__get_calls"');
    const client = await connectOverHttp(`${house.app.gatewayUrl}/mcp/project-manager`, token);
    const names = (await client.listTools()).map(({ name }) => name);
    expect(names.filter((name) => !/^(?:asana|gateway)__/.test(name))).toEqual([]);
    const refused = await client.callTool("gong__get_calls", {}, { timeoutMs: 5_000 });
    expect(JSON.stringify(refused)).toContain("gong__get_calls is not among the tools of the role project-manager");
    await client.close();
    expect(house.sandbox.board.requests("gong")).toEqual([]);
  });

  it("names one's roles where there is no such role, or not for this person, or nobody is asked in it", async () => {
    const own = "Yours: `sophia`, `sales-analyst`, `project-manager`.";
    expect(await say("maya", "ask --as boss what now")).toBe(`I have no role \`boss\`. ${own}`);
    expect(await say("maya", "ask --as notices what now")).toBe(`I have no role \`notices\`. ${own}`);
    expect(await say("daniel", "ask --as project-manager what now")).toBe(
      "The role `project-manager` is for certain colleagues, and you are not among them. Yours: `sophia`, `sales-analyst`.",
    );
    expect(await say("maya", "ask --as sales-analyst")).toContain("Say what you want to know");
    const turns = await house.turns();
    expect(turns.filter(({ text }) => text.includes("what now"))).toEqual([]);
  });

  it("may be said in plain words, in a command as in a message; else all tools are there", async () => {
    expect(await turnOf("maya", "ask As a project manager, my tasks")).toMatchObject({ agent: "project-manager" });
    const asked = house.ask("As sales analyst: show the pipeline", { user: "maya", channel: "dm" });
    expect((await house.ended(asked)).agent).toBe("sales-analyst");
    const usual = house.ask("As discussed, my tasks", { user: "maya", channel: "dm" });
    expect((await house.ended(usual)).agent).toBe("sophia");
  });

  it("is that of the words as they were edited", async () => {
    const [said, meant] = ["as project manager, my tasks", "summarize yesterday's calls"];
    for (const [before, after, agent] of [
      [said, meant, "sophia"],
      [meant, said, "project-manager"],
    ] as const) {
      // The first words are answered too late: they were edited by then.
      house.sandbox.board.addFault({ service: "claude", latencyMs: 20_000, times: 1 });
      const asked = house.ask(before, { user: "maya", channel: "dm" });
      await until(async () => (await house.turns()).at(-1)?.status === "running", "the first words to be read");
      store.edit({ user: "maya", channel: asked.channel, ts: asked.ts, text: after });
      expect(await house.ended(asked)).toMatchObject({ agent, text: after, revision: 1, status: "done" });
      expect(offered.at(-1)?.includes("gong__get_calls")).toBe(agent === "sophia");
    }
  });

  it("in plain words is refused to whom the role is not for", async () => {
    const asked = house.ask("as project manager, my tasks", { user: "daniel", channel: "dm" });
    await house.ended(asked);
    expect(house.answers(asked).map(markdownOf).join("")).toContain("you are not among them");
    expect(offered).toEqual([]);
  });
});

describe("/sophia tools", () => {
  it("counts reads and writes of each service, for this person", async () => {
    const told = await say("maya", "tools");
    expect(told).toMatch(/\*Asana\*: \d+ tools that read, \d+ tools that change something/);
    expect(told).toContain("*HubSpot*: nothing in your roles");
    expect(await say("ruth", "tools")).toMatch(/\*HubSpot\*: \d+ tools that read/);
  });

  it("names those of a service, tells which ask, and leaves out what is switched off", async () => {
    const told = await say("maya", "tools asana");
    const [reads = "", asks = "", unasked = ""] = told.split(/\n(?=\*What I change)/);
    expect(reads).toMatch(/^\*What I read in Asana\*\n• /);
    expect(asks).toMatch(/once somebody approves it\*\n[^]*• Create (?:a )?task/);
    expect(unasked).toMatch(/without asking\*\n• [^\n]*comment[^\n]*$/i);
    expect(told).not.toMatch(/delete/i);
    expect(await say("maya", "tools hubspot")).toBe("There is nothing in HubSpot that I may do in your roles.");
    expect(await say("maya", "tools <x>")).toContain("I do not know `&lt;x&gt;`. The services are Gong, HubSpot,");
  });
});

describe("/sophia status", () => {
  it("says of each service whether it works, and to admins since when it does not and what to do", async () => {
    expect(await say("maya", "status")).toContain("*Gong*: works");
    const days = { from_date: "2026-11-16T00:00:00Z", to_date: "2026-11-20T00:00:00Z" };
    house.sandbox.claude.store.script((request) => {
      if (resultsOf(request).length > 0) return [{ type: "text", text: "So it is." }];
      return [{ type: "tool_use", name: "gong__get_calls", input: days }];
    });
    house.sandbox.board.addFault({ service: "gong", status: 503, times: 50 });
    await house.ended(house.ask("our calls, please", { user: "maya", channel: "dm" }));
    const told = await say("maya", "status");
    expect(told).toMatch(/\*Gong\*: the last (?:call|\d+ calls) failed$/m);
    const toAdmin = await say("ruth", "status");
    expect(toAdmin).toMatch(/\*Gong\*: the last [^\n]*failed, since <!date\^\d+\^[^\n]*npm run doctor/);
    expect(toAdmin).toContain("*HubSpot*: works");
  });
});

describe("/sophia help", () => {
  it("lists every command that the person may give", async () => {
    const told = await say("maya", "help");
    for (const verb of ["ask [--as ROLE] QUESTION", "status", "tools [SERVICE]", "whoami", "usage"])
      expect(told).toContain(`\`/sophia ${verb}`);
    expect(told).not.toContain("/sophia audit");
  });

  it("is what nothing is answered with, and stands below the nearest of the verbs that there are", async () => {
    expect(await say("maya", "")).toBe(await say("maya", "help"));
    for (const [given, meant] of [
      ["tasks Follow up with Acme friday", "task Follow up with Acme friday"],
      ["digests", "digest"],
      ["usag", "usage"],
      ["Hepl", "help"],
      ["taks", "task"],
      ["summarize yesterday's calls", "ask summarize yesterday's calls"],
      // Not for everybody, and so not suggested to them.
      ["audits", "ask audits"],
    ] as const) {
      const told = await say("maya", given);
      expect(told).toContain(`Did you mean \`/sophia ${meant}\`?`);
      expect(told).toContain("`/sophia ask [--as ROLE] QUESTION`");
    }
    expect(await say("ruth", "audits")).toContain("Did you mean `/sophia audit`?");
  });

  it("says which services are not connected, and to admins alone why", async () => {
    const told = await say("maya", "help");
    expect(told).toContain("Pulumi is not connected; ask whoever runs me.");
    expect(told).not.toContain("PULUMI_");
    expect(await say("ruth", "help")).toContain("Pulumi is not connected: PULUMI_ACCESS_TOKEN");
  });
});
