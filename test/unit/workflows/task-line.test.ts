import { describe, expect, it } from "vitest";
import {
  type LinePeople,
  readTaskLine,
  type TaskLine,
  type TaskPerson,
} from "../../../src/workflows/tasks/task-line.ts";

/** Tuesday, 10:00 in New York. */
const tuesday = "2026-12-01T15:00:00Z";
const people: TaskPerson[] = [
  { name: "Maya Okafor", email: "maya@payready.example" },
  { name: "Priya Raghunathan", email: "priya@payready.example" },
  { name: "Daniel Whitfield", email: "daniel@payready.example" },
  { name: "Daniel Kim", email: "kim@payready.example" },
  { name: "Will Turner", email: "will@payready.example" },
  { name: "May Lin", email: "may@payready.example" },
  { name: "Zoë Müller-Łukasik", email: "zoe@payready.example" },
];
const handles: Record<string, TaskPerson> = {
  U07MAYA: { name: "Maya Okafor", email: "me" },
  U07PRIYA: people[1]!,
  U07DANIEL: people[2]!,
};
const directory: LinePeople = {
  mentioned: async (id) => handles[id] ?? { cannot: "Nora Feldman is a guest here, and guests have no tasks." },
  named: async () => people,
};
const projects = ["Q4 Launch", "Onboarding", "Deal follow-ups", "Renewals", "Sales", "Sales operations"];

const read = (line: string, at = tuesday, timeZone = "America/New_York"): Promise<TaskLine> =>
  readTaskLine(line, {
    now: Date.parse(at),
    timeZone,
    calendar: { weekStart: "monday", fiscalYearStartMonth: 1 },
    people: directory,
    projects,
  });

const priya = "<@U07PRIYA|priya>";
const daniel = "<@U07DANIEL|daniel>";
const PRIYA = "priya@payready.example";

describe("a line that leaves one reading is a task", () => {
  it.each<[string, object]>([
    ["Call Acme", { name: "Call Acme" }],
    [
      `Follow up with Acme re pricing ${priya} friday`,
      { name: "Follow up with Acme re pricing", assignee: PRIYA, dueOn: "2026-12-04" },
    ],
    ["call acme tomorrow", { name: "call acme", dueOn: "2026-12-02" }],
    ["Send the Q4 numbers to Ben today", { name: "Send the Q4 numbers to Ben", dueOn: "2026-12-01" }],
    ["Chase the Globex signature by friday", { name: "Chase the Globex signature", dueOn: "2026-12-04" }],
    ["chase globex thurs", { name: "chase globex", dueOn: "2026-12-03" }],
    ["Follow up with Acme Friday", { name: "Follow up with Acme", dueOn: "2026-12-04" }],
    ["Renewal deck for Initech, due monday", { name: "Renewal deck for Initech", dueOn: "2026-12-07" }],
    ["Send redlines to Acme by 12 dec", { name: "Send redlines to Acme", dueOn: "2026-12-12" }],
    ["Send redlines to Acme dec 12th", { name: "Send redlines to Acme", dueOn: "2026-12-12" }],
    ["Send redlines by the 15th of January", { name: "Send redlines", dueOn: "2027-01-15" }],
    ["Prepare QBR deck due 2026-12-18", { name: "Prepare QBR deck", dueOn: "2026-12-18" }],
    ["Prepare QBR deck by 12/31", { name: "Prepare QBR deck", dueOn: "2026-12-31" }],
    ["Check in with Umbrella in two weeks", { name: "Check in with Umbrella", dueOn: "2026-12-15" }],
    ["Check in with Umbrella in 3 days", { name: "Check in with Umbrella", dueOn: "2026-12-04" }],
    ["Check in with Umbrella in 5 business days", { name: "Check in with Umbrella", dueOn: "2026-12-08" }],
    ["Clean up pipeline eow", { name: "Clean up pipeline", dueOn: "2026-12-04" }],
    ["Clean up pipeline by end of next week", { name: "Clean up pipeline", dueOn: "2026-12-11" }],
    ["Forecast review by end of month", { name: "Forecast review", dueOn: "2026-12-31" }],
    ["Quota letters by end of the quarter", { name: "Quota letters", dueOn: "2026-12-31" }],
    [
      "Reply to security questionnaire by EOD tomorrow",
      { name: "Reply to security questionnaire", dueOn: "2026-12-02" },
    ],
    ["Demo follow-up monday next week", { name: "Demo follow-up", dueOn: "2026-12-07" }],
    ["Send invoice for me tomorrow", { name: "Send invoice", assignee: "me", dueOn: "2026-12-02" }],
    ["remind me to call Acme on thursday", { name: "call Acme", assignee: "me", dueOn: "2026-12-03" }],
    ["Draft proposal assign to Priya friday", { name: "Draft proposal", assignee: PRIYA, dueOn: "2026-12-04" }],
    ["Draft proposal, assign to priya raghunathan", { name: "Draft proposal", assignee: PRIYA }],
    [
      "Draft proposal assigned to zoe by friday",
      { name: "Draft proposal", assignee: "zoe@payready.example", dueOn: "2026-12-04" },
    ],
    ["Draft proposal assigned to Daniel Kim", { name: "Draft proposal", assignee: "kim@payready.example" }],
    [
      "Draft proposal, owner: Will, tomorrow",
      { name: "Draft proposal", assignee: "will@payready.example", dueOn: "2026-12-02" },
    ],
    ["Draft proposal, owner: priya@payready.example", { name: "Draft proposal", assignee: PRIYA }],
    [
      `${priya} send the deck to Acme by friday`,
      { name: "send the deck to Acme", assignee: PRIYA, dueOn: "2026-12-04" },
    ],
    [
      "Priya to send the deck to Acme by friday",
      { name: "send the deck to Acme", assignee: PRIYA, dueOn: "2026-12-04" },
    ],
    ["Priya: send the deck", { name: "send the deck", assignee: PRIYA }],
    [
      `Sync with ${priya} on Globex, for me, tomorrow`,
      { name: "Sync with Priya Raghunathan on Globex", assignee: "me", dueOn: "2026-12-02" },
    ],
    [
      `Buy a gift for ${priya}, for me, tomorrow`,
      { name: "Buy a gift for Priya Raghunathan", assignee: "me", dueOn: "2026-12-02" },
    ],
    ["Buy a gift for Priya, for me", { name: "Buy a gift for Priya", assignee: "me" }],
    ["Get the deck reviewed by legal by friday", { name: "Get the deck reviewed by legal", dueOn: "2026-12-04" }],
    ["Kickoff agenda for Acme in Q4 Launch", { name: "Kickoff agenda for Acme", project: "Q4 Launch" }],
    [
      "Kickoff agenda project: Onboarding due friday",
      { name: "Kickoff agenda", project: "Onboarding", dueOn: "2026-12-04" },
    ],
    [
      "Kickoff agenda friday in the onboarding project",
      { name: "Kickoff agenda", project: "Onboarding", dueOn: "2026-12-04" },
    ],
    ["Kickoff agenda #q4-launch", { name: "Kickoff agenda", project: "Q4 Launch" }],
    [
      "Kickoff agenda <#C07AAAA|renewals> tomorrow",
      { name: "Kickoff agenda", project: "Renewals", dueOn: "2026-12-02" },
    ],
    ["Update the fields in HubSpot tomorrow", { name: "Update the fields in HubSpot", dueOn: "2026-12-02" }],
    ["Update owners in Sales operations", { name: "Update owners", project: "Sales operations" }],
    [
      "Call Acme about the outage p1 today",
      { name: "Call Acme about the outage", priority: "High", dueOn: "2026-12-01" },
    ],
    ["urgent: call Acme about the outage", { name: "call Acme about the outage", priority: "High" }],
    ["Tidy the wiki, low priority", { name: "Tidy the wiki", priority: "Low" }],
    [
      `Send contract to Globex ${priya} fri in Renewals high priority`,
      { name: "Send contract to Globex", assignee: PRIYA, dueOn: "2026-12-04", project: "Renewals", priority: "High" },
    ],
    ['"Call Sunday Brunch Co" tomorrow', { name: "Call Sunday Brunch Co", dueOn: "2026-12-02" }],
    ["“Ask May for the March numbers” for priya", { name: "Ask May for the March numbers", assignee: PRIYA }],
    [
      'Send "Pricing by Friday" deck to Acme monday',
      { name: 'Send "Pricing by Friday" deck to Acme', dueOn: "2026-12-07" },
    ],
    ["Call Sunday Brunch Co tomorrow", { name: "Call Sunday Brunch Co", dueOn: "2026-12-02" }],
    ["Prepare March forecast by friday", { name: "Prepare March forecast", dueOn: "2026-12-04" }],
    [
      "Send notes of yesterday's call to Acme tomorrow",
      { name: "Send notes of yesterday's call to Acme", dueOn: "2026-12-02" },
    ],
    [
      "Call Acme tomorrow notes: ask about SSO & the price",
      { name: "Call Acme", dueOn: "2026-12-02", notes: "ask about SSO & the price" },
    ],
    ["Check R&amp;D budget, no due date", { name: "Check R&D budget" }],
    ["create a task to call Acme tomorrow", { name: "call Acme", dueOn: "2026-12-02" }],
    [
      "Send pricing and security pack to Acme friday",
      { name: "Send pricing and security pack to Acme", dueOn: "2026-12-04" },
    ],
    ["Call Acme (due friday)", { name: "Call Acme", dueOn: "2026-12-04" }],
    ["tomorrow: call Acme", { name: "call Acme", dueOn: "2026-12-02" }],
    [`"Call Acme" ${priya} tomorrow`, { name: "Call Acme", assignee: PRIYA, dueOn: "2026-12-02" }],
    ["call sarah at acme tmrw", { name: "call sarah at acme", dueOn: "2026-12-02" }],
    [
      "Draft SOW for Acme assign to priya by the 15th",
      { name: "Draft SOW for Acme", assignee: PRIYA, dueOn: "2026-12-15" },
    ],
    ["Assign Priya to call Acme friday", { name: "call Acme", assignee: PRIYA, dueOn: "2026-12-04" }],
    ["Call Acme in project Renewals", { name: "Call Acme", project: "Renewals" }],
    ["in Renewals call Acme friday", { name: "call Acme", project: "Renewals", dueOn: "2026-12-04" }],
    ["Call Acme / due 12/18 / high priority", { name: "Call Acme", dueOn: "2026-12-18", priority: "High" }],
    ["Call Acme monday 7 dec", { name: "Call Acme", dueOn: "2026-12-07" }],
  ])("%s", async (line, task) => {
    expect(await read(line)).toEqual({ kind: "clear", task });
  });

  it.each<[string, string, string, string]>([
    ["Call Acme next friday", "2026-12-05T15:00:00Z", "America/New_York", "2026-12-11"],
    ["Call Acme tomorrow", "2026-12-01T23:30:00Z", "Australia/Sydney", "2026-12-03"],
    ["Call Acme today", "2026-12-02T02:00:00Z", "America/Los_Angeles", "2026-12-01"],
    ["Call Acme by 29 feb", "2027-12-01T12:00:00Z", "Europe/Berlin", "2028-02-29"],
    ["Call Acme eow", "2026-12-04T12:00:00Z", "Europe/Berlin", "2026-12-04"],
  ])("%s, said at %s in %s", async (line, at, timeZone, dueOn) => {
    expect(await read(line, at, timeZone)).toEqual({ kind: "clear", task: { name: "Call Acme", dueOn } });
  });
});

describe("what leaves two readings, or none, is asked about", () => {
  it.each<[string, RegExp]>([
    ["", /what is to be done/i],
    ["friday", /what is to be done/i],
    [`${priya} tomorrow`, /what is to be done/i],
    ['""', /what is to be done/i],
    [`Call Acme ${priya} ${daniel} friday`, /one person/i],
    ["Draft proposal for Priya and Zoe", /one person/i],
    [`Draft proposal for ${priya} and ${daniel}`, /one person/i],
    ["Draft proposal for Daniel", /Daniel Whitfield.*Daniel Kim/],
    [`Prepare performance review for ${daniel} friday`, /Daniel Whitfield.*`assign to Daniel Whitfield`/],
    [`Buy gift for ${priya}`, /Priya Raghunathan/],
    [`Order laptop for ${priya} by friday`, /Priya Raghunathan/],
    ["Write a recommendation for Priya", /Priya Raghunathan/],
    ["Draft SOW for Acme for priya by the 15th", /Priya Raghunathan/],
    ["Draft proposal for Daniel Kim", /Daniel Kim/],
    ["Draft proposal for priya@payready.example", /Priya Raghunathan/],
    ["Draft proposal for @priya", /Priya Raghunathan/],
    ["Call Acme (priya)", /Priya Raghunathan/],
    ["Call Acme (Priya Raghunathan) friday", /Priya Raghunathan/],
    ["Draft proposal, assign to Petra", /nobody.*Petra/i],
    ["Draft proposal @petra friday", /nobody.*petra/i],
    ["Draft proposal for Dani", /Daniel/],
    ["Draft proposal <@U07GUEST|nora>", /guest/],
    [`Send the deck to ${priya} friday`, /Priya Raghunathan/],
    [`Call ${priya} friday`, /Priya Raghunathan/],
    [`Ask ${priya} about pricing`, /Priya Raghunathan/],
    ["Priya send the deck friday", /Priya Raghunathan/],
    ["Will call Acme friday", /Will Turner/],
    ["Get the contract reviewed by Priya", /Priya Raghunathan/],
    ["Call Acme yesterday", /past/],
    ["Call Acme last friday", /past/],
    ["Call Acme by 2026-11-30", /past/],
    ["Call Acme 12 nov 2026", /past/],
    ["Call Acme by 12 nov", /2026-11-12.*2027-11-12/],
    ["Call Acme by feb 30", /no such day/i],
    ["Call Acme by 31 november", /no such day/i],
    ["Call Acme 2026-13-01", /no such day/i],
    ["Call Acme by 12/10", /2026-12-10.*2027-10-12/],
    ["Call Acme next friday", /2026-12-04.*2026-12-11/],
    ["Call Acme tuesday", /2026-12-01.*2026-12-08/],
    ["Call Acme next week", /which day/i],
    ["Call Acme in a few days", /which day/i],
    ["Call Acme by July", /which day/i],
    ["Call Acme by May", /May/],
    ["Call Acme before friday", /before/],
    ["Call Acme asap", /which day/i],
    ["Call Acme friday or monday", /one day/i],
    ["Call Acme friday monday", /one day/i],
    ["Call Acme friday 5 dec", /one day/i],
    ["Call May", /May/],
    ["Call Sunday Brunch Co", /Sunday/],
    ["Email Ruby Tuesday", /Tuesday/],
    ["Prepare the ads for Black Friday", /Friday/],
    ["Follow up with Friday", /Friday/i],
    ["Move the demo to thursday", /thursday/i],
    ["Schedule a call with Acme friday", /friday/i],
    ["Call Acme, Priya, friday", /Priya Raghunathan/],
    ["Call Acme priya friday", /Priya Raghunathan/],
    ["Invoice Acme for May", /May Lin/],
    ["Call Acme for me and priya", /one person/],
    ["Call Acme -> priya", /Priya Raghunathan/],
    ["Call Acme after friday", /friday/],
    ["Call Acme 18 dec 26", /dec 26/],
    ["Cancel the meeting on friday", /friday/],
    ["Meet April 5", /April 5/],
    ["Call Acme, not urgent", /urgent/],
    ["have priya call acme friday", /Priya Raghunathan/],
    ["Planning deck for the board meeting on 12 january", /12 january/],
    ["Call Acme thurdsay", /thursday/],
    ["Prepare the deck for friday", /friday/i],
    ["Draft proposal project: Offboarding", /no project.*Offboarding.*Onboarding/i],
    ["Draft proposal #offboarding", /no project.*offboarding/i],
    ["Draft proposal in Renewals #onboarding", /one project/i],
    ["Draft proposal p1 low priority", /one priority/i],
  ])("%s", async (line, sentence) => {
    const found = await read(line);
    expect(found).toEqual({ kind: "ask", sentence: expect.stringMatching(sentence) });
  });
});

describe("what only somebody who understands it can tell goes to Claude", () => {
  it.each([
    "Can you remind Daniel that Acme wants the deck?",
    "Acme asked for a discount. Please get it approved by friday",
    "Call Acme and send the deck friday",
    "Call Acme, email Globex, update HubSpot",
    "Call Acme; send the deck",
    "Send the contract when they sign",
    "Call Acme if they have not answered by friday",
    "Send the renewal quote two days before the renewal",
    "Call Acme a week after the kickoff",
    "Call Acme every monday",
    "Call Acme friday at 3pm",
    "Call Acme in the morning",
    "Call Acme in an hour",
    "Call Acme within the week",
    "Call Acme a week friday",
    "Call Acme 18-12-2026",
    "Review contract &amp; send it",
    "Call Acme don't do it friday",
    "Call Acme fri-mon",
    "Fix the quote in Renewals for Acme and close it",
    "Call Acme tomorrow 10:30",
    "Call Acme on friday about the price",
    "we should call Acme tomorrow",
    "Call Acme\nSend the deck",
    "tasks for everything that Acme wanted",
    "Confirm the thursday meeting tomorrow",
    '"Call Acme" and tell them friday works',
    "Call Acme two weeks from friday",
    "Call Acme by 24.12",
    "Call Acme by 24.12.",
    "Call Acme 1.12.",
    "Call Acme by Q1",
    "Call Acme by end of Q1",
    "Call Acme Q1",
    "Call Acme (by Q1)",
    "Call Acme by christmas",
    "Call Acme by 15",
    "Call Acme until the summit",
    "Call Acme before the board meeting",
    "Call Acme dec",
    "Call Acme in Oct",
    "Appeler Acme vendredi",
    "Llamar a Acme mañana",
    "Acme anrufen Donnerstag",
    "Acme morgen bellen",
    "Chiamare Acme venerdì",
    "Ligar Acme amanhã",
  ])("%s", async (line) => {
    expect(await read(line)).toEqual({ kind: "unclear" });
  });

  it.each([
    " notes: " + "so ".repeat(1_000),
    " ".repeat(40_000) + "x",
    "call Acme (" + ", ;(".repeat(10_000),
    "<@".repeat(20_000),
    '"'.repeat(39_999),
  ])("leaves what is longer than any line to understanding", async (line) => {
    expect(await read(`a${line}`)).toEqual({ kind: "unclear" });
  });
});
