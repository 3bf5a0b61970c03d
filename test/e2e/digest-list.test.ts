import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { EnteredValues } from "../../sandbox/slack/view-state.ts";
import type { Database } from "../../src/storage/database.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { type House, openHouse } from "../support/house.ts";

const DANIEL = "U07DANIELWH";

let house: House;
let home: EngineHome;
let database: Database;
const slack = () => house.sandbox.slack.store;

beforeAll(async () => {
  home = await createLightHome();
  house = await openHouse({ sandbox: { now: Date.parse("2026-11-18T15:00:00Z") }, home });
  database = (await home.createStorage()).database;
}, 30_000);
afterAll(async () => {
  await house.close();
  await home.drop();
});

const command = (text: string) => slack().command({ user: "daniel", channel: "sales", command: "/sophia", text });
const submit = (values: EnteredValues = {}) => slack().submitView({ user: "daniel", values });
const modal = (): string => JSON.stringify(slack().views({ viewer: "daniel" }).modals.at(-1));
const toldLast = (): MessageView =>
  slack()
    .messages("sales", { viewer: "daniel" })
    .findLast(({ ephemeralFor }) => ephemeralFor !== null)!;
/** All texts of blocks in which Slack makes links. */
const markedUp = (part: unknown): string => {
  if (typeof part !== "object" || part === null) return "";
  const own = "type" in part && part.type === "mrkdwn" && "text" in part ? String(part.text) : "";
  return [own, ...Object.values(part).map(markedUp)].filter(Boolean).join("\n");
};
const make = async () => {
  await command("digest overdue tasks every friday at 9:00");
  await submit();
  await submit();
};
const rows = () =>
  database.query<{ id: string; title: string; paused: boolean }>(
    "SELECT * FROM sophia.schedules WHERE owner_id = $1 ORDER BY title",
    [DANIEL],
  );

/** The list as it stands now. */
interface List {
  words: () => string;
  /** By its label; of the digest with this id where it is one of a digest's. */
  press: (label: string, id?: string) => Promise<unknown>;
}

async function list(): Promise<List> {
  await command("digest list");
  const { channel, ts } = toldLast();
  const blocks = (): any[] => slack().message("sales", ts, "daniel")!.blocks;
  return {
    words: () => JSON.stringify(blocks()),
    press: (label, id) => {
      const buttons = blocks().flatMap(({ elements = [] }) => elements);
      const found = buttons.find(({ text, value }) => text?.text === label && (id === undefined || value === id));
      return slack().press({ user: "daniel", channel, ts, actionId: found.action_id });
    },
  };
}

describe("/sophia digest list", () => {
  it("a change of one that a person paused leaves it paused, and says so", async () => {
    await make();
    await (await list()).press("Pause");
    await (await list()).press("Edit");
    await submit({ said: { value: "mondays at 7" } });
    expect(modal()).toContain("It stays paused");
    expect(modal()).not.toContain("The next runs");
    await submit();
    await expect.poll(() => toldLast().text).toMatch(/^Saved: .* It stays paused: press Resume/);
    expect(toldLast().text).not.toContain("The next runs");
    expect(await rows()).toMatchObject([{ said: "mondays at 7", paused: true }]);

    await (await list()).press("Resume");
    expect(await rows()).toMatchObject([{ paused: false, next_at: new Date("2026-11-23T12:00:00Z") }]);
    await (await list()).press("Delete");
    expect(await rows()).toEqual([]);
  });

  it("links nothing of a digest's words, wherever they are shown", async () => {
    await command("digest fridays at 9:00 look at https://evil.example/login now");
    await submit();
    const confirm = markedUp(slack().views({ viewer: "daniel" }).modals.at(-1));
    await submit();
    await expect.poll(() => toldLast().text).toMatch(/^Saved: /);
    const saved = toldLast().text;
    const shown = await list();
    slack().openHome({ user: "daniel", tab: "home" });
    const home = await slack().waitFor(() => slack().views({ viewer: "daniel" }).home, 5_000);
    const listed = markedUp(slack().message("sales", toldLast().ts, "daniel")!.blocks);
    for (const words of [confirm, saved, listed, markedUp(home)]) {
      expect(words).toContain("look at https: //evil.\u200Bexample/login now");
      expect(words).not.toContain("https://evil");
    }
    await shown.press("Delete");
    await expect.poll(rows).toEqual([]);
  });

  it("shows as many as there are, page by page, and stays on the page that was pressed on", async () => {
    await make();
    await database.query(
      `INSERT INTO sophia.schedules SELECT (jsonb_populate_record(s, jsonb_build_object(
         'id', s.id || '_' || n, 'title', 'Copy ' || n, 'paused', n > 41))).*
       FROM sophia.schedules s, generate_series(1, 44) n WHERE owner_id = $1`,
      [DANIEL],
    );
    const shown = await list();
    expect(shown.words()).toContain("1 to 20 of 45");
    expect(shown.words()).not.toContain("Copy 44");
    await shown.press("Next");
    await expect.poll(shown.words).toContain("21 to 40 of 45");
    await shown.press("Next");
    await expect.poll(shown.words).toContain("41 to 45 of 45");
    expect(shown.words()).toContain("Copy 44");
    expect(shown.words()).not.toContain('"Next"');

    const paused = (await rows()).filter((row) => row.paused);
    expect(paused.map(({ title }) => title)).toEqual(["Copy 42", "Copy 43", "Copy 44"]);
    await shown.press("Delete", paused[0]!.id);
    await expect.poll(shown.words).toContain("41 to 44 of 44");
    expect((await rows()).filter((row) => row.paused)).toHaveLength(2);

    // What is gone meanwhile leaves no empty page.
    await database.query("DELETE FROM sophia.schedules WHERE title LIKE 'Copy %'");
    await shown.press("Back");
    await expect.poll(shown.words).toContain("Overdue tasks");
    expect(shown.words()).not.toContain('"Back"');
  });
});
