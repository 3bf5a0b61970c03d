import type { App, BlockAction } from "@slack/bolt";
import type { KnownBlock } from "@slack/types";
import type { Press, Verdict } from "../../approvals/decisions.ts";
import { renderCard } from "../approvals/card.ts";
import { actions } from "../surface.ts";
import { type ListenerContext, whisper } from "./context.ts";

/** A person decides about what Sophia wants to change. */
export function listenToApprovals(app: App, context: ListenerContext): void {
  for (const [actionId, decision] of [
    [actions.approve, "approved"],
    [actions.deny, "denied"],
  ] as const) {
    app.action(actionId, async ({ action, body, ack }) => {
      const cardId = "value" in action ? String(action.value) : "";
      const press: Press = { cardId, userId: body.user.id, decision };
      // Acknowledged once it is stored: a press that Slack repeats decides nothing twice.
      const verdict = await context.decisions.decide(press);
      await ack();
      await tell(press, verdict, body as BlockAction, context);
    });
  }
}

async function tell(
  { userId }: Press,
  verdict: Verdict,
  { channel, container, message }: BlockAction,
  context: ListenerContext,
): Promise<void> {
  const channelId = channel?.id ?? String(container["channel_id"]);
  const ts = message?.ts ?? String(container["message_ts"]);
  const threadTs = (message?.["thread_ts"] ?? container["thread_ts"]) as string | undefined;
  const answer = (text: string) => whisper({ channel: channelId, user: userId, threadTs }, text, context);
  if (verdict.kind === "forbidden") {
    return answer(`Only <@${verdict.approvals[0]?.userId}>, who asked for this, can decide about it.`);
  }
  const card = verdict.kind === "unknown" ? withoutButtons(message) : await decidedCard(verdict, context);
  const outcome = await context.client.try("chat.update", { channel: channelId, ts, ...card });
  if (outcome.kind !== "ok") context.logger.warn({ outcome: outcome.kind }, "A decided card could not be changed");
  if (verdict.kind === "unknown") await answer("This is no longer open: the question has changed since.");
  if (verdict.kind === "closed")
    await answer("This was decided before, or is no longer open. Nothing has changed by this press.");
}

/** A card that nothing is known of any more. */
function withoutButtons(message: BlockAction["message"]): { text: string; blocks: KnownBlock[] } {
  const blocks = (message?.["blocks"] ?? []) as KnownBlock[];
  return { text: message?.text ?? "", blocks: blocks.filter(({ type }) => type !== "actions") };
}

async function decidedCard(verdict: Exclude<Verdict, { kind: "unknown" }>, context: ListenerContext) {
  return renderCard(verdict.approvals, { buttons: false, note: await noteFor(verdict, context) });
}

/** What stands on the card from now on. */
async function noteFor(verdict: Exclude<Verdict, { kind: "unknown" }>, { people }: ListenerContext): Promise<string> {
  const [first] = verdict.approvals;
  if (first?.decidedBy === undefined) return "No longer open. Nothing was changed.";
  const { name } = await people.find(first.decidedBy);
  return first.status === "denied" ? `Denied by ${name}. Nothing was changed.` : `Approved by ${name}.`;
}
