import { describe, expect, it } from "vitest";
import { checkView } from "../../../../sandbox/slack/view-checks.ts";
import type { HomeData } from "../../../../src/slack/home/home-data.ts";
import { promptsFor } from "../../../../src/slack/home/prompts.ts";
import { renderHome } from "../../../../src/slack/home/view.ts";
import type { Person } from "../../../../src/slack/people.ts";
import { readRoleOption, roleOf, rolesFor } from "../../../../src/slack/roles.ts";
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
    expect(text).toContain("Tell &lt;!channel&gt; / &lt;https://evil.example/all&gt; *now*>: asked by <@U1>");
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

describe("roles", () => {
  it("are those that name the person, or nobody", () => {
    expect(rolesFor(person, roles)).toEqual(["sophia", "sales-analyst"]);
  });

  it.each([
    ["what now", "sophia", "what now"],
    ["--as sales-analyst what now", "sales-analyst", "what now"],
    ["what now --as=Sales-Analyst", "sales-analyst", "what now"],
    ["—as sales-analyst what now", "sales-analyst", "what now"],
    ["what --as far as I know", "far", "what  as I know"],
    ["known--as such", "sophia", "known--as such"],
  ])("are read from the option: %s", (argument, agent, text) => {
    expect(readRoleOption(argument)).toEqual({ agent, text });
  });

  it.each([
    ["As project manager, what is late?", "project-manager"],
    ["as a sales analyst: show the pipeline", "sales-analyst"],
    ["As the project-manager, my tasks", "project-manager"],
    ["Show the pipeline as a sales analyst", "sales-analyst"],
    ["which tasks are late? Answer as my project manager.", "project-manager"],
    ["With your project manager hat on, what is late?", "project-manager"],
    ["What is late, wearing the project manager's hat?", "project-manager"],
    ["As a sales analyst what does it do to the quarter if Acme slips?", "sales-analyst"],
    ["Good morning. As our sales analyst, compare the quarters", "sales-analyst"],
    ["What would you do as project manager?", "project-manager"],
    ["as my project manager is out, what is late?", "sophia"],
    ["as my project manager who is ill asked: what is late?", "sophia"],
    ["in your role as sales analyst please show the pipeline", "sales-analyst"],
    ["as the project manager said, what is late?", "sophia"],
    ["As project manager Priya said, it slips. When?", "sophia"],
    ["as our sales analyst wrote, what slips?", "sophia"],
    ["Who works as a project manager?", "sophia"],
    ["Add Priya as our project manager.", "sophia"],
    ["Tell Priya, as project manager, to call Acme", "sophia"],
    ["Who do we have as a sales analyst?", "sophia"],
    ["not as a sales analyst: what is late?", "sophia"],
    ['Find "as a sales analyst" in the calls', "sophia"],
    ["> as a sales analyst, show the pipeline\nwhat did they mean?", "sophia"],
    ["what is new, as a sales analyst? And as a project manager?", "sophia"],
    ["As discussed, my tasks", "sophia"],
    ["as constructor, what", "sophia"],
    ["What would you do as project manager, today?", "sophia"],
  ])("are read from plain words: %s", (question, agent) => {
    expect(roleOf(question, roles)).toBe(agent);
  });

  it("give the prompts of those roles that are somebody's own, for services that are there", () => {
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
