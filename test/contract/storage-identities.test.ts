import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/storage/database.ts";
import { createIdentities } from "../../src/storage/identities.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";

const maya = { teamId: "T1", userId: "U1" };
const oliver = { teamId: "T1", userId: "U2" };

describe.each(await availableEngines())("identities on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let now = Date.parse("2026-03-02T10:00:00Z");
  const clock = { now: () => now };

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
  });
  afterAll(() => home.drop());

  test("keeps one address for each person and service, the last that was set", async () => {
    const identities = createIdentities(db, clock);
    const set = { ...maya, service: "asana", setBy: "U1" };
    await identities.set({ ...set, email: "first@x.example" });
    await identities.set({ ...set, email: "Maya@X.example", setBy: "U9" });
    await identities.set({ ...set, service: "gong", email: "m@x.example" });
    await identities.set({ ...set, ...oliver, email: "maya@x.example" });
    await identities.set({ ...set, teamId: "T2", email: "elsewhere@x.example" });
    expect(await identities.of(maya)).toEqual({ asana: "Maya@X.example", gong: "m@x.example" });
    expect((await identities.holders("T1", "asana", "MAYA@x.example")).toSorted()).toEqual(["U1", "U2"]);
    expect(await identities.holders("T1", "hubspot", "maya@x.example")).toEqual([]);
    expect(await db.query("SELECT set_by, set_at FROM sophia.identities WHERE email = $1", ["Maya@X.example"])).toEqual(
      [{ set_by: "U9", set_at: new Date(now) }],
    );
    expect(await identities.clear(maya, "gong")).toBe(true);
    expect(await identities.clear(maya, "gong")).toBe(false);
    expect(await identities.of(maya)).toEqual({ asana: "Maya@X.example" });
  });

  test("reads once a minute, knows its own changes at once and those of others after that minute", async () => {
    let reads = 0;
    const counted: Database = {
      ...db,
      query: (sql, params) => {
        if (sql.trim().startsWith("SELECT service")) reads += 1;
        return db.query(sql, params);
      },
    };
    const here = createIdentities(counted, clock);
    const elsewhere = createIdentities(db, clock);
    const zoe = { teamId: "T1", userId: "U3" };
    const set = { ...zoe, service: "asana", setBy: "U3" };
    await here.set({ ...set, email: "one@x.example" });
    for (let times = 0; times < 3; times++) expect(await here.of(zoe)).toEqual({ asana: "one@x.example" });
    expect(reads).toBe(1);
    await elsewhere.set({ ...set, email: "two@x.example" });
    expect(await here.of(zoe)).toEqual({ asana: "one@x.example" });
    now += 60_000;
    expect(await here.of(zoe)).toEqual({ asana: "two@x.example" });
    await here.set({ ...set, email: "three@x.example" });
    expect(await here.of(zoe)).toEqual({ asana: "three@x.example" });
  });
});
