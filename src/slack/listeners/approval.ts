import type { App, BlockAction } from "@slack/bolt";
import type { KnownBlock } from "@slack/types";
import type { Press, Verdict } from "../../approvals/decisions.ts";
import type { Approval } from "../../storage/approvals.ts";
import { wordsFor } from "../admission.ts";
import { renderEditModal, NoFormError } from "../approvals/edit-modal.ts";
import { renderReasonModal } from "../approvals/reason-modal.ts";
import type { Person } from "../people.ts";
import { actions } from "../surface.ts";
import { isOwnPerson } from "../workspace.ts";
import { type ListenerContext, whisper } from "./context.ts";

/** A press of one of a card's buttons, by somebody who may use Sophia. */
interface CardPress {
  /** Of the card, or of one of its writes. */
  value: string;
  person: Person;
  body: BlockAction;
  /** Tells this person alone. */
  answer: (text: string) => Promise<void>;
}

/** A person decides about what Sophia wants to change, or asks what came of it. */
export function listenToApprovals(app: App, context: ListenerContext): void {
  const on = (actionId: string, heed: (press: CardPress) => Promise<void>) => {
    // Several buttons of a card do the same for one write each: `sophia_edit_2`.
    app.action(new RegExp(String.raw`^${actionId}(_\d+)?$`), async ({ action, body, ack }) => {
      const press = await admitted(action, body as BlockAction, context);
      // Acknowledged once it is stored: a press that Slack repeats decides nothing twice.
      if (press) await heed(press);
      await ack();
    });
  };
  on(actions.approve, (press) => decide(press, "granted", context));
  on(actions.deny, (press) => decide(press, "denied", context));
  on(actions.denyWithReason, (press) => askWhy(press, context));
  on(actions.edit, (press) => openForm(press, context));
  on(actions.check, (press) => checkAgain(press, context));
}

/** Undefined for a guest, somebody of another company, a bot: they are told so, and nothing is done. */
async function admitted(action: object, body: BlockAction, context: ListenerContext): Promise<CardPress | undefined> {
  const { user, container, message, channel } = body;
  const threadTs = (message?.["thread_ts"] ?? container["thread_ts"]) as string | undefined;
  const place = { channel: channel?.id ?? String(container["channel_id"]), user: user.id, threadTs };
  const answer = (text: string) => whisper(place, text, context);
  const person = await context.people.find(user.id);
  const isOwn = isOwnPerson({ team: user.team_id }, context.workspace);
  const refused = isOwn ? wordsFor(person, context) : "I answer people of my own workspace only.";
  if (refused === undefined) return { value: "value" in action ? String(action.value) : "", person, body, answer };
  recordRefusal(person, isOwn, context);
  await answer(refused);
  return undefined;
}

/** A press or a form of somebody who may not use Sophia. */
export function recordRefusal({ userId, standing }: Person, isOwn: boolean, { audit, clock }: ListenerContext): void {
  const reason = isOwn ? standing : "other_workspace";
  const at = new Date(clock.now());
  audit.append({ kind: "decision", outcome: "refused", at, client: "sophia", approverId: userId, reason });
}

/** A card's button says which card it is, and what it showed. */
function seenOf(value: string): { cardId: string; seen: number } {
  const [cardId = "", seen = ""] = value.split("@");
  return { cardId, seen: Number(seen) };
}

async function decide(press: CardPress, decision: Press["decision"], context: ListenerContext): Promise<void> {
  const verdict = await context.decisions.decide({ ...seenOf(press.value), who: press.person, decision });
  await tell(verdict, press, context);
}

/** What came of a press: on the card, and to whoever pressed where the card does not say it. */
export async function tell(
  verdict: Verdict,
  { body, answer }: Pick<CardPress, "answer"> & { body?: BlockAction },
  context: ListenerContext,
): Promise<void> {
  if (verdict.kind === "forbidden") return answer(whoMay(verdict.approvals));
  if (verdict.kind === "unknown") {
    if (body) await removeButtons(body, context);
    return answer("This is no longer open: the question has changed since.");
  }
  const cards = new Set(verdict.approvals.map(({ cardId = "" }) => cardId));
  for (const cardId of cards) await context.cards.update(cardId);
  if (verdict.kind === "changed")
    await answer("This was changed since you saw it, so nothing is decided. Look at it again.");
  if (verdict.kind === "closed")
    await answer("This was decided before, or is no longer open. Nothing has changed by this press.");
}

function whoMay([first]: readonly Approval[]): string {
  if (!first?.approvers) return `Only <@${first?.userId}>, who asked for this, can decide about it.`;
  return `Only ${first.approvers.map(named).join(" or ")} can decide about this.`;
}

function named(entry: string): string {
  if (/^S[A-Z0-9]{6,}$/.test(entry)) return `<!subteam^${entry}>`;
  return /^[UW][A-Z0-9]{6,}$/.test(entry) ? `<@${entry}>` : entry;
}

/** A card that nothing is known of any more. */
async function removeButtons({ message, container, channel }: BlockAction, context: ListenerContext): Promise<void> {
  const blocks = ((message?.["blocks"] ?? []) as KnownBlock[]).filter(({ type }) => type !== "actions");
  const place = { channel: channel?.id ?? container["channel_id"], ts: message?.ts ?? container["message_ts"] };
  const outcome = await context.client.try("chat.update", { ...place, text: message?.text ?? "", blocks });
  if (outcome.kind !== "ok") context.logger.warn({ outcome: outcome.kind }, "A card could not be changed");
}

async function askWhy(press: CardPress, context: ListenerContext): Promise<void> {
  const { value, person, body, answer } = press;
  const { cardId, seen } = seenOf(value);
  const verdict = await context.decisions.look({ cardId, who: person });
  if (verdict.kind !== "open") return tell(verdict, press, context);
  const view = renderReasonModal({ cardId, seen, ...placeOf(body) });
  await open(body, view, answer, context);
}

async function openForm(press: CardPress, context: ListenerContext): Promise<void> {
  const { value: approvalId, person, body, answer } = press;
  const verdict = await context.decisions.look({ cardId: cardOf(body), who: person });
  const approval = verdict.kind === "open" && verdict.approvals.find(({ id }) => id === approvalId);
  if (!approval) return tell(verdict.kind === "open" ? { ...verdict, kind: "closed" } : verdict, press, context);
  const schema = await context.inputSchema(approval.agent, approval.tool);
  try {
    await open(body, renderEditModal(approval, schema, { approvalId, ...placeOf(body) }), answer, context);
  } catch (error) {
    if (!(error instanceof NoFormError)) throw error;
    await answer(`This cannot be changed in a form: ${error.message} Deny it and say in the thread what you want.`);
  }
}

async function checkAgain({ value, answer, ...press }: CardPress, context: ListenerContext): Promise<void> {
  const verdict = await context.decisions.look({ cardId: cardOf(press.body), who: press.person });
  const approval = verdict.kind === "closed" && verdict.approvals.find(({ id }) => id === value);
  if (!approval || approval.status !== "unknown") return tell(verdict, { answer, body: press.body }, context);
  const reason = await context.outcomes.checkAgain(approval);
  if (reason !== undefined) return answer(`It is still not known what came of it. ${reason}`);
  await context.cards.update(approval.cardId ?? "");
}

/** The block that holds a card's buttons is named after it. */
function cardOf({ actions: [action] }: BlockAction): string {
  return action?.block_id ?? "";
}

function placeOf({ channel, container, message }: BlockAction): { channel: string; threadTs?: string } {
  const threadTs = (message?.["thread_ts"] ?? container["thread_ts"]) as string | undefined;
  return { channel: channel?.id ?? String(container["channel_id"]), ...(threadTs !== undefined && { threadTs }) };
}

async function open(
  { trigger_id }: BlockAction,
  view: object,
  answer: CardPress["answer"],
  { client, logger }: ListenerContext,
): Promise<void> {
  const outcome = await client.try("views.open", { trigger_id, view });
  if (outcome.kind === "ok") return;
  logger.warn(
    { outcome: outcome.kind, code: "code" in outcome ? outcome.code : undefined },
    "a form could not be opened",
  );
  await answer("Slack did not open the form. Please press again.");
}
