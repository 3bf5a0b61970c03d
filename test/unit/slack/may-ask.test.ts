import { expect, it } from "vitest";
import { createMayAsk, createMayKeep, type Gate } from "../../../src/slack/may-ask.ts";
import type { People, Person } from "../../../src/slack/people.ts";

const member = { userId: "U1", standing: "member", groups: ["@sales"] } as unknown as Person;
const asked: string[] = [];

function gate(named: readonly string[] | undefined, person: Partial<Person>, isKnown = true) {
  const find = async (userId: string): Promise<Person> => {
    asked.push(userId);
    return { ...member, ...person };
  };
  const people: Pick<People, "find" | "knowsGroups"> = { find, knowsGroups: () => isKnown };
  const roles: Gate["roles"] = { sophia: named ? { people: named } : {} };
  return { people, roles, guests: "refuse" as const };
}

it.each([
  [["@sales"], {}, true, undefined, true],
  [["@finance"], {}, true, "role", false],
  [["@finance"], {}, false, "groups_unknown", undefined],
  [["@sales"], { standing: "guest" }, true, "guest", false],
  [["U1"], { standing: "nobody" }, true, "nobody", false],
  [["U1"], { standing: "unknown" }, true, "unknown", undefined],
  [undefined, { standing: "guest" }, true, "guest", true],
] as const)(
  "where %j may ask, %j with groups known (%s) may not for: %s; what they made is kept: %s",
  async (...row) => {
    const [named, person, isKnown, reason, isKept] = row;
    expect(await createMayAsk(gate(named, person, isKnown))("U1")).toBe(reason);
    expect(await createMayKeep(gate(named, person, isKnown))("U1")).toBe(isKept);
  },
);

it("looks nobody up for what was made where everybody may ask", async () => {
  asked.length = 0;
  expect(await createMayKeep(gate(undefined, { standing: "nobody" }))("U1")).toBe(true);
  expect(asked).toEqual([]);
});
