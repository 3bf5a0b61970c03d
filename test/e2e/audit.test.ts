import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditRecord } from "../../src/storage/audit-records.ts";
import { lockDataDir } from "../../src/storage/data-lock.ts";
import { type Ended, runCommand } from "../support/command.ts";
import { isCard, taskScript } from "../support/consent.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { configFile, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const SECRET = "sk-ant-api03-neverShown1234567890";

let home: EngineHome;
let house: House;
let maya: string;
let oliver: string;

beforeAll(async () => {
  home = await createLightHome();
  house = await openHouse({ home, config: { admins: ["oliver@payready.example", "@nobody"] } });
  house.sandbox.claude.store.script(taskScript);
});
afterAll(async () => {
  await house.close();
  await home.drop();
});

const idOf = (handle: string): string => house.sandbox.world.people.find((one) => one.handle === handle)?.id ?? "";

/** What a person is told of a command, by them alone; others see nothing of it. */
async function say(user: string, text: string): Promise<string> {
  const { store } = house.sandbox.slack;
  const seen = (viewer: string) =>
    store.messages("sales", { viewer }).filter(({ ephemeralFor }) => ephemeralFor !== null);
  const [before, others] = [seen(user).length, seen("priya").length];
  expect((await store.command({ user, channel: "sales", command: "/sophia", text })).ok).toBe(true);
  const told = await store.waitFor(() => seen(user)[before], 10_000);
  expect(seen("priya")).toHaveLength(others);
  return told.text;
}

function auditCommand(...args: string[]): Promise<Ended> {
  const { databaseUrl, dataDir } = home;
  const env: Record<string, string> = { SOPHIA_DATA_DIR: dataDir, SOPHIA_CONFIG: configFile };
  if (databaseUrl !== undefined) env["DATABASE_URL"] = databaseUrl;
  return runCommand(["audit", ...args], { env });
}

const rowsOf = ({ stdout }: Ended): AuditRecord[] =>
  stdout
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row) as AuditRecord);

describe("in Slack", () => {
  beforeAll(async () => {
    maya = idOf("maya");
    oliver = idOf("oliver");
    const { store } = house.sandbox.slack;
    const asked = house.ask(`create a task Audited-${SECRET}`);
    expect((await house.ended(asked)).status).toBe("suspended");
    const card = house.answers(asked).find(isCard);
    await store.press({ user: "maya", channel: "sales", ts: card?.ts ?? "", actionId: "sophia_approve" });
    await until(async () => (await house.turns())[0]?.status === "done", "the end of the turn");
  });

  it("shows the last rows to an admin alone, with whether the chain holds, and no secret", async () => {
    // What has just happened is stored after a moment.
    await expect.poll(() => say("oliver", "audit")).toContain("turn · ");
    const told = await say("oliver", "audit today");
    expect(told).toMatch(/^\*Audit\.\* \d+ rows, times in America\/|^\*Audit\.\* \d+ rows, times in Europe\//);
    expect(told).toContain("`asana__create_task` · refused (consent_pending)");
    expect(told).toContain(`call · <@${maya}> · \`asana__create_task\` · ok`);
    expect(told).toMatch(/All \d+ rows were checked: none is missing, altered or out of place\./);
    expect(told).not.toContain(SECRET);
  });

  it("finds by person and turn, and says how it is asked", async () => {
    const [turn] = await house.turns();
    expect(await say("oliver", `audit ${turn?.id}`)).toContain("`asana__create_task`");
    expect(await say("oliver", "audit turn_none")).toContain("*Audit.* 0 rows");
    expect(await say("oliver", `audit <@${maya}>`)).toContain(`<@${maya}>`);
    expect(await say("oliver", "audit yesterday or so")).toMatch(/^Say `\/sophia audit` with today/);
    expect(await say("oliver", "audit forget")).toBe("Say `/sophia audit forget @person`.");
  });

  it("is not for somebody who is no admin, and that they tried stands in it", async () => {
    expect(await say("maya", "audit")).toBe("`/sophia audit` is for admins. Ask whoever runs me.");
    expect(await say("maya", `audit forget <@${oliver}>`)).toBe("`/sophia audit` is for admins. Ask whoever runs me.");
    await expect
      .poll(() => say("oliver", "audit today"))
      .toContain(`refusal · <@${maya}> · \`/sophia audit\` · refused (admins_only)`);
  });
});

describe("on the command line, after Sophia has ended", () => {
  beforeAll(() => house.app.close());

  it("shows rows as a table and as JSON, and picks those that are wanted", async () => {
    const shown = await auditCommand();
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).toMatch(/^row +at \(UTC\) +kind +who asked/);
    expect(shown.stdout).toMatch(/call +U\w+ .*asana__create_task +ok +\d+ +\{"name":"Audited-/);
    const rows = rowsOf(await auditCommand("--json"));
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
    expect(new Set(rows.map(({ policyRevision }) => policyRevision))).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: "setting", policyRevision: expect.stringMatching(/^[0-9a-f]{12}$/) });
    const turn = rows.find(({ kind }) => kind === "turn");
    expect(turn).toMatchObject({ outcome: "done", userId: maya, agent: "sophia", tokens: expect.any(Number) });
    expect(turn?.tokens).toBeGreaterThan(0);
    const ofTool = rowsOf(await auditCommand("--json", "--tool", "asana__*", "--user", maya, "--since", "2020-01-01"));
    expect(ofTool.map(({ outcome }) => outcome)).toEqual(["refused", "approved", "ok"]);
    expect(rowsOf(await auditCommand("--json", "--turn", turn?.turnId ?? "", "--limit", "1"))).toHaveLength(1);
    expect((await auditCommand("--since", "2100-01-01T00:00:00Z")).stdout).toBe("There are no such rows.\n");
  });

  it("shows no secret, whatever is asked for", async () => {
    const shown = `${(await auditCommand()).stdout}${(await auditCommand("--json")).stdout}`;
    const { SLACK_BOT_TOKEN, ANTHROPIC_API_KEY, ASANA_ACCESS_TOKEN } = house.sandbox.env;
    for (const secret of [SECRET, "neverShown", SLACK_BOT_TOKEN, ANTHROPIC_API_KEY, ASANA_ACCESS_TOKEN])
      expect(shown).not.toContain(secret);
  });

  it.each([
    [["--since", "soon"], "--since takes today"],
    [["--limit", "0"], "--limit takes a number"],
    [["--verify", "--user", "U1"], "stand alone"],
    [["--verify", "--forget", "U1"], "not both"],
    [["--forget", "maya"], '"maya" is no Slack id'],
    [["--nothing"], "--nothing"],
  ])("refuses %j and says why", async (args, words) => {
    const { code, stderr, stdout } = await auditCommand(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(words);
  });

  it("forgets a person, and the chain holds", async () => {
    const forgotten = await auditCommand("--forget", maya);
    expect(forgotten).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Forgotten: \d+ questions/) });
    const shown = await auditCommand("--json");
    expect(shown.stdout).not.toContain(maya);
    expect(shown.stdout).not.toContain("Audited");
    const verified = await auditCommand("--verify");
    expect(verified.stdout).toMatch(/^The audit is valid: \d+ rows, from row 1 of 2\S+ to row \d+ of /);
    expect(verified.stdout).toMatch(/Its head: row \d+, [0-9a-f]{64}\n/);
    expect(verified.code).toBe(0);
  });

  it("names the first row that was altered", async () => {
    const { database } = await home.createStorage();
    // Sophia herself has looked whether anything is too old.
    expect(await database.query("SELECT kept_at IS NOT NULL AS kept FROM sophia.audit_head")).toEqual([{ kept: true }]);
    await database.query("UPDATE sophia.audit SET outcome = 'failed' WHERE sequence = 3");
    await home.close();
    const { code, stdout } = await auditCommand("--verify");
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: "The audit is NOT valid: row 3 is altered: its hash is another.\n",
    });
    const asJson = await auditCommand("--verify", "--json");
    expect(JSON.parse(asJson.stdout)).toEqual({
      valid: false,
      sequence: 3,
      problem: "is altered: its hash is another",
    });
  });
});

it("says what to do while Sophia holds the folder of the records", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "sophia-audit-"));
  const release = await lockDataDir(dataDir);
  try {
    const env = { SOPHIA_DATA_DIR: dataDir, SOPHIA_CONFIG: configFile };
    const { code, stderr } = await runCommand(["audit", "--verify"], { env });
    expect(code).toBe(1);
    expect(stderr).toContain("/sophia audit in Slack");
    expect(stderr).toContain("DATABASE_URL");
  } finally {
    await release();
    rmSync(dataDir, { recursive: true });
  }
});
