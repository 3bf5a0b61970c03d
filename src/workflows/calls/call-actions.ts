import type { CalendarSettings } from "../../agent/calendar.ts";
import type { Asker, Caller, PlannedCall, ReplyButton, ToolResult, Tools, WriteProbe } from "../../agent/ports.ts";
import { z } from "zod";
import { ServiceError } from "../../core/errors.ts";
import type { Presses } from "../../storage/presses.ts";
import type { Turn, Turns } from "../../storage/turns.ts";
import { firstAccepted } from "../tasks/accepted-call.ts";
import { taskForms } from "../tasks/task-call.ts";
import { type CallRecord, recordOf } from "./call-record.ts";
import type { NextStep } from "./summary.ts";

/** What can be done with a summary: the `action_id`s of its buttons. */
export const callButtonIds = {
  createTasks: "sophia_create_tasks",
  log: "sophia_log_call",
  ask: "sophia_ask_about_call",
} as const;

/** Below a summary; each brings back the turn that wrote it. */
export function callButtons(turnId: string, { summary, deal, company }: CallRecord): ReplyButton[] {
  const hasSteps = summary !== undefined && summary.next_steps.length > 0;
  const { createTasks, log, ask } = callButtonIds;
  return [
    ...(hasSteps
      ? [{ action: createTasks, label: "Create tasks in Asana", value: turnId, style: "primary" as const }]
      : []),
    ...(deal || company ? [{ action: log, label: "Log to HubSpot", value: turnId }] : []),
    { action: ask, label: "Ask about this call", value: turnId },
  ];
}

/** Where and for whom a button's writes are. */
export interface Presser extends Omit<Asker, "timeZone" | "timeZoneKnown" | "name"> {
  /** Of the turn that will make them. */
  turnId: string;
  channelName?: string | undefined;
}

/** `gone`: the summary, or what it was made of, is no longer there. */
export type PlannedAction = { turn: Turn; calls: PlannedCall[] } | "gone" | "nothing";

export interface CallActions {
  /** A task for each next step of a summary. Throws a ServiceError, for whoever pressed to read, where Asana does not answer. */
  tasks(summaryTurnId: string, presser: Presser, signal: AbortSignal): Promise<PlannedAction>;
  /** A note on the deal, or on the company where there is none. */
  note(summaryTurnId: string): Promise<PlannedAction>;
  /** The source key of a press that is to write something: a new one where nothing came of those before. */
  keyOf(summaryTurnId: string, button: string): Promise<string>;
  /** The turn that wrote a summary. */
  summary(summaryTurnId: string): Promise<Turn | undefined>;
}

export interface CallActionsOptions {
  turns: Pick<Turns, "get" | "steps">;
  presses: Presses;
  tools: Pick<Tools, "call"> & Pick<WriteProbe, "preview">;
  calendar: CalendarSettings;
  /** Of tasks with accounts that have no project of their own, by its name. */
  followUpProject?: string | undefined;
  /** The role that makes the writes. */
  agent: string;
}

const listProjects = "asana__list_projects";
const projectsSchema = z.object({ projects: z.array(z.object({ id: z.string(), name: z.string() })) });

export function createCallActions({
  turns,
  presses,
  tools,
  calendar,
  followUpProject,
  agent,
}: CallActionsOptions): CallActions {
  const summary = async (id: string): Promise<Turn | undefined> => {
    const turn = await turns.get(id);
    return turn?.task?.kind === "call_summary" ? turn : undefined;
  };
  const read = async (id: string): Promise<{ turn: Turn; record: CallRecord } | undefined> => {
    const turn = await summary(id);
    const record = turn && recordOf(await turns.steps(id), calendar);
    return turn && record && { turn, record };
  };
  return {
    summary,
    keyOf: (id, button) => presses.keyOf(`${id}:${button}`, "write"),
    tasks: async (id, presser, signal) => {
      const found = await read(id);
      if (!found) return "gone";
      const { turn, record } = found;
      const steps = record.summary?.next_steps ?? [];
      if (steps.length === 0) return "nothing";
      const caller = callerOf(turn, presser, agent);
      const account = record.company?.name ?? record.call.account;
      const project = await projectOf(account, followUpProject, (args) =>
        answered(() => tools.call(listProjects, args, caller, signal)),
      );
      const preview = (form: PlannedCall) => answered(() => tools.preview(form.tool, form.arguments, caller, signal));
      const calls = await Promise.all(steps.map((step) => firstAccepted(formsOf(step, record, project), preview)));
      return { turn, calls: calls.flat() };
    },
    note: async (id) => {
      const found = await read(id);
      if (!found) return "gone";
      const { turn, record } = found;
      const { deal, company } = record;
      const target = deal ? { deal_id: deal.id } : company && { company_id: company.id };
      if (!target) return "nothing";
      return { turn, calls: [{ tool: "hubspot__add_note", arguments: { text: noteText(record), ...target } }] };
    },
  };
}

/** Less of a task is for what Asana refuses. Where it does not answer nothing is made: a task in the wrong place would go unnoticed. */
async function answered<Answer extends object>(ask: () => Promise<Answer>): Promise<Answer> {
  const answer = await ask().catch((cause: unknown) => {
    throw notAnswered(cause);
  });
  if ("isRetryable" in answer && answer.isRetryable === true) throw notAnswered(answer);
  return answer;
}

function notAnswered(cause: unknown): ServiceError {
  const message = "Asana does not answer just now, so no tasks were made. Press the button again in a minute.";
  return new ServiceError(message, { service: "Asana", retryable: true, cause });
}

const longestQuery = 200;

/** The one that is called like the account, else the usual one where that is there. */
async function projectOf(
  account: string | null,
  usualName: string | undefined,
  list: (args: { query: string }) => Promise<ToolResult>,
): Promise<string | undefined> {
  const called = async (name: string | undefined | null) => {
    const wanted = bare(name ?? "");
    if (!name || wanted === "") return undefined;
    const { isError, text } = await list({ query: name.slice(0, longestQuery) });
    const found = isError ? [] : projectsSchema.parse(JSON.parse(text)).projects;
    const exact = found.filter((project) => bare(project.name) === wanted);
    return exact.length === 1 ? exact[0]?.id : undefined;
  };
  const [own, usual] = await Promise.all([called(account), called(usualName)]);
  return own ?? usual;
}

/** Case and marks aside. */
function bare(name: string): string {
  const letters = name.normalize("NFKD").replaceAll(/\p{Diacritic}/gu, "");
  return (letters.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

function callerOf({ teamId, channel, threadTs }: Turn, presser: Presser, agent: string): Caller {
  return { ...presser, teamId, agent, channel, threadTs, audience: "channel", question: "", hasReadOthers: true };
}

/** The fullest form first: a project may have no priorities, and a person no account. What a form leaves out stands in its notes. */
function formsOf(step: NextStep, record: CallRecord, project: string | undefined): PlannedCall[] {
  const { call } = record;
  const owner = call.participants.find(({ name }) => name === step.owner);
  const isOurs = owner?.side === "internal";
  // What a customer took on is followed up by whoever led the call; what nobody did is whose press it is.
  const assignee = (isOurs ? owner.email : owner && call.owner?.email) ?? undefined;
  const name = owner && !isOurs ? `Follow up with ${owner.name}: ${step.what}` : step.what;
  const notes = notesOf(step, record);
  const base = {
    name: name.slice(0, 1_024),
    notes,
    priority: ({ high: "High", medium: "Medium", low: "Low" } as const)[step.priority],
    ...(step.due !== null && { dueOn: step.due }),
  };
  const places = project === undefined ? [] : [{ project }];
  const people = assignee === undefined ? [] : [{ assignee }];
  return [...people, {}].flatMap((who) =>
    [...places, {}].flatMap((place) => taskForms({ ...base, ...who, ...place }, notes)),
  );
}

function notesOf({ owner, priority, reason, at }: NextStep, { call }: CallRecord): string {
  const why = reason === "" ? "" : `: ${reason}`;
  return [
    `${owner ?? "Nobody yet"}, in the call "${call.title}" of ${call.started_at.slice(0, 10)} at ${at}.`,
    `Priority ${priority}${why}`,
    ...(call.url === null ? [] : [call.url]),
  ].join("\n");
}

function noteText({ call, summary }: CallRecord): string {
  const lines = (texts: readonly string[]) => texts.map((text) => `- ${text}`);
  const part = (name: string, texts: readonly string[]) => (texts.length === 0 ? [] : [`${name}:`, ...lines(texts)]);
  const texts = (points: readonly { text: string }[]) => points.map(({ text }) => text);
  const body = summary
    ? [
        summary.gist,
        ...part(
          "Points",
          summary.points.map(({ text, speaker, at }) => `${text} (${speaker}, ${at})`),
        ),
        ...part("Objections", texts(summary.objections)),
        ...part("Competitors", summary.competitors),
        ...part(
          "Next steps",
          summary.next_steps.map(
            ({ what, owner, due }) => `${owner ?? "Nobody yet"}: ${what}${due === null ? "" : ` (by ${due})`}`,
          ),
        ),
      ]
    : [call.brief ?? "", ...part("Points", texts(call.key_points)), ...part("Next steps", texts(call.next_steps))];
  const head = `Call: ${call.title}, ${call.started_at.slice(0, 10)}, ${call.duration_minutes} minutes`;
  return [head, ...body, call.url ?? ""].filter((line) => line !== "").join("\n");
}
