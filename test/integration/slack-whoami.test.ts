import { afterEach, beforeEach, expect, it } from "vitest";
import type { LookingUp, WhoIsWho } from "../../src/accounts/who-is-who.ts";
import { startSophia, type Sophia } from "../support/slack-sophia.ts";
import { MAYA, OLIVER, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;
let asked: { email: string; asker: LookingUp }[];

/** Maya is known to Asana by another address. */
const whoIsWho: WhoIsWho = {
  find: async (_service, email, asker) => {
    asked.push({ email, asker });
    return email === "m.lindqvist@old.example" ? { state: "found", name: "Maya <L>" } : { state: "absent" };
  },
};

beforeEach(async () => {
  asked = [];
  slack = await startTestSlack();
  sophia = await startSophia(slack, "socket", { admins: ["oliver@payready.example"], accounts: { whoIsWho } });
});

afterEach(async () => {
  await sophia.close();
  await slack.close();
});

/** What a person is told of a command, by them alone. */
async function say(user: string, text: string): Promise<string> {
  const seen = () => slack.store.messages(SALES, { viewer: user }).filter(({ ephemeralFor }) => ephemeralFor === user);
  const before = seen().length;
  const outcome = await slack.store.command({ user, channel: SALES, command: "/sophia", text });
  expect(outcome.ok).toBe(true);
  const told = await slack.store.waitFor(() => seen()[before], 3_000);
  return told.text;
}

it("shows who somebody is, and corrects it", async () => {
  const before = await say(MAYA, "whoami");
  expect(before.split("\n").slice(0, 3)).toEqual([
    "*Maya Lindqvist*, maya@payready.example",
    "Groups: @sales",
    "Roles: sophia",
  ]);
  expect(before).toContain("Asana: nobody there has the address maya@payready.example");
  expect(before).not.toContain("HubSpot");
  expect(await say(MAYA, "whoami asana M.Lindqvist@old.example")).toBe(
    "Asana is asked for m.lindqvist@old.example from now on.",
  );
  expect(await say(MAYA, "whoami")).toContain("Asana: Maya &lt;L&gt; (m.lindqvist@old.example)");
  expect(asked.every(({ asker }) => asker.userId === MAYA && asker.email === "maya@payready.example")).toBe(true);
  expect(await say(MAYA, "whoami asana clear")).toContain("the address of the Slack profile again");
  expect(await say(MAYA, "whoami asana clear")).toContain("Nothing was set for Asana");
});

it.for(["whoami asana", "whoami salesforce m@x.example", "whoami asana m@x", "whoami asana a@b.example c@d.example"])(
  "says how it is said where it is not understood: %s",
  async (text) => expect(await say(MAYA, text)).toMatch(/^Say `\/sophia whoami` to see who you are/),
);

it("lets nobody but an admin take a colleague's address, set one at Gong, or speak for others", async () => {
  expect(await say(MAYA, "whoami hubspot oliver@payready.example")).toContain("belongs to somebody else here");
  expect(await say(MAYA, "whoami gong maya@payready.example")).toContain("only an admin can set it");
  const forOthers = "Only an admin can do that for others. Ask whoever runs me.";
  expect(await say(MAYA, "whoami @oliver hubspot m@old.example")).toBe(forOthers);
  expect(await say(MAYA, "whoami @oliver")).toBe(forOthers);
  expect(await say(OLIVER, "whoami @maya gong oliver@payready.example")).toContain("Gong is asked for oliver@payready");
  expect(await say(OLIVER, "whoami @maya")).toContain("Maya Lindqvist");
});

it("takes no address while Slack does not say whose it is", async () => {
  slack.board.addFault({ service: "slack", path: "users.lookupByEmail", status: 503 });
  expect(await say(MAYA, "whoami asana oliver@payready.example")).toContain("Slack does not tell me just now");
  expect(await say(MAYA, "whoami asana oliver@payready.example")).toContain("belongs to somebody else");
});

it("tells a guest nothing", async () => {
  slack.store.setStanding(MAYA, "guest");
  expect(await say(MAYA, "whoami")).toContain("you are a guest here");
  expect(asked).toEqual([]);
});
