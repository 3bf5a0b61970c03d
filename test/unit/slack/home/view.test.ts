import { describe, expect, it } from "vitest";
import { checkView } from "../../../../sandbox/slack/view-checks.ts";
import type { HomeData } from "../../../../src/slack/home/home-data.ts";
import { promptsFor } from "../../../../src/slack/home/prompts.ts";
import { renderHome } from "../../../../src/slack/home/view.ts";
import type { Person } from "../../../../src/slack/people.ts";
import type { Approval } from "../../../../src/storage/approvals.ts";

const at = new Date("2026-11-20T15:30:00Z");

function approval(fields: Partial<Approval> = {}): Approval {
  const place = { teamId: "T1", channel: "C1", threadTs: "1.000001", cardTs: "1.000002", turnId: "turn_1" };
  const preview = { summary: "Create the task", changes: [] };
  const state = {
    status: "planned" as const,
    turnStatus: "suspended" as const,
    sends: 0,
    version: 1,
    isUnderWay: false,
  };
  const call = { id: "a", tool: "asana__create_task", digest: "d", arguments: {}, agent: "sophia", userId: "U1" };
  return { ...place, ...state, ...call, preview, expiresAt: at, ...fields };
}

function data(fields: Partial<HomeData> = {}): HomeData {
  const nothing = { services: [], identities: [], digests: [], latest: [], spend: [] };
  const waiting = { forThem: [], ofTheirs: [] };
  return { at, isAdmin: false, url: "https://acme.slack.com/", waiting, ...nothing, ...fields };
}

const textOf = (given: HomeData): string => JSON.stringify(renderHome(given));

describe("a Home tab", () => {
  it("keeps to Slack's limits however much there is, and says how much it leaves out", () => {
    const long = approval({ preview: { summary: "<&>|\n".repeat(400), changes: [] } });
    const many = Array.from({ length: 500 }, () => long);
    const lines = Array.from({ length: 500 }, () => "x".repeat(2_000));
    const digest = { title: "t".repeat(500), channel: "C1", when: "weekdays", isPaused: true };
    const view = renderHome(
      data({
        waiting: { forThem: many, ofTheirs: many },
        latest: many,
        identities: lines,
        spend: lines,
        digests: Array.from({ length: 500 }, () => digest),
      }),
    );
    expect(view.blocks.length).toBeLessThanOrEqual(100);
    expect(() => checkView(view, "home")).not.toThrow();
    expect(JSON.stringify(view)).toContain("and 480 more");
  });

  it("shows others' words as words: no link, no mention, no second line", () => {
    const summary = "Tell <!channel> | <https://evil.example|all>\n*now*";
    const text = textOf(
      data({ waiting: { forThem: [approval({ preview: { summary, changes: [] } })], ofTheirs: [] } }),
    );
    expect(text).toContain("Tell &lt;!channel&gt; / &lt;https: //evil.\u200Bexample/all&gt; *now*>: asked by <@U1>");
  });

  it("says what could not be read, and links nothing where Slack does not say where its messages are", () => {
    const text = textOf(data({ identities: undefined, url: undefined, latest: [approval({ status: "denied" })] }));
    expect(text).toContain("This could not be read just now");
    expect(text).toContain("• Create the task: denied");
  });

  it("links a record only where its service gave the address", () => {
    const done = approval({ status: "done", result: { content: [], links: ["javascript:alert(1)"] } });
    expect(textOf(data({ latest: [done] }))).toContain(">: done");
    expect(textOf(data({ latest: [done] }))).not.toContain("javascript");
  });
});

const person: Person = {
  userId: "U1",
  name: "Maya",
  email: "maya@acme.example",
  timeZone: "UTC",
  timeZoneKnown: true,
  standing: "member",
  isAdmin: false,
  groups: ["@sales"],
};
const roles = { sophia: {}, "project-manager": { people: ["@pm"] }, "sales-analyst": { people: ["@sales"] } };

describe("prompts", () => {
  it("are those of roles that are somebody's own, for services that are there", () => {
    const services = ["gong", "hubspot"].map((server) => ({ server, name: server, offered: true }));
    const titles = promptsFor(person, roles, [...services, { server: "asana", name: "Asana", offered: false }]);
    expect(titles.map(({ title }) => title)).toEqual([
      "The pipeline",
      "Yesterday's calls",
      "Deals that went quiet",
      "Next steps",
    ]);
  });
});
