/** Each request that our Slack server sends, beside what Slack publishes of the method, and beside manifest.json. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { perMinute } from "../../mcp-servers/slack/methods.ts";
import { oliver, openSlackHouse } from "../support/slack-house.ts";
import { contract, contractsPresent } from "../support/slack-stand-in.ts";

interface Description {
  http_method: string;
  args: { required?: string[]; properties: Record<string, { type?: string; anyOf?: { type: string }[] }> };
  scope?: { bot?: string[] };
  rate_limits: string;
}

if (!contractsPresent) process.stderr.write("NOT RUN: ../shared/contracts/slack is not on this machine\n");

const published = (method: string) => contract(`methods/${method}.json`) as Description;
const tiers: Record<string, number> = { t1: 1, t2: 20, t3: 50, t4: 100, t5: 100 };
/** Slack's documents name it, the published description does not. */
const further = new Set(["client_msg_id"]);

const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../manifest.json"), "utf8"));

describe.skipIf(!contractsPresent)("the requests of our Slack server", () => {
  it("have the arguments that Slack publishes, and need the scopes of manifest.json and no others", async () => {
    const house = await openSlackHouse();
    try {
      const root = house.store.send({ user: "oliver", channel: "sales", text: "@maya see #general" });
      house.store.send({ user: "maya", channel: "sales", text: "yes <@U0ELSEWHERE>", threadTs: root.ts });
      await house.ask("find_channel", { query: "sales" });
      await house.ask("find_user", { query: "oliver" });
      await house.ask("read_channel", { channel: "sales", from_date: "2026-09-01", to_date: "2026-09-30", limit: 1 });
      await house.ask("read_thread", { channel: "sales", thread_ts: root.ts });
      await house.ask("send_message", { channel: oliver, text: "Hi" });
      const { message } = await house.ask("send_message", { channel: "sales", text: "Hi", thread_ts: root.ts });
      await house.ask("update_message", { message: message.url, text: "Hello" });
      await house.ask("add_reaction", { channel: "sales", message: root.ts, name: "eyes" });
      house.board.addFault({ service: "slack", path: "chat.scheduleMessage", drop: "after" });
      await house.ask("schedule_message", { channel: "sales", text: "Later", post_at: "2026-09-15T09:00:00Z" });
      const members = { channel: "sales", text: "x" };
      await house.preview("send_message", members);

      const requests = house.requests();
      for (const { call, form, status } of requests) {
        const [http, method = ""] = call.split(" ");
        const { args, scope } = published(method);
        expect([call, http, status]).toEqual([call, "POST", 200]);
        const known = new Set([...Object.keys(args.properties), ...further]);
        expect([call, Object.keys(form).filter((name) => !known.has(name))]).toEqual([call, []]);
        for (const name of args.required ?? []) if (name !== "token") expect(form, call).toHaveProperty(name);
        for (const [name, value] of Object.entries(form)) checkType(`${call} ${name}`, value, args.properties[name]);
        const anyOf = scope?.bot ?? [];
        const granted: string[] = manifest.oauth_config.scopes.bot;
        expect(anyOf.length === 0 || anyOf.some((name) => granted.includes(name)), call).toBe(true);
      }
      const called = new Set(requests.map(({ call }) => call.replace("POST ", "")));
      expect([...called].toSorted()).toEqual(Object.keys(perMinute).toSorted());
    } finally {
      await house.close();
    }
  });

  it.each(Object.entries(perMinute))("%s is called within Slack's tier", (method, requests) => {
    expect(requests).toBeLessThanOrEqual(tiers[published(method).rate_limits] ?? 0);
  });
});

function checkType(at: string, value: string, described: { type?: string; anyOf?: { type: string }[] } = {}): void {
  const types = described.type ? [described.type] : (described.anyOf ?? []).map(({ type }) => type);
  if (types.includes("boolean") && types.length === 1) expect(["true", "false"], at).toContain(value);
  if (types.includes("integer") || types.includes("number")) expect(value, at).toMatch(/^\d+$/);
}
