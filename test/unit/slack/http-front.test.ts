import { afterEach, expect, it } from "vitest";
import { createCallbackPages } from "../../../src/accounts/callback.ts";
import type { ComingBack, Ending } from "../../../src/accounts/connecting.ts";
import { createHttpFront, type HttpFront } from "../../../src/slack/http-front.ts";
import { quiet } from "../../support/slack-sophia.ts";

let front: HttpFront | undefined;
afterEach(() => front?.stop());

/** The pages as a process serves them beside Slack's own route. */
async function serve(finish: (service: string, answer: ComingBack) => Promise<Ending>): Promise<string> {
  const routes = { "/slack/events": () => Promise.reject(new Error("not used")) };
  const pages = createCallbackPages({ finish });
  front = createHttpFront({ port: 0, host: "127.0.0.1", logger: quiet, routes, pages, readiness: () => ({}) });
  return `http://127.0.0.1:${await front.start()}/oauth/callback`;
}

it.for([
  ["connected", 200],
  ["unknown", 400],
  ["declined", 400],
  ["other_account", 400],
  ["failed", 400],
] as const)("answers a browser that comes back with words of ours alone: %s", async ([ending, status]) => {
  const asked: unknown[] = [];
  const url = await serve(async (service, answer) => {
    asked.push([service, answer]);
    return ending;
  });
  const answer = await fetch(`${url}/hubspot?state=s-4711&code=c-4711&error_description=e-4711`);
  expect(answer.status).toBe(status);
  expect(await answer.text()).not.toContain("4711");
  expect(asked).toEqual([["hubspot", { state: "s-4711", code: "c-4711" }]]);
});

it.for([
  ["POST", "/asana?state=s&code=c", 405],
  ["GET", "/gong?state=s&code=c", 404],
  ["GET", "/toString", 404],
  ["GET", "", 404],
] as const)("has no other way in: %s %s", async ([method, path, status]) => {
  const url = await serve(() => Promise.reject(new Error("must not be asked")));
  expect((await fetch(`${url}${path}`, { method })).status).toBe(status);
});

it("says nothing of an error of its own", async () => {
  const url = await serve(() => Promise.reject(new Error("the database is away: secret-4711")));
  const answer = await fetch(`${url}/asana?state=s&code=c`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).toBe("");
});
