import { describe, expect, it } from "vitest";
import { namesChannel, namesPerson } from "../../../../mcp-servers/slack/confinement.ts";
import type { Person } from "../../../../mcp-servers/slack/people.ts";

const person = (id: string, name: string, handle: string, standing: Person["standing"] = "member"): Person => {
  return { id, name, handle, email: `${handle}@payready.example`, title: null, timeZone: null, standing };
};
const zoe = person("U1", "Zoë Lindqvist", "zlind");
const mark = person("U2", "Mark Hart", "mark");
const people = [zoe, mark, person("U3", "Oliver Hart", "oliver"), person("U4", "Mark Bott", "botty", "bot")];

describe("a person", () => {
  it.each([
    "Tell Zoë",
    "tell @zoë please",
    "ask ZOË LINDQVIST.",
    "ask @Zoë  Lindqvist, now",
    "is it Zoë's?",
    "send it to zlind@payready.example.",
    "cc @zlind",
    "(zlind)",
    "Zoe\u0308 knows",
  ])("is named by %j", (question) => {
    expect(namesPerson(question, zoe, people)).toBe(true);
  });

  it.each([
    "What did the customer say?",
    "Zoëlle said so",
    "the Zoë-Marie deal",
    "write to zoë@elsewhere.example",
    "write to xzlind@payready.example",
    "see https://elsewhere.example/zoë or elsewhere.zoë.example",
    "post it in #zoë",
    "zlind@payready.example.elsewhere.example",
    "send it to a@zlind",
    "",
  ])("is not named by %j", (question) => {
    expect(namesPerson(question, zoe, people)).toBe(false);
  });

  it("is not named by a first name that others have, nor by a handle that is like one", () => {
    const other = person("U5", "Mark Abara", "abara");
    expect(namesPerson("tell Mark", mark, people)).toBe(true);
    const both = [...people, other];
    expect(namesPerson("tell Mark", mark, both)).toBe(false);
    expect(namesPerson("tell Mark", other, both)).toBe(false);
    expect(namesPerson("tell @mark", mark, both)).toBe(true);
    expect(namesPerson("tell Mark Hart", mark, both)).toBe(true);
    expect(namesPerson("tell Mark Hart", other, both)).toBe(false);
    expect(namesPerson("tell Mark", mark, [...people, { ...other, standing: "gone" }])).toBe(true);
  });
});

describe("a channel", () => {
  const channel = { id: "C07SALES001", name: "deal-desk" };

  it.each([
    "post it in #deal-desk",
    "(#Deal-Desk)",
    "#deal-desk: the offer",
    "in C07SALES001",
    "in https://payready.slack.com/archives/c07sales001/p1763485200000100",
  ])("is named by %j", (question) => {
    expect(namesChannel(question, channel)).toBe(true);
  });

  it.each([
    "post it in deal-desk",
    "post it in #deal-desk-emea",
    "post it in #deal",
    "see https://elsewhere.example/page#deal-desk",
    "C07SALES0011",
    "What did they say?",
  ])("is not named by %j", (question) => {
    expect(namesChannel(question, channel)).toBe(false);
  });

  it("without a name is not named by a bare #", () => {
    expect(namesChannel("# of deals?", { id: "", name: null })).toBe(false);
  });
});
