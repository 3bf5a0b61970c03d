import asana from "asana";
import { expect } from "vitest";
import { type AsanaOptions, type AsanaStore, startAsana } from "../../sandbox/asana/start-asana.ts";
import { createSandboxClock, type RequestRecord, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import type { World } from "../../sandbox/world/types.ts";
import type { Contract } from "./openapi.ts";

const NOW = Date.parse("2026-11-18T16:00:00Z");
/** Read-only: each stand-in works on a copy. */
export const world: World = createWorld({ seed: 1, now: NOW });

export interface StartedAsana extends ServiceStandIn<AsanaStore> {
  board: Switchboard;
  now: number;
  client: InstanceType<typeof asana.ApiClient>;
  /** Gids by name. */
  gid: Record<"workspace" | "followUps" | "onboarding" | "operations" | "dealDesk", string>;
  user(handle: string): string;
  /** What comes back over HTTP as it is. */
  request(method: string, path: string, data?: unknown): Promise<{ status: number; headers: Headers; body: any }>;
}

/** The stand-in without limits and without a search that lags, unless told. */
export async function startTestAsana(options: Partial<AsanaOptions> = {}): Promise<StartedAsana> {
  const board = new Switchboard(createSandboxClock(NOW));
  const started = await startAsana({ world, board, rateLimitPerMinute: 0, searchLag: [0, 0], ...options });
  const { ASANA_BASE_URL: base = "", ASANA_ACCESS_TOKEN: token = "" } = started.env;
  const client = new asana.ApiClient();
  client.basePath = base;
  client.authentications = { token: { type: "personalAccessToken", accessToken: token } };
  client.RETURN_COLLECTION = false;
  const project = (name: string): string => world.work.projects.find((p) => p.name === name)?.gid ?? "";
  const gid = {
    workspace: world.work.workspace.gid,
    followUps: project("Deal follow-ups"),
    onboarding: project("Customer onboarding"),
    operations: project("Sales operations"),
    dealDesk: project("Deal desk"),
  };
  return {
    ...started,
    board,
    now: NOW,
    client,
    gid,
    user: (handle) => started.store.user(handle)?.gid ?? "",
    request: async (method, path, data) => {
      const response = await fetch(base + path, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(data === undefined ? {} : { body: typeof data === "string" ? data : JSON.stringify({ data }) }),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
  };
}

/**
 * Sets the stand-in back after a test, and fails where an answer that it gave is not as published. The answer: what was
 * asked of it.
 */
export async function setBack(stand: StartedAsana, contract: Contract | undefined): Promise<RequestRecord[]> {
  await expect.poll(() => stand.board.requests("asana").every((record) => record.response)).toBe(true);
  const records = stand.board.requests("asana");
  stand.reset();
  stand.board.reset();
  stand.board.clock.set(stand.now);
  expect(records.flatMap((record) => contract?.answerProblems(record) ?? [])).toEqual([]);
  return records;
}

/** What the SDK rejects with. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ status: number; message: string; retryAfter?: string }> {
  const error = (await call.then(
    () => ({ status: 0, response: { headers: {}, body: { errors: [{ message: "was not refused" }] } } }),
    (reason: unknown) => reason,
  )) as { status: number; response: { headers: Record<string, string>; body: { errors: { message: string }[] } } };
  const retryAfter = error.response.headers["retry-after"];
  return {
    status: error.status,
    message: error.response.body.errors[0]?.message ?? "",
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
