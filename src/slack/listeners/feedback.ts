import type { App, BlockAction } from "@slack/bolt";
import { wordsFor } from "../admission.ts";
import { actions } from "../surface.ts";
import { type ListenerContext, recordRefusal, whisper } from "./context.ts";

/** A person rates an answer. */
export function listenToFeedback(app: App, context: ListenerContext): void {
  app.action(actions.feedback, async ({ action, body, ack }) => {
    const value = "value" in action ? action.value : undefined;
    const { channel, container, user, message } = body as BlockAction;
    const channelId = channel?.id ?? String(container["channel_id"]);
    const ts = message?.ts ?? String(container["message_ts"]);
    const threadTs = (message?.["thread_ts"] ?? container["thread_ts"]) as string | undefined;
    const person = await context.people.find(user.id);
    const refused = wordsFor(person, context);
    if (refused !== undefined) {
      await ack();
      recordRefusal({ tool: "feedback", reason: person.standing, userId: user.id }, context);
      return whisper({ channel: channelId, user: user.id, threadTs }, refused, context);
    }
    const turnId = await context.turns.turnOf(channelId, ts);
    const isKnown = turnId !== undefined && (value === "good" || value === "bad");
    if (isKnown) await context.turns.addFeedback({ turnId, userId: user.id, value });
    await ack();
    const thanks = value === "good" ? "Thank you: noted as helpful." : "Thank you: noted as not helpful.";
    const text = isKnown ? thanks : "I cannot find the answer that this belongs to, so nothing was noted.";
    await whisper({ channel: channelId, user: user.id, threadTs }, text, context);
  });
}
