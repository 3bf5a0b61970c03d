import { expect, it } from "vitest";
import type { Person } from "../../../src/slack/people.ts";
import { createMayAsk } from "../../../src/slack/may-ask.ts";

const member = { userId: "U1", standing: "member", groups: ["@sales"] } as unknown as Person;
const asked: string[] = [];
const mayAsk = (people: string[] | undefined, person: Partial<Person>, isKnown = true) =>
  createMayAsk(
    {
      find: async (userId) => {
        asked.push(userId);
        return { ...member, ...person };
      },
      knowsGroups: () => isKnown,
    },
    { sophia: people ? { people } : {} },
  )("U1");

it.each([
  [["@sales"], {}, true, true],
  [["@finance"], {}, true, false],
  [["@finance"], { standing: "nobody" }, true, false],
  [["@finance"], { standing: "unknown" }, true, undefined],
  [["@finance"], {}, false, undefined],
  [["U1"], { standing: "unknown" }, false, true],
] as const)("where %j may ask, %j may, with groups known (%s): %s", async (people, person, isKnown, expected) => {
  expect(await mayAsk([...people], person, isKnown)).toBe(expected);
});

it("looks nobody up where everybody may ask", async () => {
  asked.length = 0;
  expect(await mayAsk(undefined, { standing: "nobody" })).toBe(true);
  expect(asked).toEqual([]);
});
