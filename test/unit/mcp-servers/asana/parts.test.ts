import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { advice } from "../../../../mcp-servers/asana/advice.ts";
import { collect, firstPosition } from "../../../../mcp-servers/asana/collect.ts";
import { readAsanaConfig } from "../../../../mcp-servers/asana/config.ts";
import { datesToSend } from "../../../../mcp-servers/asana/dates.ts";
import { fieldChanges } from "../../../../mcp-servers/asana/fields.ts";
import { createAsanaServer } from "../../../../mcp-servers/asana/index.ts";
import { pickByName } from "../../../../mcp-servers/asana/names.ts";
import { Slots } from "../../../../mcp-servers/asana/slots.ts";
import { isDueWithin, taskGid } from "../../../../mcp-servers/asana/task-output.ts";
import { linkInProcess } from "../../../../mcp-servers/shared/serve.ts";
import { connectMcp } from "../../../../src/mcp/client.ts";

describe("the tools", () => {
  it("are named as their files, with closed schemas and true hints", async () => {
    const config = readAsanaConfig({ ASANA_ACCESS_TOKEN: "x" });
    const link = linkInProcess(createAsanaServer(config, { clock: { now: () => 0 } }));
    const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
    const tools = await client.listTools();
    await client.close();
    const files = readdirSync(new URL("../../../../mcp-servers/asana/tools/", import.meta.url));
    expect(tools.map(({ name }) => `${name}.ts`)).toEqual(files.toSorted());
    for (const { name, annotations, inputSchema, outputSchema } of tools) {
      expect(inputSchema.additionalProperties).toBe(false);
      expect(outputSchema?.additionalProperties).toBe(false);
      const isRead = /^(get|list|find|search)_/.test(name);
      expect(annotations).toMatchObject({
        readOnlyHint: isRead,
        destructiveHint: name.startsWith("update_"),
        idempotentHint: isRead || name.startsWith("update_"),
        openWorldHint: true,
      });
    }
    expect(tools).toMatchSnapshot();
  });
});

describe("readAsanaConfig", () => {
  it("needs nothing but a token", () => {
    expect(readAsanaConfig({ ASANA_ACCESS_TOKEN: "x" })).toEqual({
      accessToken: "x",
      baseUrl: "https://app.asana.com/api/1.0",
      workspace: undefined,
      timeZone: "UTC",
      requestsPerMinute: 150,
      readOnly: false,
    });
  });

  it("says everything that is wrong at once", () => {
    const env = {
      ASANA_BASE_URL: "http://asana.example.com/api/1.0",
      ASANA_TIME_ZONE: "Chicago",
      ASANA_READ_ONLY: "yes",
      ASANA_REQUESTS_PER_MINUTE: "0",
    };
    for (const words of [/ASANA_ACCESS_TOKEN is not set/, /https/, /IANA/, /true or false/, /whole number/]) {
      expect(() => readAsanaConfig(env)).toThrow(words);
    }
    expect(() => readAsanaConfig({ ASANA_ACCESS_TOKEN: "x", ASANA_BASE_URL: "https://app.asana.com" })).toThrow(
      "/api/1.0",
    );
  });
});

describe("datesToSend", () => {
  it.each<[object, object, object]>([
    [{}, { due_on: "2026-01-05" }, {}],
    [{ due_on: "2026-01-06" }, {}, { due_on: "2026-01-06" }],
    [{ due_on: null }, { due_on: "2026-01-05" }, { due_on: null }],
    [{ due_at: "2026-01-06T10:00:00+02:00" }, {}, { due_at: "2026-01-06T08:00:00.000Z" }],
    [{ due_at: null }, { due_at: "2026-01-05T10:00:00Z" }, { due_at: null }],
    [{ start_on: "2026-01-02" }, { due_on: "2026-01-05" }, { due_on: "2026-01-05", start_on: "2026-01-02" }],
    [
      { start_on: "2026-01-02" },
      { due_on: "2026-01-05", due_at: "2026-01-05T10:00:00Z" },
      { due_at: "2026-01-05T10:00:00Z", start_on: "2026-01-02" },
    ],
    [{ start_on: null }, { due_on: "2026-01-05", start_on: "2026-01-02" }, { due_on: "2026-01-05", start_on: null }],
  ])("makes of %j on %j what Asana takes: %j", (input, present, sent) => {
    expect(datesToSend(input, present)).toEqual(sent);
  });

  it.each<[object, object, string]>([
    [{ due_on: "2026-01-06", due_at: null }, {}, "not both"],
    [{ start_on: "2026-01-06" }, {}, "needs a due date"],
    [{ due_on: null }, { due_on: "2026-01-05", start_on: "2026-01-02" }, "send start_on: null"],
    [{ due_on: "2026-01-01" }, { due_on: "2026-01-05", start_on: "2026-01-02" }, "must not be after"],
  ])("refuses %j on %j", (input, present, words) => {
    expect(() => datesToSend(input, present)).toThrow(words);
  });
});

describe("pickByName", () => {
  const sought = { argument: "project", kind: "project", otherwise: "Look it up." };
  const all = [
    { gid: "1", name: "Acme" },
    { gid: "2", name: "Acme onboarding", detail: "Customers" },
    { gid: "3", name: "Ünïcode  Spacing" },
  ];

  it.each([
    ["acme", "1"],
    [" ACME ", "1"],
    ["onboarding", "2"],
    ["unicode", "3"],
    ["ünïcode spacing", "3"],
  ])("takes %j for %s: the exact name before words of one", (wanted, gid) => {
    expect(pickByName(wanted, all, sought).gid).toBe(gid);
  });

  it("lists those that fit, at most ten of them", () => {
    const many = Array.from({ length: 12 }, (_, n) => ({ gid: String(n), name: "Acme" }));
    expect(() => pickByName("acme", many, sought)).toThrow(/Acme \(gid 9\) and 2 more\. Send the gid/);
    expect(() => pickByName("ac", all, sought)).toThrow("Acme onboarding (Customers, gid 2)");
  });

  it("names the nearest, also by one word of it", () => {
    expect(() => pickByName("Amce", all, sought)).toThrow('Did you mean "Acme"? Look it up.');
    expect(() => pickByName("onbaording", all, sought)).toThrow('"Acme onboarding"');
    expect(() => pickByName("zzzzzz", all, sought)).toThrow(/can see\. Look it up\.$/);
  });
});

describe("fieldChanges", () => {
  const option = (gid: string, name: string, enabled = true) => ({ gid, name, enabled });
  const fields = [
    {
      gid: "1",
      name: "Stage",
      resource_subtype: "enum",
      display_value: "New",
      enum_options: [option("11", "New"), option("12", "Won"), option("13", "Old", false)],
    },
    { gid: "2", name: "Tags", resource_subtype: "multi_enum", enum_options: [option("21", "A"), option("22", "B")] },
    { gid: "3", name: "Hours", resource_subtype: "number" },
    { gid: "4", name: "Note", resource_subtype: "text" },
    { gid: "5", name: "Owner", resource_subtype: "people" },
  ];

  it("resolves options, and leaves numbers numbers", () => {
    const wishes = [
      { name: "stage", value: "won" },
      { name: "tags", value: ["A", "b"] },
      { name: "hours", value: 2.5 },
      { name: "note", value: "x" },
    ];
    expect(fieldChanges(wishes, fields)).toEqual([
      { gid: "1", name: "Stage", value: "12", before: "New", after: "Won" },
      { gid: "2", name: "Tags", value: ["21", "22"], before: null, after: "A, B" },
      { gid: "3", name: "Hours", value: 2.5, before: null, after: "2.5" },
      { gid: "4", name: "Note", value: "x", before: null, after: "x" },
    ]);
    expect(fieldChanges([{ name: "Stage", value: null }], fields)).toMatchObject([{ value: null, after: null }]);
  });

  it.each([
    [{ name: "Stage", value: "Old" }, 'The options are: "New", "Won"'],
    [{ name: "Hours", value: "two" }, "takes a number"],
    [{ name: "Owner", value: "x" }, "set it in Asana itself"],
    [{ name: "Stag", value: "x" }, "option of Stage"],
    [{ name: "Budget", value: "x" }, 'The fields here are: "Stage"'],
  ])("refuses %j", (wish, words) => {
    expect(() => fieldChanges([wish], fields)).toThrow(words);
  });
});

describe("advice", () => {
  const recognise = (status: number, ...messages: string[]) =>
    advice.recognise?.({
      status,
      headers: new Headers(),
      text: JSON.stringify({ errors: messages.map((message) => ({ message })) }),
    });

  it("takes fields and reasons from a refusal, never what was sent", () => {
    const words = recognise(
      400,
      "due_on: Value is not a valid date: secret@acme.example",
      "assignee: Not a recognized ID: 12",
    );
    expect(words?.message).toBe(
      "Asana did not accept this (400): due_on: Value is not a valid date; assignee: Not a recognized ID.",
    );
    expect(recognise(400, "jo@acme.example is not welcome")).toBeUndefined();
  });

  it("knows a missing scope, a plan that lacks something and a cursor that has ended", () => {
    expect(recognise(403, "This token is missing the scope tasks:write.")?.message).toContain(
      "lacks the scope tasks:write",
    );
    expect(recognise(403, "You do not have access to this project.")).toBeUndefined();
    expect(recognise(402, "Search is only available to premium users.")?.message).toContain("paid plans");
    expect(recognise(400, "offset: Your pagination token has expired.")?.message).toContain("without `cursor`");
    expect(advice.recognise?.({ status: 502, headers: new Headers(), text: "<html>" })).toBeUndefined();
  });
});

describe("Slots", () => {
  it("lets so many run at once, the others in their order, and forgets who gave up", async () => {
    const slots = new Slots(2);
    const { signal } = new AbortController();
    const running: { name: string; end: () => void }[] = [];
    const start = (name: string, until = signal) =>
      slots.run(until, () => new Promise<void>((end) => running.push({ name, end })));
    const first = start("a");
    const second = start("b");
    const gone = new AbortController();
    const third = start("c", gone.signal);
    const fourth = start("d");
    await Promise.resolve();
    expect(running.map(({ name }) => name)).toEqual(["a", "b"]);
    gone.abort(new Error("gone"));
    await expect(third).rejects.toThrow("gone");
    running[0]?.end();
    await first;
    await expect.poll(() => running.map(({ name }) => name)).toEqual(["a", "b", "d"]);
    for (const { end } of running) end();
    await Promise.all([second, fourth]);
    await expect(slots.run(gone.signal, () => Promise.resolve())).rejects.toThrow("gone");
  });
});

describe("collect", () => {
  const all = Array.from({ length: 250 }, (_, n) => n);
  const read = async (offset = "0") => {
    const start = Number(offset);
    const end = start + 100;
    return { items: all.slice(start, end), next: end < all.length ? String(end) : undefined };
  };

  it.each([1, 7, 50, 100, 300])("hands out each item that fits once, %i at a time", async (limit) => {
    const fits = (n: number) => n % 3 === 0;
    const found: number[] = [];
    let from: Parameters<typeof collect>[1]["from"] | undefined = firstPosition;
    while (from) {
      const page: Awaited<ReturnType<typeof collect<number>>> = await collect(read, { fits, limit, from });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items);
      from = page.next;
    }
    expect(found).toEqual(all.filter(fits));
  });

  it("stops after ten pages and says where", async () => {
    let asked = 0;
    const endless = async (offset = "0") => ({ items: [asked++], next: String(Number(offset) + 1) });
    const page = await collect(endless, { fits: () => false, limit: 5, from: firstPosition });
    expect(page).toEqual({ items: [], next: { offset: "10", skip: 0 } });
  });
});

describe("tasks", () => {
  it("are due on the day of their zone", () => {
    const task = { due_on: "2026-03-10", due_at: "2026-03-10T02:00:00Z" };
    const day = (from: string, zone: string) => isDueWithin(task, { from, to: from }, zone);
    expect(day("2026-03-09", "America/New_York")).toBe(true);
    expect(day("2026-03-10", "Europe/Berlin")).toBe(true);
    expect(isDueWithin({}, { from: undefined, to: "2026-03-10" }, "UTC")).toBe(false);
    expect(isDueWithin({}, { from: undefined, to: undefined }, "UTC")).toBe(true);
  });

  it("are told by their id or link", () => {
    expect(taskGid(" 123 ")).toBe("123");
    expect(taskGid("https://app.asana.com/0/1/23")).toBe("23");
    expect(taskGid("https://app.asana.com/1/9/project/1/task/23?focus=true")).toBe("23");
    expect(taskGid("https://app.asana.com/1/9/inbox/4/item/5/story/6/task/7")).toBe("7");
    for (const text of ["", "12a", "https://app.asana.com.evil.example/0/1/2", "https://app.asana.com/0/1", "..%2f1"]) {
      expect(() => taskGid(text)).toThrow("task_id");
    }
  });
});
