import type { App, BlockAction } from "@slack/bolt";
import { safeMessage } from "../../core/errors.ts";
import { usualRole } from "../../core/usual-role.ts";
import type { NewTurn, Turn } from "../../storage/turns.ts";
import type { PlannedAction, Presser } from "../../workflows/calls/call-actions.ts";
import { reasonToRefuse, wordsFor } from "../admission.ts";
import { refuseRole } from "../commands/role-gate.ts";
import { refuseChannel } from "../commands/shared-channel.ts";
import type { Person } from "../people.ts";
import { actions } from "../surface.ts";
import { isOwnPerson } from "../workspace.ts";
import { type ListenerContext, recordRefusal, whisper } from "./context.ts";

/** A press below a call's summary, by somebody who may use Sophia. */
interface CallPress {
  /** The turn that wrote the summary. */
  summaryId: string;
  person: Person;
  channel: string;
  /** The summary itself, on which its thread hangs. */
  threadTs: string;
}

/** What comes of a press: a turn to be stored once, or what the person who pressed is told. */
type Outcome = { turn: NewTurn; again: string } | string;

/** A person has something done with a call: tasks of what was agreed, a note in the CRM, a question. */
export function listenToCallButtons(app: App, context: ListenerContext): void {
  const on = (actionId: string, heed: (press: CallPress, context: ListenerContext) => Promise<Outcome>) => {
    app.action(actionId, async ({ action, body, ack }) => {
      // What is looked up takes longer than Slack waits. A press that is lost with the process can be made again.
      await ack();
      const { channel, container, message, user } = body as BlockAction;
      const threadTs = (message?.["thread_ts"] ?? message?.ts ?? container["message_ts"]) as string;
      const place = { channel: channel?.id ?? String(container["channel_id"]), user: user.id, threadTs };
      const summaryId = "value" in action ? String(action.value) : "";
      const tell = (words: string) => whisper(place, words, context);
      try {
        const person = await admitted(user, place.channel, tell, context);
        if (!person) return;
        const outcome = await heed({ summaryId, person, channel: place.channel, threadTs }, context);
        if (typeof outcome === "string") return await tell(outcome);
        if (!(await context.turns.submit(outcome.turn))) await tell(outcome.again);
      } catch (error) {
        context.logger.error({ err: error, actionId }, "a press below a call's summary came to nothing");
        await tell(safeMessage(error));
      }
    });
  };
  on(actions.createTasks, createTasks);
  on(actions.logCall, logCall);
  on(actions.askAboutCall, askAboutCall);
}

/**
 * Undefined for a guest, somebody of another company, who has left, a bot, who may not ask, and where people of another company read
 * along by now: who pressed is told so, and nothing is done.
 */
async function admitted(
  user: BlockAction["user"],
  channel: string,
  tell: (words: string) => Promise<void>,
  context: ListenerContext,
): Promise<Person | undefined> {
  const person = await context.people.find(user.id);
  const isOwn = isOwnPerson({ team: user.team_id }, context.workspace);
  const words = isOwn ? wordsFor(person, context) : "I answer people of my own workspace only.";
  const reason = isOwn ? (reasonToRefuse(person, context.guests) ?? "nobody") : "other_workspace";
  const refused = words === undefined ? await refuseChannel(channel, context) : { words, reason };
  if (refused) recordRefusal({ tool: "call_summary", reason: refused.reason, userId: person.userId }, context);
  const told = refused?.words ?? refuseRole({ person, role: usualRole, tool: "call_summary" }, context);
  if (told === undefined) return person;
  await tell(told);
  return undefined;
}

const gone = "I do not keep this call any more. Ask me about it, and I look it up anew.";

async function createTasks(press: CallPress, context: ListenerContext): Promise<Outcome> {
  const turnId = context.newId("turn");
  const presser = await presserOf(press, turnId, context);
  const planned = await context.callActions.tasks(press.summaryId, presser, AbortSignal.timeout(patienceMs));
  return inThread(planned, press, context, {
    turnId,
    sourceKey: await context.callActions.keyOf(press.summaryId, "create_tasks"),
    text: "Create tasks in Asana for this call's next steps.",
    nothing: "No next step was agreed in this call.",
    again: "These tasks were asked for already: see below this summary, in its thread.",
  });
}

async function logCall(press: CallPress, context: ListenerContext): Promise<Outcome> {
  return inThread(await context.callActions.note(press.summaryId), press, context, {
    turnId: context.newId("turn"),
    sourceKey: await context.callActions.keyOf(press.summaryId, "log"),
    text: "Log this call to HubSpot.",
    nothing: "HubSpot has no company for this call's account.",
    again: "This was asked for already: see below this summary, in its thread.",
  });
}

/** Once for a summary: who presses after that is told alone. */
async function askAboutCall(press: CallPress, context: ListenerContext): Promise<Outcome> {
  const turn = await context.callActions.summary(press.summaryId);
  const words = "Ask me about this call here, in its thread: I have all that was said in it.";
  return inThread(turn ? { turn, calls: [] } : "gone", press, context, {
    turnId: context.newId("turn"),
    sourceKey: `button:${press.summaryId}:ask`,
    text: "May I ask about this call?",
    intro: words,
    nothing: "",
    again: words,
  });
}

/** Milliseconds for what is looked up in Asana before the turn begins. */
const patienceMs = 20_000;

interface Button {
  turnId: string;
  sourceKey: string;
  /** What the press asks for, in words that the thread keeps. */
  text: string;
  intro?: string;
  nothing: string;
  /** Where it was pressed before, and not in vain. */
  again: string;
}

function inThread(
  planned: PlannedAction,
  { person, channel, threadTs }: CallPress,
  { workspace }: ListenerContext,
  { turnId, sourceKey, text, intro, nothing, again }: Button,
): Outcome {
  if (planned === "nothing") return nothing;
  if (planned === "gone" || !isOf(planned.turn, channel)) return gone;
  const turn: NewTurn = {
    id: turnId,
    sourceKey,
    source: "button",
    teamId: workspace.teamId,
    channel,
    threadTs,
    userId: person.userId,
    text,
    agent: usualRole,
    audience: "channel",
    task: { kind: "calls", calls: planned.calls, ...(intro !== undefined && { intro }) },
  };
  return { turn, again };
}

function isOf(turn: Turn, channel: string): boolean {
  return turn.channel === channel;
}

async function presserOf({ person, channel }: CallPress, turnId: string, context: ListenerContext): Promise<Presser> {
  const { userId, email, groups } = person;
  const { teamId } = context.workspace;
  const [identities, channelName] = await Promise.all([
    context.accounts.identities.of({ teamId, userId }),
    context.people.channelName(channel),
  ]);
  return { turnId, userId, email, groups, identities, channelName };
}
