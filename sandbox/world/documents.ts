/** What the company's search index holds: what was said in older calls, and what is written down for sales people. */
import { PLAYBOOK_ROWS } from "./playbooks.ts";
import type { Account, Call, KnowledgeDocument, Person } from "./types.ts";
import { addDays, dayOf } from "./zones.ts";

const DAY_MS = 86_400_000;
/** Whoever writes the summaries into the index does so once a week. */
const INDEXED_AFTER_DAYS = 7;

export interface DocumentSources {
  people: readonly Person[];
  accounts: readonly Account[];
  calls: readonly Call[];
  /** Epoch ms. */
  now: number;
}

/** The page of a call in the company's Gong. */
export const callUrl = (callId: string): string => `https://us-12345.app.gong.io/call?id=${callId}`;

/** One document for each call that is older than a week and not private, then the playbooks. Reads what was said in the calls. */
export function createDocuments({ people, accounts, calls, now }: DocumentSources): KnowledgeDocument[] {
  const old = calls.filter((c) => !c.isPrivate && Date.parse(c.startedAt) < now - INDEXED_AFTER_DAYS * DAY_MS);
  const today = dayOf(now, people[0]?.timeZone ?? "UTC");
  return [
    ...old.map((call) => callDocument(call, people, accounts)),
    ...PLAYBOOK_ROWS.map(
      ([slug, title, keeper, editedDaysAgo, text]): KnowledgeDocument => ({
        id: slug,
        kind: "playbook",
        title,
        text,
        url: `https://wiki.payready.example/playbooks/${slug}`,
        ownerEmail: people.find((p) => p.handle === keeper)?.email ?? "",
        editedOn: addDays(today, -editedDaysAgo),
      }),
    ),
  ];
}

function callDocument(call: Call, people: readonly Person[], accounts: readonly Account[]): KnowledgeDocument {
  return {
    id: call.id,
    kind: "call",
    title: call.title,
    text: summaryOf(call),
    url: callUrl(call.id),
    ownerEmail: people.find((p) => p.id === call.ownerId)?.email ?? "",
    account: accounts.find((a) => a.id === call.accountId)?.name,
    startedAt: call.startedAt,
  };
}

function summaryOf(call: Call): string {
  const steps = call.nextSteps.map((step) => `${step.owner}: ${step.text}${step.due ? ` (by ${step.due})` : ""}`);
  const part = (name: string, lines: readonly string[]): string[] =>
    lines.length > 0 ? [`${name}:\n${lines.map((line) => `- ${line}`).join("\n")}`] : [];
  return [
    call.brief,
    ...part("Key points", call.keyPoints),
    ...part("Objections", call.objections),
    ...part("Competitors", call.competitors),
    ...part("Next steps", steps),
  ].join("\n\n");
}
