import { Writable } from "node:stream";
import type { KnownBlock } from "@slack/types";
import { pino } from "pino";
import { expect, it } from "vitest";
import type { SlackOutcome } from "../../../../src/slack/client.ts";
import { Abilities } from "../../../../src/slack/reply/abilities.ts";
import { Editor } from "../../../../src/slack/reply/editor.ts";
import { Pages } from "../../../../src/slack/reply/pages.ts";
import { newPart } from "../../../../src/slack/reply/part.ts";
import { PatientCalls } from "../../../../src/slack/reply/patient-calls.ts";
import { buttonsBlock, feedbackBlock } from "../../../../src/slack/reply/render.ts";
import { MemoryReplies } from "../../../support/slack-records.ts";
import { turnFor } from "../../../support/slack-sophia.ts";

const image: KnownBlock = {
  type: "image",
  slack_file: { id: "F0123456789" },
  alt_text: "Bar chart: Q4. October 1 USD.",
  title: { type: "plain_text", text: "Q4" },
};
const query = buttonsBlock([{ action: "sophia_show_query", label: "Show the query", value: "turn_1" }]);

type Posted = { text?: string; blocks?: { type: string }[]; markdown_text?: string };

/** A Slack that refuses messages in which one of these blocks stands, and what it was sent. */
async function show(words: string, below: KnownBlock[], refused: readonly string[]) {
  const posted: Posted[] = [];
  const log: { msg: string; code?: string }[] = [];
  const clock = { now: () => 0 };
  const client = {
    try: async (_: string, args: Posted): Promise<SlackOutcome> => {
      posted.push(args);
      const isRefused = args.blocks?.some(({ type }) => refused.includes(type)) ?? false;
      return isRefused ? { kind: "refused", code: "invalid_blocks" } : { kind: "ok", data: { ts: "2.0" } };
    },
    call: async () => ({}),
  };
  const deps = {
    client,
    workspace: { teamId: "T", botUserId: "U" },
    replies: new MemoryReplies(),
    abilities: new Abilities(clock),
    logger: pino(new Writable({ write: (line: Buffer, _, done) => done(void log.push(JSON.parse(String(line)))) })),
    clock,
    wait: async () => undefined,
  };
  const pages = new Pages();
  if (words === "") pages.addForBelow();
  else pages.write(words);
  const calls = new PatientCalls(deps, new AbortController().signal);
  const editor = new Editor(turnFor("1.0"), deps, calls, async () => undefined);
  const [page] = pages.list;
  if (!page) throw new Error("There is no page");
  await editor.show(page, newPart(0), below);
  return { last: posted.at(-1), tries: posted.length, log };
}

const kindsOf = (message: Posted | undefined) => message?.blocks?.map(({ type }) => type);

it("a message that is taken is sent once, and nothing is logged", async () => {
  const { last, tries, log } = await show("Here.", [image, query, feedbackBlock()], []);
  expect(kindsOf(last)).toEqual(["markdown", "image", "actions", "context_actions"]);
  expect([tries, log]).toEqual([1, []]);
});

it("a picture that is refused is told in words, above its buttons", async () => {
  const { last, log } = await show("Here.", [image, query, feedbackBlock()], ["image"]);
  expect(kindsOf(last)).toEqual(["markdown", "context", "actions", "context_actions"]);
  expect(JSON.stringify(last)).toContain("I cannot show a picture here. What it shows: Bar chart: Q4. October 1 USD.");
  expect(log).toMatchObject([{ msg: "Slack refused an answer's blocks", code: "invalid_blocks" }]);
});

it("thumbs that a Slack does not know take no other button away", async () => {
  const { last } = await show("Here.", [query, feedbackBlock()], ["context_actions"]);
  expect(kindsOf(last)).toEqual(["markdown", "actions"]);
});

it("where it knows no buttons either, the words say what is not there", async () => {
  const { last, log } = await show("Here.", [image, query, feedbackBlock()], ["image", "context", "actions"]);
  expect(last?.markdown_text).toBe('Here.\n\n_I cannot show here: the picture "Q4", the button "Show the query"._');
  expect(log).toHaveLength(3);
});

it("a message of what stands below alone is never empty", async () => {
  const { last } = await show("", [image], ["image", "context"]);
  expect(last?.markdown_text).toBe('_I cannot show here: the picture "Q4"._');
});
