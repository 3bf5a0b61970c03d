import type { App, MessageShortcut, ViewSubmitAction } from "@slack/bolt";
import { safeMessage } from "../../core/errors.ts";
import { usualRole } from "../../core/usual-role.ts";
import type { NewTurn } from "../../storage/turns.ts";
import { onlyDayIn, placeFor } from "../../workflows/tasks/line-place.ts";
import { readTaskLine } from "../../workflows/tasks/task-line.ts";
import { taskCall } from "../../workflows/tasks/task-call.ts";
import { reasonToRefuse, wordsFor } from "../admission.ts";
import { refuseRole, taskRole } from "../commands/role-gate.ts";
import { mentionedUsers } from "../message-text.ts";
import type { Person } from "../people.ts";
import { modals, shortcuts } from "../surface.ts";
import { hasAsana, noAsana } from "../tasks/asana.ts";
import { answerPlace, linkTo } from "../tasks/message-place.ts";
import { assigneeOf, peopleFor } from "../tasks/people.ts";
import { type MessagePlace, readTaskModal, renderTaskModal, type TaskDraft } from "../tasks/task-modal.ts";
import { isOwnPerson } from "../workspace.ts";
import { type ListenerContext, readText, recordRefusal, whisper } from "./context.ts";

/** Milliseconds for what Asana knows: a trigger opens a form for three seconds in all. */
const lookUpWithinMs = 1_200;
const noDirectMessage = "Slack opens no direct message between us just now, so I cannot answer. Try again in a minute.";

/** What a message's menu offers. */
export function listenToShortcuts(app: App, context: ListenerContext): void {
  const on = (callbackId: string, heed: (message: Shortcut, context: ListenerContext) => Promise<void>) => {
    app.shortcut<MessageShortcut>({ callback_id: callbackId, type: "message_action" }, async ({ shortcut, ack }) => {
      const given = await admitted(shortcut, callbackId, context);
      if (given) await heed(given, context);
      await ack();
    });
  };
  on(shortcuts.summarize, summarize);
  on(shortcuts.createTask, openForm);

  app.view<ViewSubmitAction>(modals.newTask, async ({ body, view, ack }) => {
    const place = JSON.parse(view.private_metadata) as MessagePlace;
    const person = await admit(body.user, place, modals.newTask, context);
    if (!person) return ack();
    const errors = await submit(view, place, person, context);
    await (errors ? ack({ response_action: "errors", errors }) : ack());
  });
}

interface Shortcut {
  person: Person;
  triggerId: string;
  message: { ts: string; text: string; user: string | undefined };
  place: MessagePlace;
}

async function admitted(
  shortcut: MessageShortcut,
  callbackId: string,
  context: ListenerContext,
): Promise<Shortcut | undefined> {
  const { message, channel, trigger_id: triggerId, user } = shortcut;
  const { ts, text = "" } = message;
  const threadTs = typeof message["thread_ts"] === "string" ? message["thread_ts"] : ts;
  const place = { channel: channel.id, threadTs };
  const person = await admit(user, place, callbackId, context);
  return person && { person, triggerId, message: { ts, text, user: message.user }, place };
}

/** Undefined for who may not use Sophia: they are told so, and it is recorded. */
async function admit(
  user: { id: string; team_id?: string | undefined },
  { channel, threadTs }: MessagePlace,
  tool: string,
  context: ListenerContext,
): Promise<Person | undefined> {
  const person = await context.people.find(user.id);
  const isOwn = isOwnPerson({ team: user.team_id }, context.workspace);
  const words = isOwn ? wordsFor(person, context) : "I answer people of my own workspace only.";
  if (words !== undefined) {
    const reason = isOwn ? (reasonToRefuse(person, context.guests) ?? "nobody") : "other_workspace";
    recordRefusal({ tool, reason, userId: user.id }, context);
  }
  const role = tool === shortcuts.summarize ? usualRole : taskRole(person, context.roles);
  const refused = words ?? refuseRole({ person, role, tool }, context);
  if (refused === undefined) return person;
  await whisper({ channel, user: user.id, threadTs }, refused, context);
  return undefined;
}

async function summarize({ person, triggerId, place }: Shortcut, context: ListenerContext): Promise<void> {
  const link = linkTo(place.channel, place.threadTs, place.threadTs, context.workspace.url);
  const text = `Summarize this thread: ${link}`;
  await submitTurn({ sourceKey: `shortcut:${triggerId}`, text, agent: usualRole }, place, person, context);
}

async function openForm(shortcut: Shortcut, context: ListenerContext): Promise<void> {
  const { person, place, triggerId } = shortcut;
  const answer = (text: string) => whisper({ ...place, user: person.userId }, text, context);
  if (!hasAsana(context)) return answer(noAsana);
  const signal = AbortSignal.timeout(lookUpWithinMs);
  const projects = await context.tasks.projects(signal).catch((error: unknown) => {
    context.logger.warn({ reason: safeMessage(error) }, "Asana did not say in time which projects there are");
    return [];
  });
  const view = renderTaskModal(await draftOf(shortcut, projects, signal, context), projects, place);
  const outcome = await context.client.try("views.open", { trigger_id: triggerId, view });
  if (outcome.kind === "ok") return;
  context.logger.warn({ outcome: outcome.kind }, "A form could not be opened");
  await answer("Slack did not open the form. Try again.");
}

/** What a message says of a task, as far as it leaves one reading; the person sees all of it before anything is done. */
async function draftOf(
  { message, person, place }: Shortcut,
  projects: readonly string[],
  signal: AbortSignal,
  context: ListenerContext,
): Promise<TaskDraft> {
  const { workspace, calendar } = context;
  // "tomorrow" is the day after it was said; one that is past by now is asked about when the form is sent.
  const now = Math.floor(Number(message.ts) * 1000);
  const author = { userId: message.user ?? person.userId };
  const people = peopleFor(author, context, signal);
  const { timeZone } = person;
  const [words, line, mentioned] = await Promise.all([
    readText(message.text, context),
    readTaskLine(message.text, { now, timeZone, calendar, people, projects }).catch((error: unknown) => {
      context.logger.warn({ reason: safeMessage(error) }, "A message was not read as a line");
      return { kind: "unclear" as const };
    }),
    onlyMember(message.text, context),
  ]);
  const read = line.kind === "clear" ? line.task : undefined;
  const assignee = read?.assignee === undefined ? mentioned : await slackIdOf(read.assignee, author.userId, context);
  // Whose it is was said, and cannot be shown in the field: the words stay for the person to read.
  const task = read?.assignee !== undefined && assignee === undefined ? undefined : read;
  const firstLine = words.split("\n").find((one) => one.trim() !== "") ?? "";
  const link = linkTo(place.channel, message.ts, place.threadTs, workspace.url);
  const room = 2_900 - link.length;
  return {
    name: task?.name ?? firstLine,
    assignee,
    due: task?.dueOn ?? onlyDayIn(words, placeFor(now, timeZone, calendar)),
    project: task?.project,
    priority: task?.priority,
    notes: `${words.length > room ? `${words.slice(0, room)}…` : words}\n\nFrom Slack: ${link}`.trim(),
  };
}

/** Of whom a line names by the address that Asana knows, or as `me`. */
async function slackIdOf(
  assignee: string,
  author: string,
  { people }: Pick<ListenerContext, "people">,
): Promise<string | undefined> {
  const userId = assignee === "me" ? author : (await people.memberWith(assignee))?.userId;
  if (userId === undefined) return undefined;
  return (await people.find(userId)).standing === "member" ? userId : undefined;
}

/** Whom a message mentions, where that is one colleague. */
async function onlyMember(text: string, { people, workspace }: ListenerContext): Promise<string | undefined> {
  const ids = mentionedUsers(text).filter((id) => id !== workspace.botUserId);
  const [only, ...others] = ids;
  if (only === undefined || others.length > 0) return undefined;
  return (await people.find(only)).standing === "member" ? only : undefined;
}

/** Undefined where it is stored; else what is wrong, by the form's blocks. */
async function submit(
  view: ViewSubmitAction["view"],
  place: MessagePlace,
  person: Person,
  context: ListenerContext,
): Promise<Record<string, string> | undefined> {
  const { clock, calendar } = context;
  const read = await readTaskModal(view.state.values, {
    place: placeFor(clock.now(), person.timeZone, calendar),
    assigneeOf: (userId) => assigneeOf(userId, person, context),
  });
  if ("errors" in read) return read.errors;
  const { task } = read;
  const agent = taskRole(person, context.roles);
  const turn = {
    sourceKey: `shortcut:${view.id}`,
    text: `Create a task: ${task.name}`,
    agent,
    task: { kind: "calls" as const, calls: [taskCall(task)] },
  };
  await submitTurn(turn, place, person, context);
  return undefined;
}

async function submitTurn(
  turn: Pick<NewTurn, "sourceKey" | "text" | "agent" | "task">,
  message: MessagePlace,
  person: Person,
  context: ListenerContext,
): Promise<void> {
  const place = await answerPlace(message, person.userId, context);
  if (!place) {
    await whisper({ ...message, user: person.userId }, noDirectMessage, context);
    return;
  }
  await context.turns.submit({
    ...turn,
    id: context.newId("turn"),
    source: "button",
    teamId: context.workspace.teamId,
    userId: person.userId,
    channel: place.channel,
    // Without a thread its question is posted first, as a command's is.
    threadTs: place.threadTs ?? turn.sourceKey,
    audience: place.audience,
  });
}
