import { sinceWhen } from "../../core/since.ts";
import type { AuditFilter, AuditRecord } from "../../storage/audit-records.ts";
import type { Verdict } from "../../storage/audit-verification.ts";
import type { ListenerContext } from "../listeners/context.ts";
import { escapeText, mentionedUsers } from "../message-text.ts";
import { command } from "../surface.ts";
import type { GivenCommand, SlackCommand } from "./slack-command.ts";

const mostRows = 20;
/** Rows of the chain that are checked, for the answer not to take long; `npm run audit -- --verify` checks all. */
const mostChecked = 10_000;

export const audit: SlackCommand = {
  verb: "audit",
  form: "[today|7d|@person|TURN|forget @person]",
  meaning: "shows what was done and refused, or forgets a person; for admins",
  adminsOnly: true,
  run: async (given, context) => {
    const { argument, person } = given;
    const [first = "", ...rest] = argument.split(/\s+/);
    const [userId] = mentionedUsers(argument);
    if (first.toLowerCase() === "forget") {
      if (userId === undefined || rest.length !== 1) return `Say \`${command} audit forget @person\`.`;
      return () => forget(userId, given, context);
    }
    const filter = rest.length === 0 ? readFilter(first, given, context) : undefined;
    if (!filter) return `Say \`${command} audit\` with today, 7d, @person or a turn's id, or with nothing.`;
    return () => show(filter, person.timeZone, context);
  },
};

function readFilter(word: string, { person }: GivenCommand, { clock }: ListenerContext): AuditFilter | undefined {
  const limit = mostRows;
  const [userId] = mentionedUsers(word);
  if (word === "") return { limit };
  if (userId !== undefined) return { userId, limit };
  if (/^turn_\w+$/.test(word)) return { turnId: word, limit };
  const since = sinceWhen(word, clock.now(), person.timeZone);
  return since && { since, limit };
}

async function show(filter: AuditFilter, timeZone: string, { audit: records }: ListenerContext): Promise<string> {
  const rows = await records.find(filter);
  const verdict = await records.verify(mostChecked);
  const shown = rows.length === mostRows ? `The last ${mostRows} rows` : `${rows.length} rows`;
  return [`*Audit.* ${shown}, times in ${timeZone}.`, ...rows.map((row) => line(row, timeZone)), inWords(verdict)].join(
    "\n",
  );
}

function inWords(verdict: Verdict): string {
  if (!verdict.valid) {
    const { sequence, problem } = verdict;
    return `:warning: *The audit is not valid:* row ${sequence} ${problem}. \`npm run audit -- --verify\` checks all of it.`;
  }
  const { rows, count, hash } = verdict;
  const all = rows < mostChecked ? `All ${rows} rows` : `The last ${rows} rows of ${count}`;
  return `${all} were checked: none is missing, altered or out of place. Head: ${count} \`${hash.slice(0, 16)}\`…`;
}

function line(row: AuditRecord, timeZone: string): string {
  const { sequence, at, kind, userId, approverId, client, tool, turnId, outcome, reason, durationMs, costUsd } = row;
  const time = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
    hour12: false,
  }).format(new Date(at));
  const who = userId !== null ? `<@${userId}>` : client !== null && client !== "sophia" ? code(client) : undefined;
  const parts = [
    `\`${sequence}\` ${time.replace(",", "")}`,
    kind,
    who,
    code(tool ?? turnId ?? ""),
    reason === null ? outcome : `${outcome} (${escapeText(reason)})`,
    approverId === null ? undefined : `decided by <@${approverId}>`,
    durationMs === null ? undefined : `${Math.round(durationMs)} ms`,
    costUsd === null ? undefined : `${costUsd.toFixed(4)} USD`,
    told(row),
  ];
  return parts.filter(Boolean).join(" · ");
}

/** The arguments, and where they are not told what came of them. */
function told({ arguments: args, result }: AuditRecord): string | undefined {
  const text = args === null ? (result ?? "") : JSON.stringify(args);
  return text === "" || text === "{}" ? undefined : code(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

/** As code nothing of it is a mention or a link. */
function code(text: string): string {
  const plain = escapeText(text.replaceAll("`", "'").replace(/\s+/g, " "));
  return plain === "" ? "" : `\`${plain}\``;
}

async function forget(userId: string, { person }: GivenCommand, context: ListenerContext): Promise<string> {
  const { audit: records, accounts, workspace } = context;
  // First: what is deleted here can no longer be revoked at its service.
  await accounts.personal.access.forget({ teamId: workspace.teamId, userId }, "forgotten");
  const { questions, auditRows } = await records.forget(userId, person.userId);
  return [
    `<@${userId}> is forgotten: ${questions} questions with all that belonged to them, and what ${auditRows} rows of the ` +
      "audit held of that person.",
    "Messages in Slack, and records in the services, stay until they are deleted there.",
  ].join("\n");
}
