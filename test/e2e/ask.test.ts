import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, quietDay } from "../../sandbox/world/create-world.ts";
import type { Call, World } from "../../sandbox/world/types.ts";
import { addDays, dayOf } from "../../sandbox/world/zones.ts";
import { markdownOf } from "../support/answers.ts";
import { runCommand } from "../support/command.ts";
import { type Asking, type House, openHouse } from "../support/house.ts";

/** A Friday, at half past ten in New York. */
const NOW = "2026-11-20T15:30:00Z";
const world = createWorld({ seed: 1, now: Date.parse(NOW) });

interface ToolCall {
  server: string;
  tool: string;
  arguments: Record<string, unknown>;
  isError: boolean;
}

interface Answered {
  text: string;
  toolCalls: ToolCall[];
}

/** What `--json` prints. */
interface Printed extends Omit<Answered, "text"> {
  user: string;
  channel: string;
  replies: { channel: string; threadTs: string | null; ts: string; text: string }[];
  usage: Record<string, number>;
  timings: { ackMs: number; firstVisibleMs: number; totalMs: number };
}

async function askCommand(text: string, ...more: string[]): Promise<Printed & Answered> {
  const { code, stdout, stderr } = await runCommand(["demo", "--ask", text, "--json", ...more]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const printed = JSON.parse(stdout) as Printed;
  return { ...printed, text: printed.replies.map((reply) => reply.text).join("\n") };
}

async function askHouse(house: House, text: string, asking: Asking = {}): Promise<Answered> {
  const asked = house.ask(text, asking);
  const toolCalls = (await house.stepsOf(asked)).flatMap((step) => {
    if (step.kind !== "tool_result") return [];
    const [server = "", tool = ""] = step.tool.split("__");
    return [{ server, tool, arguments: step.arguments as Record<string, unknown>, isError: step.isError }];
  });
  return { text: house.answers(asked).map(markdownOf).join("\n"), toolCalls };
}

const zoneOf = (handle: string): string => world.people.find((person) => person.handle === handle)?.timeZone ?? "";
const idsOf = (calls: readonly Call[]): string[] => calls.map(({ id }) => id).toSorted();

function linkedIn({ text }: Answered): string[] {
  return [...new Set(Array.from(text.matchAll(/\/call\?id=(\d+)\)/g), (match) => match[1] ?? ""))].toSorted();
}

function callsOn(day: string, handle: string, of: World = world): Call[] {
  return of.calls.filter((call) => dayOf(Date.parse(call.startedAt), zoneOf(handle)) === day);
}

function yesterdayOf(handle: string, of: World = world): Call[] {
  const yesterday = addDays(dayOf(Date.parse(of.createdAt), zoneOf(handle)), -1);
  return callsOn(yesterday, handle, of).filter((call) => !call.isPrivate);
}

/** Every one of these calls is named, each with its link, and no other is. */
function expectCalls(answered: Answered, calls: readonly Call[]): void {
  expect(calls.length).toBeGreaterThan(0);
  expect(linkedIn(answered)).toEqual(idsOf(calls));
  const text = answered.text.replaceAll("\\", "");
  for (const { id, title } of calls) expect(text).toContain(`[${title}](https://us-12345.app.gong.io/call?id=${id})`);
}

const own = world.calls.findLast((call) => call.isPrivate && call.ownerId === world.people[0]?.id) as Call;
const ownDay = dayOf(Date.parse(own.startedAt), zoneOf("maya"));
const privately = callsOn(ownDay, "maya").filter((call) => !call.isPrivate || call === own);

describe("demo --ask", { timeout: 90_000 }, () => {
  it("names every one of yesterday's calls with its link, and none of another day", async () => {
    const before = Date.now();
    const answered = await askCommand("summarize yesterday's calls");
    // Where midnight in New York fell into it, either day may be meant.
    const days = [before, Date.now()].map((now) => yesterdayOf("maya", createWorld({ seed: 1, now })));
    const asked = days.find((calls) => idsOf(calls).join() === linkedIn(answered).join()) ?? days[0] ?? [];
    expectCalls(answered, asked);
    const [list, ...others] = answered.toolCalls;
    expect(list).toMatchObject({ server: "gong", tool: "get_calls", isError: false });
    for (const other of others)
      expect(other).toMatchObject({ server: "gong", tool: "get_call_transcript", isError: false });
    expect(others.map((call) => String(call.arguments["call_id"])).toSorted()).toEqual(idsOf(asked));
    expect(answered).toMatchObject({ user: "maya", channel: "sales" });
    expect(new Set(answered.replies.map(({ threadTs }) => threadTs)).size).toBe(1);
    expect(answered.usage["outputTokens"]).toBeGreaterThan(0);
    const { ackMs, firstVisibleMs, totalMs } = answered.timings;
    expect(firstVisibleMs).toBeGreaterThan(0);
    expect(ackMs).toBeLessThan(totalMs);
    expect(firstVisibleMs).toBeLessThan(totalMs);
  });

  it("shows a private call to its owner in a direct message", async () => {
    const answered = await askCommand(`what happened in the calls on ${ownDay}`, "--now", NOW, "--channel", "dm");
    expect(linkedIn(answered)).toContain(own.id);
    expect(linkedIn(answered)).toEqual(idsOf(privately));
  });

  it("takes another's yesterday with --as, and answers /sophia ask in a thread of its own", async () => {
    const answered = await askCommand("/sophia ask summarize yesterday's calls", "--now", NOW, "--as", "zoe");
    expect(answered.user).toBe("zoe");
    expectCalls(answered, yesterdayOf("zoe"));
    expect(linkedIn(answered)).not.toEqual(idsOf(yesterdayOf("maya")));
    expect(answered.replies[0]?.threadTs).toMatch(/^\d+\.\d+$/);
  });

  it("answers /sophia help to the person alone, without the model", async () => {
    const answered = await askCommand("/sophia help");
    expect(answered.replies).toHaveLength(1);
    expect(answered.text).toContain("`/sophia ask [--as ROLE] QUESTION`");
    expect(answered.toolCalls).toEqual([]);
  });

  it.for<[string[], string]>([
    [["--as", "nobody"], 'There is no "nobody" in the sandbox; there are maya, '],
    [["--channel", "nowhere"], 'maya is in no channel "nowhere"; they are in general, sales, '],
    [["--channel", "deal-desk", "--as", "grace"], 'grace is in no channel "deal-desk"'],
    [["--now", "tomorrow"], "--now takes an ISO 8601 instant such as"],
    [["--press", "maybe"], '--press takes approve or deny, not "maybe"'],
    [["--seed", "x"], '--seed takes a whole number, not "x"'],
    [["--colour"], "Unknown option '--colour'"],
  ])("refuses %s in one line", async ([more, sentence]) => {
    const { code, stdout, stderr } = await runCommand(["demo", "--ask", "hello", "--json", ...more]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("a question about days", () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ sandbox: { now: Date.parse(NOW) } });
  });
  afterAll(() => house.close());

  it("goes by the clock of whoever asks", async () => {
    const answers = new Set<string>();
    for (const user of ["maya", "tomas", "grace", "oliver", "priya", "jack"]) {
      const answered = await askHouse(house, "summarize yesterday's calls", { user });
      expectCalls(answered, yesterdayOf(user));
      answers.add(linkedIn(answered).join());
    }
    expect(answers.size).toBeGreaterThan(2);
  });

  it("says that there were no calls on a day without any", async () => {
    const day = quietDay(world);
    expect(callsOn(day, "maya")).toEqual([]);
    const words = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeZone: "UTC" }).format(Date.parse(day));
    const answered = await askHouse(house, `what happened on ${words}`);
    expect(answered.text).toMatch(/There were no calls on/);
    expect(linkedIn(answered)).toEqual([]);
    expect(answered.toolCalls.map(({ tool }) => tool)).toEqual(["get_calls"]);
  });

  it("shows a private call to nobody in a channel, not to its owner either", async () => {
    const answered = await askHouse(house, `what happened in the calls on ${ownDay}`);
    expect(linkedIn(answered)).toEqual(idsOf(privately.filter((call) => call !== own)));
    expect(answered.text).not.toContain(own.id);
    expect(answered.text).not.toContain(own.title);
  });

  it("shows a private call to nobody else in a direct message", async () => {
    const asked = `what happened in the calls on ${ownDay}`;
    const answered = await askHouse(house, asked, { user: "daniel", channel: "dm" });
    expect(linkedIn(answered)).toEqual(idsOf(callsOn(ownDay, "daniel").filter((call) => !call.isPrivate)));
  });
});

describe.concurrent("yesterday", () => {
  it.for([
    ["25 hours long where clocks were set back", "2026-11-02T14:00:00Z", 25],
    ["24 hours long on the day on which they are set back", "2026-11-01T20:00:00Z", 24],
    ["23 hours long where clocks were set forward", "2027-03-15T13:00:00Z", 23],
  ] as const)("is %s", async ([, now, hours]) => {
    const house = await openHouse({ sandbox: { seed: 7, now: Date.parse(now) } });
    try {
      const answered = await askHouse(house, "summarize yesterday's calls");
      expectCalls(answered, yesterdayOf("maya", createWorld({ seed: 7, now: Date.parse(now) })));
      const { from_date: from, to_date: to } = answered.toolCalls[0]?.arguments ?? {};
      expect((Date.parse(String(to)) - Date.parse(String(from))) / 3_600_000).toBe(hours);
    } finally {
      await house.close();
    }
  });
});
