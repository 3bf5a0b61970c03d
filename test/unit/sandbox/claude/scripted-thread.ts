import { salesScript } from "../../../../sandbox/claude/script/index.ts";
import type { Message, MessagesRequest } from "../../../../sandbox/claude/wire.ts";

export const yesterday = {
  phrase: "yesterday",
  from: "2026-11-19T00:00:00-05:00",
  to: "2026-11-20T00:00:00-05:00",
  days: "Thursday, November 19, 2026",
};
export const thisWeek = {
  phrase: "this week",
  from: "2026-11-16T00:00:00-05:00",
  to: "2026-11-23T00:00:00-05:00",
  days: "Monday, November 16 to Sunday, November 22",
};

export const NOON = "2026-11-20T12:00:00-05:00";
export const ahead = {
  phrase: "tomorrow",
  from: "2026-11-21T00:00:00-05:00",
  to: "2026-11-22T00:00:00-05:00",
  days: "Saturday, November 21, 2026",
};

export function contextFor(question: string, extra: Record<string, unknown> = {}): string {
  const asked = [yesterday, thisWeek].filter(({ phrase }) => question.includes(phrase));
  const person = { name: "Sam Ortiz", user_id: "U1", email: "sam@sophia.example", time_zone: "America/New_York" };
  const context = {
    person,
    place: { channel: "sales", audience: "channel" },
    calendar: [yesterday, thisWeek],
    asked,
    ambiguous: [],
    ...extra,
  };
  return `<context>\n${JSON.stringify(context)}\n</context>`;
}

export const listedCall = (id: string, title: string, account: string) => ({
  id,
  title,
  url: `https://gong.example/call?id=${id}`,
  started_at: `2026-11-19T1${id}:00:00-05:00`,
  duration_minutes: 30,
  direction: "Outbound",
  owner: { name: "Maya Chen", email: "maya@sophia.example" },
  participants: [{ name: "Dana Reyes", email: "dana@acme.example", title: "CFO", side: "external" }],
  account,
  brief: `A talk with ${account}.`,
});
export const acme = listedCall("1", "Acme *pilot* [review]", "Acme");
export const borealis = listedCall("2", "Borealis discovery", "Borealis");

export const transcripts: Record<string, unknown[]> = {
  "1": [
    {
      at: "00:10",
      speaker: "Maya Chen",
      side: "internal",
      topic: "Small talk",
      text: "Hi Dana, good to see you again today.",
    },
    {
      at: "04:12",
      speaker: "Dana Reyes",
      side: "external",
      topic: "Pricing",
      text: "Honestly, $48,000 a year is too expensive for us.",
    },
    {
      at: "09:30",
      speaker: "Dana Reyes",
      side: "external",
      topic: "Competitors",
      text: "We are also talking to PayLeaf about the same thing.",
    },
    {
      at: "28:00",
      speaker: "Maya Chen",
      side: "internal",
      topic: "Next steps",
      text: "I will send the security pack to Dana by Friday.",
    },
  ],
  "2": [
    {
      at: "02:00",
      speaker: "Ola Berg",
      side: "external",
      topic: "Discovery",
      text: "Our team spends two days a month on matching payments by hand.",
    },
  ],
};

export type Tools = Record<string, (input: any) => unknown>;
export const standardTools: Tools = {
  gong__get_calls: () => ({ calls: [acme, borealis], total: 2, truncated: false }),
  gong__find_calls: ({ account }) => ({
    calls: [acme, borealis].filter((one) => one.account === account),
    total: 1,
    truncated: false,
  }),
  gong__get_call_transcript: ({ call_id: id }) => ({ call_id: id, segments: transcripts[id] ?? [], truncated: false }),
  gong__find_user: ({ query }) => ({
    users: query === "Maya" ? [{ name: "Maya Chen", email: "maya@sophia.example" }] : [],
  }),
  gong__list_trackers: () => ({ trackers: [{ id: "7", name: "Competitors", keywords: ["PayLeaf", "Rentora"] }] }),
  gong__get_interaction_stats: () => ({ people: [{ name: "Maya Chen", email: "m@x", stats: { talk_ratio: 0.4567 } }] }),
};

export class Failure {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A result that is not JSON. */
export class Text {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Runs one question to its answer, as an agent would; says which tools were called with what, step by step. */
export function converse(messages: Message[], question: string, tools: Tools, extra: Record<string, unknown> = {}) {
  messages.push({ role: "user", content: question }, { role: "system", content: contextFor(question, extra) });
  const steps: { name: string; input: any }[][] = [];
  const thoughts: string[] = [];
  for (let step = 0; step < 20; step++) {
    const request: MessagesRequest = {
      model: "claude-sonnet-5-5",
      max_tokens: 8000,
      messages,
      tools: Object.keys(tools).map((name) => ({
        name,
        input_schema: { type: "object", properties: { from_date: {}, to_date: {}, from_minute: {} } },
      })),
    };
    const blocks = salesScript(request).map((block, index) => ({ ...block, id: `toolu_${messages.length}_${index}` }));
    messages.push({ role: "assistant", content: blocks });
    for (const block of blocks) if (block.type === "thinking") thoughts.push(block.thinking);
    const uses = blocks.filter((block) => block.type === "tool_use");
    const text = blocks.map((block) => (block.type === "text" ? block.text : "")).join("");
    if (uses.length === 0) return { text, steps, thoughts };
    steps.push(uses.map(({ name, input }) => ({ name, input })));
    messages.push({
      role: "user",
      content: uses.map(({ id, name, input }) => {
        const result = tools[name]?.(input);
        const failed = result instanceof Failure;
        return {
          type: "tool_result",
          tool_use_id: id,
          is_error: failed,
          content: failed || result instanceof Text ? result.text : JSON.stringify(result),
        };
      }),
    });
  }
  throw new Error("the script never came to an answer");
}

export const ask = (question: string, tools: Tools = standardTools, extra: Record<string, unknown> = {}) =>
  converse([], question, tools, extra);
