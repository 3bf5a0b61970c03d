import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../../sandbox/world/random.ts";
import { LinkSources } from "../../../src/agent/link-sources.ts";
import { SafeLinks } from "../../../src/agent/safe-links.ts";
import { renderCard } from "../../../src/slack/approvals/card.ts";
import { tokensOf } from "../../../src/slack/markdown/tokens.ts";
import { renderPage } from "../../../src/slack/reply/render.ts";
import type { Approval } from "../../../src/storage/approvals.ts";
import type { CallRecord } from "../../../src/workflows/calls/call-record.ts";
import { renderSummary } from "../../../src/workflows/calls/render-summary.ts";
import { lineFor } from "../../../src/workflows/notices/lines.ts";

/** The one page that a service gave. */
const record = "https://app.hubspot.example/contacts/1/record/0-3/42";

/** As if all that is shown had been read: an address that nobody read is taken out in any case. */
class AllRead extends LinkSources {
  override wasRead(): boolean {
    return true;
  }
}

const sources = new AllRead([]);
sources.learn(
  { kind: "tool_result", toolUseId: "1", tool: "t", arguments: {}, text: "", isError: false, ms: 1, links: [record] },
  "U1",
);

interface Posted {
  /** Of its Markdown blocks. */
  markdown: string;
  text: string;
  /** Of its other blocks, in which nothing else can be pressed. */
  links: string[];
}

function posted(markdown: string): Posted {
  const { blocks, text } = renderPage([{ type: "markdown_text", text: SafeLinks.whole(markdown, sources) }], []);
  const words = blocks.flatMap((block) => (block.type === "markdown" ? [block.text] : []));
  return { markdown: words.join("\n\n"), text, links: linksOf(blocks) };
}

/** All link elements of a message's blocks. */
function linksOf(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const own = "type" in value && value.type === "link" && "url" in value ? [String(value.url)] : [];
  return [...own, ...Object.values(value).flatMap(linksOf)];
}

const mail = /[\w.+%-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+(?![/?#:][^\s])/gi;

/** All that somebody could press, but for the record and mailboxes. */
function pressed({ markdown, text, links }: Posted): string[] {
  const found = [...links];
  const visit = (token: unknown): void => {
    if (token === null || typeof token !== "object") return;
    if ("href" in token && typeof token.href === "string") found.push(token.href);
    for (const inner of Object.values(token)) visit(inner);
  };
  visit(tokensOf(markdown));
  found.push(...Array.from(text.matchAll(/<([^<>|]*)[^<>]*>/g), ([, target = ""]) => target));
  for (const words of [markdown, text]) {
    const rest = words
      .replaceAll(record, "")
      .replaceAll(record.slice("https://".length), "")
      .replaceAll(/<mailto:[^<>]*>/g, "")
      .replaceAll(mail, "");
    // Readers of addresses leave out what nobody sees; those that find names in a text do not.
    found.push(
      ...(rest.replaceAll(/\p{Cf}/gu, "").match(/[a-z][\w+.-]*:\\?\/\\?\/\S*|mailto:[\w.+%-]*@\w|tel:\+?\d+/gi) ?? []),
    );
    found.push(
      ...(rest.match(/www\.[\p{L}\p{N}]\S*|[\p{L}\p{N}-][.。．｡](?:\p{L}{2,}(?![\p{L}\p{N}])|xn--\w)\S*/giu) ?? []),
    );
  }
  return found.filter((target) => target !== record && !/^mailto:[\w.+%-]+@[\w.-]+$/i.test(target));
}

const pieces = [
  ..."https:// http:// HTTPS:// https: slack:// javascript: mailto: tel:+1555 data:text/ // www. localhost:3000".split(
    " ",
  ),
  ..."evil.example a.co evil。example xn--p1ai.example пример.рф jo@evil.example /login /x(y) ?d=1 #a".split(" "),
  ..."( ) [ ] ]( ]: ![ < > | ` ``` \\ * _ ~ ! & &amp; &colon; &#58; &sol; &period; : . , @ ; \" ' - = 1 Jo é 例".split(
    " ",
  ),
].concat(" ", " ", "\n", "\u200B", "\u00AD", "\u2060", "\u202E", "\u0000", "\u200D", record);

/** Of each kind. */
const messages = 250;

function outsiders(random: Random): string {
  return Array.from({ length: random.int(2, 10) }, () => random.pick(pieces)).join("");
}

const person = (name: string) => ({ name, email: null });
const money = { amount: 5, currency: "USD" };

/** The lines of a notice about a deal, a contact, a task. */
function notice(words: () => string): string {
  const company = { id: "9", name: words(), url: record };
  const deal = { id: "1", name: words(), url: record, status: "lost" as const, stage: words(), amount: money };
  const open = { ...deal, owner: person(words()), company };
  const task = { id: "2", name: words(), url: null, completed: false, assignee: person(words()), due_on: null };
  const at = [{ id: "3", name: words() }];
  const comment = { by: words(), at: null, text: words() };
  return [
    lineFor({ kind: "deal", ...open, lostReason: words() }, [
      { what: "stage", from: words(), to: words(), outcome: "lost" },
    ]),
    lineFor(
      {
        kind: "contact",
        id: "4",
        name: words(),
        url: record,
        job_title: words(),
        owner: null,
        company,
        openDeals: [open],
      },
      [],
    ),
    lineFor({ kind: "task", ...task, projects: at, comments: [] }, [{ what: "comment", ...comment }]),
  ]
    .map((line) => `- ${line}`)
    .join("\n");
}

function callOf(words: () => string): CallRecord {
  const name = words();
  const segments = [0, 1].map((n) => ({
    at: `0${n}:00`,
    at_seconds: n * 60,
    speaker: name,
    side: "external",
    text: words(),
  }));
  const said = () => ({ text: words(), speaker: name, at: "00:00" });
  const step = { what: words(), owner: words(), due: null, priority: "high", reason: words(), at: "00:00" };
  return {
    call: {
      call_id: "1",
      title: words(),
      url: record,
      started_at: "2026-11-18T10:00:00-05:00",
      duration_minutes: 30,
      owner: person(words()),
      participants: [{ ...person(name), side: "external" }],
      account: words(),
      brief: words(),
      key_points: [{ text: words(), at: null }],
      next_steps: [{ text: words(), at: null }],
      trackers: [],
    },
    segments,
    company: { id: "1", name: words(), url: record },
    deal: undefined,
    otherDeals: 0,
    isDealUnknown: false,
    summary: {
      gist: words(),
      points: [said(), said()],
      objections: [said()],
      competitors: [words(), words()],
      next_steps: [step],
      sentiment: "mixed",
    },
    wrong: [],
  } as CallRecord;
}

function cardOf(words: () => string): Approval {
  const changes = [{ field: words(), before: words(), after: words() }];
  const preview = { summary: words(), record: { name: words(), url: record }, changes };
  const wanted = { id: "1", turnId: "t", tool: "x__y", digest: "d", arguments: {}, preview, expiresAt: new Date(0) };
  const turn = { teamId: "T1", channel: "C1", threadTs: "1.1", userId: "U1", agent: "sophia", turnStatus: "suspended" };
  return { ...wanted, ...turn, status: "planned", cardId: "1", sends: 0, version: 1, isUnderWay: false } as Approval;
}

const renders: [string, (words: () => string) => Posted][] = [
  ["a notice", (words) => posted(notice(words))],
  ["a call's summary", (words) => posted(renderSummary({ record: callOf(words), postedAt: 0 }))],
  [
    "a call's summary of Gong's",
    (words) => posted(renderSummary({ record: { ...callOf(words), summary: undefined }, postedAt: 0 })),
  ],
  [
    "an answer that quotes them",
    (words) =>
      posted(
        `The note says "${words()}", and:\n\n> ${words()}\n\n| a | b |\n|---|---|\n| ${words()} | [${words()}](${words()}) |`,
      ),
  ],
];

describe("words of people outside", () => {
  it.each([
    "https://a.co/(https://evil.example/login",
    "https://a.co/,https://evil.example/login",
    "https://https://evil.example/login",
    "https://a.co/x](https://evil.example/login)",
    "https://a.co/https&colon;//evil.example/login",
    "mailto:https://evil.example/login",
    "https://a.co/(www.evil.example/login",
    "jo@evil.example/login",
    "jo@a.https://evil.example/login",
    "1.https://evil.example/login",
    "1.https://com/login",
    "360.com:443/login",
    `${"a".repeat(40)}https://evil.example/login`,
  ])("become no address in a channel: %s", (name) => {
    for (const [where, render] of renders) expect(pressed(render(() => name)), where).toEqual([]);
  });

  it.each(renders)(
    "make nothing that can be pressed in %s but the records, however they are put together",
    (_, render) => {
      for (let seed = 0; seed < messages; seed++) {
        const random = createRandom("outsiders", seed);
        const said: string[] = [];
        const words = () => {
          const some = outsiders(random);
          said.push(some);
          return some;
        };
        const found = pressed(render(words));
        expect(found, `${seed}: ${JSON.stringify(said)}`).toEqual([]);
      }
    },
  );

  it("are no link on a card, nor in its notification", () => {
    for (let seed = 0; seed < messages; seed++) {
      const random = createRandom("outsiders", "card", seed);
      const { blocks, text } = renderCard([cardOf(() => outsiders(random))], new Map());
      expect(new Set(linksOf(blocks))).toEqual(new Set([record]));
      expect(text).not.toMatch(/[<>]/);
      expect(JSON.stringify(blocks)).not.toContain('"mrkdwn"');
    }
  });
});
