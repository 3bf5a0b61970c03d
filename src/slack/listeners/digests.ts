import type { App, BlockAction, RespondFn, ViewSubmitAction } from "@slack/bolt";
import type { Schedule } from "../../storage/schedules.ts";
import { usualRole } from "../../core/usual-role.ts";
import { digestTurn, whyUnreadable } from "../../workflows/digests/run-digests.ts";
import { ruleSchema } from "../../workflows/digests/rule.ts";
import { nextTick } from "../../workflows/digests/ticks.ts";
import { wordsFor } from "../admission.ts";
import { refuseRole } from "../commands/role-gate.ts";
import { checkForm } from "../digests/check-form.ts";
import { type DigestDraft, readConfirmModal, renderConfirmModal } from "../digests/confirm-modal.ts";
import { type Digests, ownerHasLeft } from "../digests/digests.ts";
import { type DigestForm, type FormPlace, readDigestModal, renderDigestModal } from "../digests/modal.ts";
import { ownerAfter } from "../digests/owner.ts";
import { pageOf } from "../digests/list.ts";
import { nextRuns, staysPaused, whenOf } from "../digests/runs.ts";
import { digestsSeenBy, mayChange } from "../digests/seen.ts";
import { escapeText } from "../message-text.ts";
import type { Person } from "../people.ts";
import { actions, command, type EventType, modals } from "../surface.ts";
import { isOwnPerson } from "../workspace.ts";
import { type ListenerContext, recordRefusal, whisper } from "./context.ts";

/** A button of the list, pressed by somebody who may use Sophia and change this digest. */
interface ListPress {
  schedule: Schedule;
  person: Person;
  body: BlockAction;
  channel: string;
}

/** Undefined, or what the person who pressed is told. */
type Heed = (press: ListPress, context: ListenerContext) => Promise<string | undefined>;

const tool = `${command} digest`;
const goneWords = "That digest is not there any more.";

/** The list's buttons, the forms of a digest, and people who leave. */
export function listenToDigests(app: App, context: ListenerContext): void {
  const on = (actionId: string, heed: Heed) => {
    app.action<BlockAction>(new RegExp(String.raw`^${actionId}_\d+$`), async ({ action, body, ack, respond }) => {
      const id = "value" in action ? String(action.value) : "";
      const page = pageOf(action.action_id);
      await heedPress({ id, page, body, respond, heed }, context);
      await ack();
    });
  };
  const pages = new RegExp(String.raw`^${actions.digestPage}_\d+$`);
  app.action<BlockAction>(pages, async ({ action, body, ack, respond }) => {
    await turnPage({ page: pageOf(action.action_id), body, respond }, context);
    await ack();
  });
  on(actions.digestPause, pause);
  on(actions.digestResume, resume);
  on(actions.digestRun, asking(runNow));
  on(actions.digestDelete, remove);
  on(actions.digestEdit, edit);

  app.view<ViewSubmitAction>(modals.digest, async ({ body, view, ack }) => {
    const opened = JSON.parse(view.private_metadata) as FormPlace;
    const person = await maker(body.user, opened.openedIn, context);
    if (!person) return ack();
    const before = opened.isNew ? undefined : await changeable(opened.id, person, opened.openedIn, context);
    if (before === "not") return ack();
    const changing = { userId: person.userId, before };
    const checked = await checkForm(readDigestModal(view.state.values), opened, changing, context);
    if ("draft" in checked)
      return ack({ response_action: "push", view: renderConfirmModal(checked.draft, before, context.clock.now()) });
    if (checked.refused !== undefined) recordRefusal({ tool, reason: checked.refused, userId: person.userId }, context);
    return ack({ response_action: "errors", errors: checked.errors });
  });

  app.view<ViewSubmitAction>(modals.digestConfirm, async ({ body, view, ack }) => {
    const draft = readConfirmModal(view.private_metadata);
    const person = await maker(body.user, draft.openedIn, context);
    const said = person && (await save(draft, person, context));
    await ack({ response_action: "clear" });
    if (said !== undefined) await whisper({ channel: draft.openedIn, user: body.user.id }, said, context);
  });

  app.event("user_change" satisfies EventType, async ({ event }) => {
    const { id: ownerId, deleted } = event.user;
    if (!deleted) return;
    const { digests, workspace } = context;
    const paused = await digests.schedules.pauseAllOf({ teamId: workspace.teamId, ownerId }, ownerHasLeft);
    for (const schedule of paused) await digests.tellPaused(schedule, ownerHasLeft);
  });
}

async function heedPress(
  { id, page, body, respond, heed }: { id: string; page: number; body: BlockAction; respond: RespondFn; heed: Heed },
  context: ListenerContext,
): Promise<void> {
  const channel = channelOf(body);
  const answer = (text: string) => whisper({ channel, user: body.user.id }, text, context);
  const person = await admitted(body.user, context, answer);
  if (!person) return;
  const schedule = await changeable(id, person, channel, context);
  if (schedule === "not") return;
  const said = schedule ? await heed({ schedule, person, body, channel }, context) : goneWords;
  if (heed !== edit) await renew({ person, channel, page, respond }, context);
  if (said !== undefined) await answer(said);
}

async function turnPage(
  { page, body, respond }: { page: number; body: BlockAction; respond: RespondFn },
  context: ListenerContext,
): Promise<void> {
  const channel = channelOf(body);
  const answer = (text: string) => whisper({ channel, user: body.user.id }, text, context);
  const person = await admitted(body.user, context, answer);
  if (person) await renew({ person, channel, page, respond }, context);
}

function channelOf(body: BlockAction): string {
  return body.channel?.id ?? String(body.container["channel_id"]);
}

/** Shows a page of the list in place of the one on which somebody has pressed. */
async function renew(
  { person, channel, page, respond }: { person: Person; channel: string; page: number; respond: RespondFn },
  context: ListenerContext,
): Promise<void> {
  const list = await digestsSeenBy(person, channel, context, page);
  await respond({ replace_original: true, ...context.secrets.removeIn({ ...list }) }).catch((error: unknown) => {
    context.logger.warn({ err: error }, "a list of digests could not be renewed");
  });
}

/** Undefined for whoever may not use Sophia; where there is a way to tell them, they are told. */
async function admitted(
  user: { id: string; team_id?: string | undefined },
  context: ListenerContext,
  answer?: (text: string) => Promise<void>,
): Promise<Person | undefined> {
  const person = await context.people.find(user.id);
  const isOwn = isOwnPerson({ team: user.team_id }, context.workspace);
  const refused = isOwn ? wordsFor(person, context) : "I answer people of my own workspace only.";
  if (refused === undefined) return person;
  recordRefusal({ tool, reason: isOwn ? person.standing : "other_workspace", userId: person.userId }, context);
  await answer?.(refused);
  return undefined;
}

/** Who sends a form; undefined for whoever may not have a digest, who is told. */
async function maker(
  user: { id: string; team_id?: string | undefined },
  openedIn: string,
  context: ListenerContext,
): Promise<Person | undefined> {
  const answer = (text: string) => whisper({ channel: openedIn, user: user.id }, text, context);
  const person = await admitted(user, context, answer);
  const refused = person && refuseRole({ person, role: usualRole, tool }, context);
  if (refused === undefined) return person;
  await answer(refused);
  return undefined;
}

/** For what asks something, in whosever name: who presses has to be somebody who may. */
function asking(heed: Heed): Heed {
  return async (press, context) =>
    refuseRole({ person: press.person, role: usualRole, tool }, context) ?? heed(press, context);
}

/** The digest, undefined where there is none; `not`, which is told and recorded, where this person may not change it. */
async function changeable(
  id: string,
  person: Person,
  channel: string,
  context: ListenerContext,
): Promise<Schedule | "not" | undefined> {
  const schedule = await context.digests.schedules.get(id);
  if (schedule === undefined || mayChange(schedule, person, context)) return schedule;
  recordRefusal({ tool, reason: "not_owner", userId: person.userId }, context);
  const words = `Only <@${schedule.ownerId}>, whose digest this is, and admins can change it.`;
  await whisper({ channel, user: person.userId }, words, context);
  return "not";
}

const pause: Heed = async ({ schedule }, { digests }) => {
  await digests.schedules.pause(schedule.id);
  return undefined;
};

const resume: Heed = async ({ schedule }, { digests, clock }) => {
  const refused = await whyNot(schedule, digests);
  if (refused !== undefined) return refused;
  const nextAt = nextTick(ruleSchema.parse(schedule.rule), schedule.zone, clock.now());
  await digests.schedules.resume(schedule.id, new Date(nextAt));
  return undefined;
};

const remove: Heed = async ({ schedule }, { digests }) => {
  await digests.schedules.remove(schedule.id);
  return undefined;
};

const runNow: Heed = async ({ schedule, body }, { digests, turns, newId }) => {
  const refused = await whyNot(schedule, digests);
  if (refused !== undefined) return refused;
  const turn = digestTurn(schedule, `now:${body.trigger_id}`, newId("turn"));
  if (!(await turns.submit(turn))) return undefined;
  await digests.schedules.ran(schedule.id, turn.id);
  return schedule.isPrivate
    ? "It is on its way, in our direct message with its owner."
    : `It is on its way, in <#${schedule.channel}>.`;
};

async function whyNot(
  schedule: Pick<Schedule, "ownerId" | "channel" | "isPrivate" | "rule" | "zone" | "what">,
  digests: Digests,
): Promise<string | undefined> {
  const unreadable = whyUnreadable(schedule);
  if (unreadable !== undefined) return `It cannot be run: ${unreadable}. Edit shows what it was.`;
  const verdict = await digests.mayPost(schedule);
  if (verdict.kind === "fine") return undefined;
  if (verdict.kind === "unknown")
    return "Slack does not tell me just now who reads its channel. Please try again in a minute.";
  return `It cannot be posted: ${verdict.reason}.`;
}

const openForm: Heed = async ({ schedule, body, channel }, { client, logger }) => {
  const { id, what, said, zone, allowsWrites } = schedule;
  const place = { id, isNew: false, openedIn: channel, place: placeOf(schedule, channel) };
  const form: DigestForm = { ...place, what, said, zone, allowsWrites };
  const outcome = await client.try("views.open", { trigger_id: body.trigger_id, view: renderDigestModal(form) });
  if (outcome.kind === "ok") return undefined;
  logger.warn({ outcome: outcome.kind }, "a form could not be opened");
  return "Slack did not open the form. Please press again.";
};

const edit = asking(openForm);

function placeOf({ isPrivate, channel }: Schedule, openedIn: string): DigestForm["place"] {
  if (isPrivate) return { kind: "own" };
  return channel === openedIn ? { kind: "here" } : { kind: "other", channel };
}

/** What the person is told of it. Everything is looked at once more: between two views there may be an hour. */
async function save(draft: DigestDraft, person: Person, context: ListenerContext): Promise<string | undefined> {
  const { digests, workspace, clock } = context;
  const { id, isNew, openedIn, takenFrom, ...content } = draft;
  const before = isNew ? undefined : await changeable(id, person, openedIn, context);
  if (before === "not") return undefined;
  if (!isNew && before === undefined) return goneWords;
  if (content.ownerId !== ownerAfter(before, content, person.userId))
    return "Somebody changed that digest meanwhile. Please look at it and change it again.";
  const refused = await whyNot(content, digests);
  if (refused !== undefined) return refused;
  const now = clock.now();
  const schedule = { ...content, nextAt: new Date(nextTick(content.rule, content.zone, now)) };
  // A form whose answer was slow is sent twice: the second time its digest is there.
  const isAdded = isNew && (await digests.schedules.add({ ...schedule, id, teamId: workspace.teamId }));
  if (!isAdded && !(await digests.schedules.change(id, schedule))) return goneWords;
  if (before && before.ownerId === takenFrom) await heedTaken(before, person, context);
  const where = content.isPrivate ? "in our direct message" : `in <#${content.channel}>`;
  const runs = staysPaused(before)
    ? `It stays paused: press Resume in \`${tool} list\` to have it run again.`
    : `The next runs: ${nextRuns(content, now).join("; ")}.`;
  return `Saved: *${escapeText(content.title)}*, ${where}, ${whenOf(content)}. ${runs}`;
}

async function heedTaken(before: Schedule, person: Person, context: ListenerContext): Promise<void> {
  const { audit, clock, digests } = context;
  audit.append({
    kind: "setting",
    at: new Date(clock.now()),
    outcome: "changed",
    userId: person.userId,
    tool,
    reason: "owner_changed",
    arguments: { digest: before.id, ownerBefore: before.ownerId },
  });
  await digests.tellTaken(before, person.userId);
}
