import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { createWorld } from "../sandbox/world/create-world.ts";
import { commands } from "../src/slack/listeners/command.ts";
import { actions, command, events, furtherScopes, methods, shortcuts } from "../src/slack/surface.ts";
import { contract, contractsPresent } from "./support/slack-stand-in.ts";

const root = resolve(import.meta.dirname, "..");

interface Manifest {
  features: {
    agent_view: { suggested_prompts: { title: string; message: string }[] };
    slash_commands: { command: string; usage_hint: string }[];
    shortcuts: { type: string; callback_id: string }[];
  };
  oauth_config: { scopes: { bot: string[] } };
  settings: { event_subscriptions: { bot_events: string[] }; interactivity: { is_enabled: boolean } };
}

const manifest = JSON.parse(readFileSync(resolve(root, "manifest.json"), "utf8")) as Manifest;

/** The whole of src/slack, as text. */
const source = readdirSync(resolve(root, "src/slack"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith("surface.ts"))
  .map((file) => readFileSync(resolve(root, "src/slack", file), "utf8"))
  .join("\n");

if (!contractsPresent)
  console.warn("NOT RUN: ../shared/contracts/slack is absent; the manifest is not checked against Slack's schema");

describe("manifest.json", () => {
  it.runIf(contractsPresent).for(["1.0.0", "2.0.0"])("follows Slack's schema %s", (version) => {
    const schema = contract(`manifest.schema.${version}.json`) as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(manifest);
    expect(validate.errors).toBeNull();
  });

  it("subscribes to the events and offers the command and buttons that the code listens to", () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual([...events]);
    expect(manifest.features.slash_commands.map((entry) => entry.command)).toEqual([command]);
    expect(manifest.features.shortcuts.map((entry) => entry.callback_id)).toEqual(Object.values(shortcuts));
    expect(manifest.features.shortcuts.every(({ type }) => type === "message")).toBe(true);
    expect(manifest.settings.interactivity.is_enabled).toBe(Object.keys(actions).length > 0);
  });

  it("suggests nothing that only the sandbox's world could answer", () => {
    const { accounts, people } = createWorld({ now: Date.parse("2026-11-20T12:00:00Z") });
    const names = [...accounts, ...people].map(({ name }) => name.split(" ")[0]?.toLowerCase());
    const said = JSON.stringify(manifest.features.agent_view.suggested_prompts)
      .toLowerCase()
      .split(/[^a-z]+/);
    expect(said.filter((word) => names.includes(word))).toEqual([]);
  });

  it("hints at every word of the command", () => {
    const hint = manifest.features.slash_commands[0]?.usage_hint ?? "";
    const verbs = hint.split(" | ").map((form) => form.split(" ")[0]);
    expect(verbs).toEqual([...commands.map(({ verb }) => verb), "help"]);
  });

  it("names in surface.ts nothing that the code does not use, and nothing else is used", () => {
    for (const method of methods) expect(source, method).toContain(`"${method}"`);
    for (const event of new Set(events.map((name) => name.split(".")[0])))
      expect(source).toContain(`app.event("${event}"`);
    const listened = [...source.matchAll(/app\.event\("(\w+)"/g)].map((match) => match[1]);
    for (const event of listened) expect(events.map((name) => name.split(".")[0])).toContain(event);
  });

  it.runIf(contractsPresent)("asks for the scopes that its methods and events need, and for no other", () => {
    const asked = new Set(manifest.oauth_config.scopes.bot);
    const justified = new Set<string>(Object.keys(furtherScopes));
    for (const method of methods) {
      const { scope } = contract(`methods/${method}.json`) as { scope?: { bot?: string[] } };
      const anyOf = scope?.bot ?? [];
      for (const name of anyOf) justified.add(name);
      expect(
        anyOf.length === 0 || anyOf.some((name) => asked.has(name)),
        `${method} needs one of ${anyOf.join(", ")}`,
      ).toBe(true);
    }
    const published = contract("events.json") as { name: string; scopes?: string[] }[];
    for (const event of events) {
      // The list writes this one scope with a dot.
      const scopes = published
        .find((entry) => entry.name === event)
        ?.scopes?.map((name) => name.replace(".read", ":read"));
      expect(scopes, event).toBeDefined();
      for (const name of scopes ?? []) {
        justified.add(name);
        expect(asked, `${event} needs ${name}`).toContain(name);
      }
    }
    for (const name of Object.keys(furtherScopes)) expect(asked).toContain(name);
    for (const name of asked) expect(justified, `${name} is asked for but not needed`).toContain(name);
  });
});
