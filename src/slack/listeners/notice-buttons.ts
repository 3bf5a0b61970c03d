import type { App, BlockAction, ViewSubmitAction } from "@slack/bolt";
import type { KnownBlock, RichTextBlock } from "@slack/types";
import { Temporal } from "temporal-polyfill";
import { usualRole } from "../../core/usual-role.ts";
import { muteValue, tellMoreText, tellMoreValue } from "../../workflows/notices/buttons.ts";
import { isAdmin, reasonToRefuse, wordsFor } from "../admission.ts";
import { bold, section, text as plainText } from "../approvals/card-parts.ts";
import { refuseRole } from "../commands/role-gate.ts";
import { refuseChannel } from "../commands/shared-channel.ts";
import { chosenMute, type MutePlace, renderMuteModal } from "../notices/mute-modal.ts";
import type { Person } from "../people.ts";
import { actions, command, modals } from "../surface.ts";
import { isOwnPerson } from "../workspace.ts";
import { type ListenerContext, recordRefusal, whisper } from "./context.ts";

/** A press below a notice, by somebody who may use Sophia. */
interface NoticePress {
  value: string;
  person: Person;
  body: BlockAction;
  channel: string;
  /** The notice itself, on which its thread hangs. */
  threadTs: string;
  /** Tells this person alone. */
  answer: (text: string) => Promise<void>;
}

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;

/** A person wants to hear more of a change, or nothing more for a while. */
export function listenToNoticeButtons(app: App, context: ListenerContext): void {
  const on = (actionId: string, heed: (press: NoticePress, context: ListenerContext) => Promise<void>) => {
    app.action(actionId, async ({ action, body, ack }) => {
      const press = await admitted(action, body as BlockAction, context);
      // Acknowledged once it is stored: what Slack repeats is done once.
      if (press) await heed(press, context);
      await ack();
    });
  };
  on(actions.tellMore, tellMore);
  on(actions.muteRoute, askHow);
  app.view<ViewSubmitAction>(modals.muteRoute, async ({ body, view, ack }) => {
    const place = JSON.parse(view.private_metadata) as MutePlace;
    const { team_id: team, id } = body.user;
    const answer = (text: string) => whisper({ ...place, user: id }, text, context);
    const person = await personOf({ id, team }, place.channel, answer, context);
    if (person && (await mayMute(person, place.channel, answer, context))) {
      await mute(place, chosenMute(view.state.values), person, context);
    }
    await ack();
  });
}

async function admitted(action: object, body: BlockAction, context: ListenerContext): Promise<NoticePress | undefined> {
  const { user, container, message, channel: place } = body;
  const channel = place?.id ?? String(container["channel_id"]);
  const threadTs = String(message?.["thread_ts"] ?? message?.ts ?? container["message_ts"]);
  const answer = (text: string) => whisper({ channel, user: user.id, threadTs }, text, context);
  const person = await personOf({ id: user.id, team: user.team_id }, channel, answer, context);
  const value = "value" in action ? String(action.value) : "";
  return person && { value, person, body, channel, threadTs, answer };
}

/**
 * Undefined for a guest, somebody of another company, who has left, a bot, and in a channel that another company reads by now:
 * they are told so, and nothing is done.
 */
async function personOf(
  { id, team }: { id: string; team: string | undefined },
  channel: string,
  answer: NoticePress["answer"],
  context: ListenerContext,
): Promise<Person | undefined> {
  const person = await context.people.find(id);
  const isOwn = isOwnPerson({ team }, context.workspace);
  const refused = isOwn ? wordsFor(person, context) : "I answer people of my own workspace only.";
  const wrongPlace = refused === undefined ? await refuseChannel(channel, context) : undefined;
  const words = refused ?? wrongPlace?.words;
  if (words === undefined) return person;
  const wrongPerson = isOwn ? (reasonToRefuse(person, context.guests) ?? "nobody") : "other_workspace";
  recordRefusal({ tool: "notice", reason: wrongPlace?.reason ?? wrongPerson, userId: person.userId }, context);
  await answer(words);
  return undefined;
}

/** A question of theirs in the notice's thread: pressed twice, by whomever, it is asked once, unless nothing came of it. */
async function tellMore(press: NoticePress, context: ListenerContext): Promise<void> {
  const { turns, workspace, presses, newId } = context;
  const { value, person, channel, threadTs, answer } = press;
  const refused = refuseRole({ person, role: usualRole, tool: "notice" }, context);
  if (refused !== undefined) return answer(refused);
  const { turn, records } = tellMoreValue.parse(JSON.parse(value));
  const isNew = await turns.submit({
    id: newId("turn"),
    sourceKey: await presses.keyOf(`${turn}:${actions.tellMore}`, "answer"),
    source: "button",
    teamId: workspace.teamId,
    channel,
    threadTs,
    userId: person.userId,
    text: tellMoreText(records),
    agent: usualRole,
    audience: "channel",
  });
  if (!isNew) await answer("That was asked for already: see below this notice, in its thread.");
}

async function askHow(press: NoticePress, context: ListenerContext): Promise<void> {
  const { value, person, body, channel, threadTs, answer } = press;
  if (!(await mayMute(person, channel, answer, context))) return;
  const { route, records } = muteValue.parse(JSON.parse(value));
  const view = renderMuteModal({ route, records, channel, threadTs });
  const outcome = await context.client.try("views.open", { trigger_id: body.trigger_id, view });
  if (outcome.kind === "ok") return;
  context.logger.warn({ outcome: outcome.kind }, "a form could not be opened");
  await answer("Slack did not open the form. Please press again.");
}

/** What is posted in a channel is for its members to decide, and for admins. */
async function mayMute(
  person: Person,
  channel: string,
  answer: NoticePress["answer"],
  context: ListenerContext,
): Promise<boolean> {
  if (isAdmin(person, context)) return true;
  const isMember = await context.channels.hasMember(channel, person.userId);
  if (isMember === true) return true;
  if (isMember === undefined) {
    await answer("Slack does not tell me just now who is in this channel. Press again in a minute.");
    return false;
  }
  recordRefusal({ tool: "mute", reason: "not_in_channel", userId: person.userId }, context);
  await answer("Only members of this channel, and admins, decide what I post here.");
  return false;
}

async function mute(
  { route, records, channel, threadTs }: MutePlace,
  chosen: string,
  person: Person,
  context: ListenerContext,
): Promise<void> {
  const { routes, recordMutes, clock, client, logger } = context;
  const now = clock.now();
  const told = async (words: string, blocks?: KnownBlock[]): Promise<void> => {
    const text = `<@${person.userId}> ${words}`;
    const unfurl = { unfurl_links: false, unfurl_media: false };
    const message = { channel, thread_ts: threadTs, text, ...(blocks && { blocks }), ...unfurl };
    const outcome = await client.try("chat.postMessage", message);
    if (outcome.kind !== "ok")
      logger.warn({ channel, outcome: outcome.kind }, "That notices are muted could not be said");
  };
  if (chosen === "end") {
    await Promise.all([routes.mute(route, new Date(now)), recordMutes.unmuteRecords(channel)]);
    return told("wants these notices again.");
  }
  const record = records[Number(/^record:(\d)$/.exec(chosen)?.[1] ?? -1)];
  if (record) {
    const [key, name] = record;
    await recordMutes.muteRecord(channel, key, new Date(now + weekMs));
    return told("muted one record here for a week. *Mute* below a notice ends that.", [mutedWords(person, name)]);
  }
  const until = chosen === "morning" ? nextMorning(now, person.timeZone) : now + hourMs;
  await routes.mute(route, new Date(until));
  const seconds = Math.floor(until / 1_000);
  const when = `<!date^${seconds}^{date_short_pretty} {time}|${new Date(until).toISOString()}>`;
  return told(`muted these notices until ${when}. \`${command} route\` shows them and ends it.`);
}

/** The name is a service's text: shown as it is, so that nothing in it is a link or a mention. */
function mutedWords({ userId }: Person, name: string): RichTextBlock {
  const words = [plainText(" muted "), plainText(name), plainText(" here for a week. ")];
  const end = [bold("Mute"), plainText(" below a notice ends that.")];
  return { type: "rich_text", elements: [section([{ type: "user", user_id: userId }, ...words, ...end])] };
}

/** 8:00 tomorrow by somebody's own clocks. */
function nextMorning(now: number, timeZone: string): number {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
  return today.add({ days: 1 }).toZonedDateTime({ timeZone, plainTime: "08:00" }).epochMilliseconds;
}
