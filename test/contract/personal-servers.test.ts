import { afterEach, describe, expect, it } from "vitest";
import { personalClients } from "../../mcp-servers/shared/personal-clients.ts";
import type { OAuthBook } from "../../sandbox/oauth-book.ts";
import { CREDENTIAL_META } from "../../src/mcp/types.ts";
import { type AsanaHouse, maya, openAsanaHouse, textOf } from "../support/asana-house.ts";
import { connectHubSpot } from "../support/hubspot.ts";

const zoe = "zoe@payready.example";

/** An access token with which an app acts as somebody. */
function tokenOf(book: OAuthBook, env: Record<string, string>, service: "ASANA" | "HUBSPOT", user: string): string {
  const [id = "", secret = ""] = [env[`${service}_CLIENT_ID`], env[`${service}_CLIENT_SECRET`]];
  const redirectUri = "http://127.0.0.1/callback";
  const asking = book.asked({ client_id: id, redirect_uri: redirectUri, state: "s" });
  const code = new URL(book.allow(asking, user)).searchParams.get("code") ?? "";
  const form = {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    client_id: id,
    client_secret: secret,
  };
  return book.token(form).accessToken;
}

const as = (accessToken: string) => ({ [CREDENTIAL_META]: { accessToken } });

describe("Asana", () => {
  let house: AsanaHouse | undefined;
  afterEach(() => house?.close());

  it("is asked as the person, of whose private projects nobody else ever hears", async () => {
    house = await openAsanaHouse({
      arrange: (world) => {
        const gid = world.work.users.find(({ email }) => email === maya)?.gid ?? "";
        for (const project of world.work.projects.slice(0, 1)) {
          Object.assign(project, { name: "Only Maya's", isPrivate: true, memberGids: [gid] });
        }
      },
    });
    const { asana, call, board } = house;
    const names = async (meta?: object): Promise<string> => textOf(await call("list_projects", {}, { meta }));
    const token = tokenOf(asana.book, asana.env, "ASANA", maya);
    expect(await names(as(token))).toContain("Only Maya's");
    expect(await names()).not.toContain("Only Maya's");
    expect(await names(as(tokenOf(asana.book, asana.env, "ASANA", zoe)))).not.toContain("Only Maya's");
    expect(await names(as(token))).toContain("Only Maya's");
    const made = await call("create_task", { name: "By Maya", project: "Only Maya's" }, { meta: as(token) });
    expect(textOf(made)).toContain("By Maya");
    const task = asana.store.tasks.find(({ name }) => name === "By Maya");
    expect(asana.store.user(task?.createdByGid ?? "")?.email).toBe(maya);
    expect(board.requests("asana").at(-1)?.headers["authorization"]).toBe(`Bearer ${token}`);
  });

  it("says whose access was refused and what renews it, and quotes none of it", async () => {
    house = await openAsanaHouse();
    const refused = textOf(await house.call("list_projects", {}, { meta: as("revoked-token-0815") }));
    expect(refused).toContain("`/sophia connect asana` renews it");
    expect(refused).not.toMatch(/ASANA_ACCESS_TOKEN|revoked-token/);
    expect(house.errors).toEqual([]);
  });
});

describe("HubSpot", () => {
  it("is written to as the person", async () => {
    const { hubspot, ask, call } = await connectHubSpot();
    const [deal] = hubspot.store.all("deals");
    const token = tokenOf(hubspot.book, hubspot.env, "HUBSPOT", zoe);
    const update = { deal_id: deal?.id, name: "Renamed by Zoe" };
    await ask("update_deal", update, as(token));
    const byZoe = hubspot.store.changes.filter(({ by }) => by === zoe);
    expect(byZoe).toMatchObject([{ kind: "propertyChange", field: "dealname", after: "Renamed by Zoe" }]);
    await ask("update_deal", { ...update, name: "Renamed by Sophia" });
    expect(hubspot.store.changes.at(-1)?.by).toBe("api");
    const refused = textOf(await call("list_owners", {}, as("revoked-token-0815")));
    expect(refused).toContain("`/sophia connect hubspot` renews it");
    expect(refused).not.toMatch(/HUBSPOT_API_KEY|revoked-token/);
  });
});

it("keeps the clients of those who asked last, each with its own caches, and no secret as a key", () => {
  const made: string[] = [];
  const clientOf = personalClients(({ accessToken }) => ({ number: made.push(accessToken) }), 2);
  const of = (accessToken: string): number => clientOf({ accessToken }).number;
  expect([of("a"), of("b"), of("a"), of("c"), of("a"), of("b")]).toEqual([1, 2, 1, 3, 1, 4]);
  expect(made).toEqual(["a", "b", "c", "b"]);
});
