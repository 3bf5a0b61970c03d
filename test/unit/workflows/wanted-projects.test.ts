import { expect, it } from "vitest";
import { wantedProjects } from "../../../src/workflows/notices/wanted-projects.ts";
import type { Route } from "../../../src/workflows/routes.ts";

const route = (projects: string[] | undefined, more: Partial<Route> = {}): Route => ({
  id: "r",
  number: "1",
  what: "tasks",
  channel: "C1",
  where: { projects },
  origin: "person",
  ...more,
});
const wanted = (...all: Route[]) => wantedProjects({ all: async () => all });

it("are those of routes that are followed, or may be once Slack answers, or are muted", async () => {
  const found = await wanted(
    route(["Renewals"]),
    route(["Theirs"], { problem: "maker" }),
    route(["Shared"], { problem: "shared" }),
    route(["Archived"], { problem: "archived" }),
    route(["Follow-ups"], { problem: "away" }),
    route(["Muted"], { mutedUntil: new Date(8.64e15) }),
    route(undefined, { what: "deals" }),
  );
  expect(found).toEqual({ named: ["Renewals", "Follow-ups", "Muted"], andOthers: false });
});

it("are all where a followed route names none", async () => {
  expect(await wanted(route(undefined, { problem: "not_in" }))).toEqual({ named: [], andOthers: false });
  expect(await wanted(route(undefined), route(["Renewals"]))).toEqual({ named: ["Renewals"], andOthers: true });
});
