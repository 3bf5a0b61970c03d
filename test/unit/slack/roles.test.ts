import { describe, expect, it } from "vitest";
import type { Person } from "../../../src/slack/people.ts";
import { readRoleOption, roleOf, rolesFor } from "../../../src/slack/roles.ts";

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

it("a person's roles are those that name them, or nobody", () => {
  expect(rolesFor(person, roles)).toEqual(["sophia", "sales-analyst"]);
});

describe("the option", () => {
  it.each([
    ["what now", "sophia", "what now"],
    ["--as sales-analyst what now", "sales-analyst", "what now"],
    ["what now --as=Sales-Analyst", "sales-analyst", "what now"],
    ["—as sales-analyst what now", "sales-analyst", "what now"],
    ["what --as far as I know", "far", "what  as I know"],
    ["--as Boss what now", "Boss", "what now"],
    ["known--as such", "sophia", "known--as such"],
  ])("is read: %s", (argument, agent, text) => {
    expect(readRoleOption(argument, roles)).toEqual({ agent, text });
  });

  it("gives the name as it is configured, capitals or not, and the same one first", () => {
    const own = { sophia: {}, "Deal-Desk": {}, Lead: {}, lead: {} };
    expect(readRoleOption("--as deal-desk what now", own).agent).toBe("Deal-Desk");
    expect(readRoleOption("--as DEAL-DESK what now", own).agent).toBe("Deal-Desk");
    expect(readRoleOption("--as lead what now", own).agent).toBe("lead");
    expect(readRoleOption("--as Lead what now", own).agent).toBe("Lead");
  });
});

describe("plain words", () => {
  it.each([
    "as a sales analyst: show the pipeline",
    "Show the pipeline as a sales analyst",
    "show me my pipeline as sales analyst",
    "Please compare the quarters as our sales analyst.",
    "For the board, summarize the quarter as a sales analyst",
    "As a sales analyst what does it do to the quarter if Acme slips?",
    "Good morning. As our sales analyst, compare the quarters",
    "in your role as sales analyst please show the pipeline",
    "Compare this with last year in your role as a sales analyst.",
    "In the role of sales analyst, compare the quarters",
    "Can you tell me what changed as a sales analyst?",
    "Tell me what is at risk as a sales analyst",
    "Tell me how the pipeline looks as a sales analyst",
    "What do you see in the pipeline as a sales analyst?",
    "I want you to answer as a sales analyst: what is our ARR?",
    "hi sophia, act as a sales analyst",
    "Think as a sales analyst. What is at risk?",
    "Explain the ARR as a sales analyst",
    "Priya left.\nShow the pipeline as a sales analyst",
    "Tell us as a sales analyst what to expect",
    "Put on your sales analyst hat: what is at risk?",
    "Wearing the sales analyst's hat, what is at risk?",
  ])("ask for the analyst: %s", (question) => {
    expect(roleOf(question, roles)).toBe("sales-analyst");
  });

  it.each([
    "As project manager, what is late?",
    "As the project-manager, my tasks",
    "which tasks are late? Answer as my project manager.",
    "With your project manager hat on, what is late?",
    "What would you do as project manager?",
    "Work as a project manager. What is late?",
  ])("ask for the project manager: %s", (question) => {
    expect(roleOf(question, roles)).toBe("project-manager");
  });

  it.each([
    "I started as a sales analyst. What are my tasks?",
    "Which deals has Grace as a sales analyst?",
    "we look for someone as a project manager.",
    "He will work as project manager. List his tasks",
    "Grace will act as project manager. List her tasks",
    "She could answer as a sales analyst.",
    "Grace is in the role of sales analyst. What are her deals?",
    "Grace, wearing the sales analyst hat, sold most. What did she sell?",
    "What did she do, wearing the project manager's hat?",
    "I came here as a sales analyst. Show the pipeline",
    "Do you know Grace as a sales analyst?",
    "Did you hear that he began as a project manager?",
    "Do you have somebody as a sales analyst?",
    "Show what I sold as a sales analyst.",
    "Can you tell me what Grace does as a sales analyst?",
    "Show what grace sold as a sales analyst",
    "List the deals that Grace won as a sales analyst",
    "List the deals Grace closed as a sales analyst",
    "Tell me how well is Grace doing as a sales analyst",
    "Show the deals she won as a sales analyst",
    "List Grace as a sales analyst.",
    "Find me someone as a project manager",
    "show the tasks of grace as a project manager",
    "Make a task for Grace as a project manager.",
    "As a project manager, she is late. What now?",
    "Their bid names us as a sales analyst. Which deals are open?",
    "as my project manager is out, what is late?",
    "as my project manager who is ill asked: what is late?",
    "as the project manager said, what is late?",
    "As project manager Priya said, it slips. When?",
    "as our sales analyst wrote, what slips?",
    "Who works as a project manager?",
    "Add Priya as our project manager.",
    "Tell Priya, as project manager, to call Acme",
    "Tell Priya as project manager: call Acme",
    "Who do we have as a sales analyst?",
    "not as a sales analyst: what is late?",
    'Find "as a sales analyst" in the calls',
    "Find “as a sales analyst” in the calls",
    "> as a sales analyst, show the pipeline\nwhat did they mean?",
    "  &gt; as a sales analyst, show the pipeline\nwhat did they mean?",
    "what is new, as a sales analyst? And as a project manager?",
    "As discussed, my tasks",
    "as constructor, what",
    "What would you do as project manager, today?",
    `Show ${"the calls and ".repeat(30)}the pipeline as a sales analyst`,
  ])("ask for no role: %s", (question) => {
    expect(roleOf(question, roles)).toBe("sophia");
  });

  it.each([
    ["line ends", "\n".repeat(400_000)],
    ["other line ends", "\r\u2028".repeat(200_000)],
    ["blank lines", " \n\t".repeat(130_000)],
    ["blanks", `as${" ".repeat(400_000)}a`],
    ["opened quotes", "“".repeat(400_000)],
    ["full stops", `${".".repeat(400_000)}x`],
    ["the role's name", "as a sales analyst, ".repeat(20_000)],
    ["orders", "show, ".repeat(60_000)],
    ["sentences", "she as a sales analyst. ".repeat(16_000)],
  ])("are read in time that grows with the text alone: %s", (_, text) => {
    // Ten times what a message can hold: what grows with its square takes minutes.
    const before = process.cpuUsage();
    roleOf(`x${text}x`, roles);
    expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
  });
});
