/** Names into ids: owners, pipelines, stages, and the account's own properties. */

import { describe, expect, it } from "vitest";
import type { PropertyDefinition } from "../../../../mcp-servers/hubspot/answers.ts";
import { asHtml, asText } from "../../../../mcp-servers/hubspot/html.ts";
import { totals } from "../../../../mcp-servers/hubspot/money.ts";
import { findOwner, type Owner } from "../../../../mcp-servers/hubspot/owners.ts";
import { findPipeline, findStage, findStages, toPipelines } from "../../../../mcp-servers/hubspot/pipelines.ts";
import { checkProperties, type GivenProperties } from "../../../../mcp-servers/hubspot/properties.ts";

const owner = (id: string, name: string, email: string | null): Owner => ({
  id,
  userId: null,
  name,
  email,
  active: true,
  teams: [],
});
const owners = [
  owner("1", "Dana Fox", "dana@ours.example"),
  owner("2", "Dana Vale", "dana.vale@ours.example"),
  owner("3", "Jo Émile", null),
];

describe("findOwner", () => {
  it.each([
    ["DANA@ours.example", "1"],
    ["dana fox", "1"],
    ["vale", "2"],
    ["emile", "3"],
    ["2", "2"],
    ["Me", "1"],
  ])("%s is %s", (who, id) => {
    expect(findOwner(who, owners, { email: "Dana@ours.example", audience: "private" }).id).toBe(id);
  });

  it.each([
    ["dana", "fits several people: Dana Fox <dana@ours.example>, Dana Vale <dana.vale@ours.example>"],
    ["Dana Foxx", 'did you mean "Dana Fox"?'],
    ["dan@ours.example", 'did you mean "dana@ours.example"?'],
    ["Zoltan Quux the Third", "list_owners"],
    ["me", "It is not known who asks"],
  ])("asks back for %s", (who, words) => {
    expect(() => findOwner(who, owners, undefined)).toThrow(words);
  });

  it("says that an asker is no user of HubSpot", () => {
    const caller = { email: "guest@ours.example", audience: "channel" } as const;
    expect(() => findOwner("me", owners, caller)).toThrow("guest@ours.example is no HubSpot user");
  });
});

const stage = (id: string, label: string, isClosed: string, probability: string, displayOrder = 0) => ({
  id,
  label,
  displayOrder,
  metadata: { isClosed, probability },
});
const pipelines = toPipelines([
  {
    id: "b",
    label: "Renewals",
    displayOrder: 1,
    stages: [stage("9", "Won", "true", "1.0"), stage("8", "Talk", "false", "0.2", -1)],
  },
  {
    id: "a",
    label: "New",
    displayOrder: 0,
    stages: [stage("1", "Talk", "false", "0.1"), stage("2", "Won", "true", "1.0"), stage("3", "Lost", "true", "0.0")],
  },
]);

describe("pipelines", () => {
  it("stand in their order, their stages open, won or lost", () => {
    expect(pipelines.map(({ name, stages }) => [name, stages.map(({ id, status }) => `${id} ${status}`)])).toEqual([
      ["New", ["1 open", "2 won", "3 lost"]],
      ["Renewals", ["8 open", "9 won"]],
    ]);
  });

  it("are found by id or name, stages in each pipeline or in one", () => {
    expect(findPipeline("renewals", pipelines).id).toBe("b");
    expect(findStages("won", pipelines).map(({ id }) => id)).toEqual(["2", "9"]);
    expect(findStage("WON", findPipeline("b", pipelines)).id).toBe("9");
    expect(findStages("3", pipelines).map(({ name }) => name)).toEqual(["Lost"]);
  });

  it("tell the nearest name, or all", () => {
    expect(() => findPipeline("Renewal", pipelines)).toThrow('did you mean "Renewals"?');
    expect(() => findStage("Lost", findPipeline("b", pipelines))).toThrow("there are: Talk, Won.");
  });
});

const definition = (name: string, type: string, more: Partial<PropertyDefinition> = {}): PropertyDefinition => ({
  name,
  label: name.replaceAll("_", " "),
  type,
  fieldType: undefined,
  calculated: false,
  options: undefined,
  modificationMetadata: undefined,
  ...more,
});
const options = [
  { value: "customer", label: "Paying customer", hidden: false },
  { value: "lead", label: "Lead", hidden: false },
];
const definitions = [
  definition("closed_lost_reason", "string"),
  definition("units", "number"),
  definition("is_pilot", "bool"),
  definition("go_live", "date"),
  definition("next_call", "datetime"),
  definition("stage", "enumeration", { options }),
  definition("kinds", "enumeration", { options, fieldType: "checkbox" }),
  definition("score", "number", { calculated: true }),
  definition("set_by_hubspot", "string", { modificationMetadata: { readOnlyValue: true } }),
];

describe("checkProperties", () => {
  it.each<[GivenProperties, string]>([
    [{ closed_lost_reason: "Price" }, "Price"],
    [{ closed_lost_reason: null }, ""],
    [{ units: 1200.5 }, "1200.5"],
    [{ units: "1e3" }, "1000"],
    [{ is_pilot: true }, "true"],
    [{ go_live: "2026-12-31" }, "2026-12-31"],
    [{ next_call: "2026-12-31T09:00:00-06:00" }, "2026-12-31T15:00:00.000Z"],
    [{ stage: "paying customer" }, "customer"],
    [{ kinds: "Lead; customer" }, "lead;customer"],
  ])("takes %j as %j", (given, value) => {
    expect(checkProperties(given, definitions).map((wish) => wish.value)).toEqual([value]);
  });

  it.each<[GivenProperties, string]>([
    [{ closd_lost_reason: "x" }, 'did you mean "closed_lost_reason"?'],
    [{ "Closed Lost Reason": "x" }, 'did you mean "closed_lost_reason"?'],
    [{ entirely_else_where: "x" }, "give its internal name"],
    [{ units: "many" }, "properties.units must be a number"],
    [{ is_pilot: "maybe" }, "must be true or false"],
    [{ go_live: "2026-02-30" }, "properties.go_live"],
    [{ next_call: "2026-12-31" }, "offset"],
    [{ stage: "custmer" }, 'did you mean "customer"?'],
    [{ stage: "zzzzzzzzzz" }, "it takes customer, lead."],
    [{ score: 1 }, "cannot be changed"],
    [{ set_by_hubspot: "x" }, "cannot be changed"],
  ])("refuses %j", (given, words) => {
    expect(() => checkProperties(given, definitions)).toThrow(words);
  });
});

describe("bodies and sums", () => {
  it("turns text into HTML and back", () => {
    const text = 'a <b> & "c"\n\nd';
    expect(asHtml(text)).toBe('a &lt;b&gt; &amp; "c"<br><br>d');
    expect(asText(asHtml(text))).toBe(text);
    expect(asText("<div style='x'>One</div><ul><li>Two&nbsp;&#39;s</li></ul>")).toBe("One\nTwo 's");
    // Must not take the square of its length.
    expect(asText("<".repeat(65_536))).toHaveLength(65_536);
  });

  it("adds up each currency by itself, exactly", () => {
    const amount = (value: number, currency: string) => ({ amount: { amount: value, currency } });
    const deals = [amount(0.1, "USD"), amount(0.2, "USD"), amount(5, "EUR"), { amount: null }];
    expect(totals(deals)).toEqual([
      { amount: 5, currency: "EUR" },
      { amount: 0.3, currency: "USD" },
    ]);
  });
});
