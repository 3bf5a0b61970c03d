import { describe, expect, it } from "vitest";
import type { Message } from "../../../../sandbox/claude/wire.ts";
import { deals, friday, inputsOf, tools } from "./scripted-services.ts";
import { ask, converse, Failure, Text } from "./scripted-thread.ts";

describe("a write", () => {
  const question = "create a task for the Acme follow-up due Friday";

  it("is announced, made, and told with the result's own link", () => {
    const thread: Message[] = [];
    const { text, steps } = converse(thread, question, tools, { asked: [friday] });
    expect(inputsOf(steps, "asana__create_task")).toEqual([
      { name: "Acme follow-up", project: "7", assignee: "me", due_on: "2026-11-27" },
    ]);
    const said = thread
      .flatMap(({ role, content }) => (role === "assistant" && Array.isArray(content) ? content : []))
      .find(({ type }) => type === "text");
    expect(said?.text).toBe(
      "I would create this task in Asana: **Acme follow-up**, in the project Deal follow-ups, for you, due Fri 27 Nov 2026.",
    );
    expect(text).toContain(
      "Done: I created [Call Acme](https://tasks.example/5) (due 27 Nov 2026, Deal follow-ups), assigned to Sam Ortiz.",
    );
  });

  it.each([
    [
      "Not done: it was denied.\nDo not try asana__create_task with this again; say that it is not done.",
      "The task was not created: you did not approve it.",
    ],
    [
      "Not done: nobody decided in time.\nSay so of asana__create_task; it can be asked for again.",
      "The task was not created: nobody approved it in time.",
    ],
    [
      "The request is at fault: project: Asana has no project. Look it up with list_projects.",
      "The task was not created: Asana has no project.",
    ],
    [
      "Asana gave no answer, so that it is not known whether this was carried out. Look at the project. Calling again unchanged will not help.",
      "I do not know whether it was done: Asana gave no answer",
    ],
  ])("that was not made is said not to be: %s", (failure, words) => {
    const { text } = ask(question, { ...tools, asana__create_task: () => new Failure(failure) }, { asked: [friday] });
    expect(text).toContain(words);
    expect(text).not.toMatch(/Done|_task/);
  });

  it("with a day that can be read in two ways waits for the answer", () => {
    const readings = [friday, { ...friday, days: "Fri 4 Dec 2026" }];
    const thread: Message[] = [];
    const asked = converse(thread, question, tools, { ambiguous: [{ phrase: "due Friday", readings }] });
    expect(asked.steps).toEqual([]);
    expect(asked.text).toContain("Which do you mean?");
    const reply = converse(thread, "Nov 27", tools, { asked: [{ ...friday, phrase: "Nov 27" }] });
    expect(inputsOf(reply.steps, "asana__create_task")).toMatchObject([
      { name: "Acme follow-up", due_on: "2026-11-27" },
    ]);
  });

  it.each([
    ["create a task for Daniel to call Acme", { name: "Call Acme", assignee: "Daniel" }],
    [
      "Please add a task: send the contract, assigned to Zoë Müller",
      { name: "Send the contract", assignee: "Zoë Müller" },
    ],
    ["create a task to review the terms in the Deal follow-ups project", { name: "Review the terms", project: "7" }],
  ])("%s", (words, input) => {
    expect(inputsOf(ask(words, tools).steps, "asana__create_task")).toMatchObject([input]);
  });

  it.each([
    ["create a task to call Wes Fonseca due Friday at 3pm", "Call Wes Fonseca", "15:00"],
    ["create a task to call Wes Fonseca at 15:30 due Friday", "Call Wes Fonseca", "15:30"],
    ["create a task due Friday by 9:05 am: call Wes Fonseca", "Call Wes Fonseca", "09:05"],
    ["add a task to call Wes Fonseca due Friday at noon in the Deal follow-ups project", "Call Wes Fonseca", "12:00"],
    ["add a task to call Wes Fonseca due Friday, 5pm", "Call Wes Fonseca", "17:00"],
    ["add a task to call Wes Fonseca due Friday at 12 a.m.", "Call Wes Fonseca", "00:00"],
  ])("is due at the time that is named, in the asker's zone: %s", (words, name, time) => {
    const thread: Message[] = [];
    const { steps } = converse(thread, words, tools, { asked: [friday] });
    const [input] = inputsOf(steps, "asana__create_task");
    expect(input).toEqual({ name, project: "7", assignee: "me", due_at: `2026-11-27T${time}:00-05:00` });
    expect(JSON.stringify(thread)).toContain(`due Fri 27 Nov 2026 at ${time}.`);
  });

  it.each([
    ["add a task to Asana to call Wes Fonseca due Friday", "Call Wes Fonseca"],
    ["add a to-do in Asana: call Wes Fonseca due Friday", "Call Wes Fonseca"],
    ["please create a task to call Wes Fonseca due Friday in Asana", "Call Wes Fonseca"],
    ["remind me to follow up with Acme due Friday", "Follow up with Acme"],
    ["can you remind me on due Friday to follow up with Acme?", "Follow up with Acme"],
  ])("of a task is the asker's own: %s", (words, name) => {
    const { steps } = ask(words, tools, { asked: [friday] });
    expect(inputsOf(steps, "asana__create_task")).toEqual([
      { name, project: "7", assignee: "me", due_on: "2026-11-27" },
    ]);
  });

  it("keeps a time that is part of what is to be done", () => {
    const { steps } = ask("create a task to prepare the 3pm demo due Friday", tools, { asked: [friday] });
    expect(inputsOf(steps, "asana__create_task")).toMatchObject([
      { name: "Prepare the 3pm demo", due_on: "2026-11-27" },
    ]);
  });

  it("is not meant by who wants to be reminded of what was said", () => {
    expect(ask("remind me what Acme said to us yesterday", tools).steps[0]?.[0]?.name).toBe("gong__find_calls");
  });

  it("keeps a note's words as they are, whatever days they name", () => {
    const only = { ...tools, hubspot__search_deals: () => ({ deals: [deals[0]] }) };
    const { steps, text } = ask("add a note to the Acme deal: They decide on Friday: or never.", only, {
      ambiguous: [{ phrase: "Friday", readings: [friday] }],
    });
    expect(inputsOf(steps, "hubspot__add_note")).toEqual([{ text: "They decide on Friday: or never.", deal_id: "1" }]);
    expect(text).toContain("Done: the note stands on [Acme: rollout](https://crm.example/1)");
  });

  it("to one of several deals asks which", () => {
    const { steps, text } = ask("move the Acme deal to negotiation", tools);
    expect(steps.flat().map(({ name }) => name)).toEqual(["hubspot__search_deals"]);
    expect(text).toContain("Which deal? 3 open ones");
  });

  it("to a stage takes the stage's own name, and says where there is none", () => {
    const only = { ...tools, hubspot__search_deals: () => ({ deals: [deals[0]] }) };
    const won = ask("mark the Acme deal as won", only);
    expect(inputsOf(won.steps, "hubspot__update_deal")).toEqual([{ deal_id: "1", stage: "Closed Won" }]);
    expect(ask("move the Acme deal to limbo", only).text).toContain('there is no stage "limbo"');
    expect(ask("move the Acme deal to proposal", only).text).toContain("already");
  });

  it("of a message is told as it was changed before it was approved, by the result", () => {
    const edited = (result: object) => () =>
      new Text(
        `The person changed the arguments before they approved. What was sent: {"x":1}\n${JSON.stringify(result)}`,
      );
    const sent = { message: { url: "https://slack.example/2", channel: { name: "#deal-desk" } } };
    const { text } = ask("send a message to #sales: hi", { ...tools, slack__send_message: edited(sent) });
    expect(text).toContain("Done, with your changes: [the message](https://slack.example/2) stands in #deal-desk.");
  });

  it("of a message goes to the channel that is named, by id where Slack has put it", () => {
    const sent = (words: string) => inputsOf(ask(words, tools).steps, "slack__send_message");
    expect(sent("post a message to #deal-desk: hi there")).toEqual([{ channel: "deal-desk", text: "hi there" }]);
    expect(sent("send a message to <#C07SALES000|sales>: hi")).toEqual([{ channel: "C07SALES000", text: "hi" }]);
  });
});
