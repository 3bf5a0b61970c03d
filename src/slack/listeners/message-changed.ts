import type { App } from "@slack/bolt";
import { roleOf } from "../roles.ts";
import { isOwnPerson } from "../workspace.ts";
import type { EventType } from "../surface.ts";
import { type ListenerContext, readText } from "./context.ts";

interface ChangedMessage {
  ts: string;
  user?: string;
  bot_id?: string;
  subtype?: string;
  text?: string;
  team?: string;
}

/** A question that waits or runs is edited: its turn starts again with the new text, in the role that this asks for. */
export function listenToEdits(app: App, context: ListenerContext): void {
  app.event("message" satisfies EventType, async ({ event }) => {
    if (event.subtype !== "message_changed") return;
    const message = event.message as unknown as ChangedMessage;
    const previous = event.previous_message as unknown as ChangedMessage | undefined;
    const { channel } = event;
    const { botUserId, teamId } = context.workspace;
    // The root of a thread is not deleted by Slack but emptied.
    if (message.subtype === "tombstone") {
      return context.order.next(channel, message.ts, async () => {
        await context.turns.stopMessage(teamId, channel, message.ts);
      });
    }
    if (message.bot_id !== undefined || message.user === botUserId || !isOwnPerson(message, context.workspace)) return;
    // Slack sends the same event when it unfurls a link or counts a reply.
    if (message.text === undefined || message.text === previous?.text) return;
    const { ts, text: changed } = message;
    await context.order.next(channel, ts, async () => {
      const text = await readText(changed, context);
      if (text === "") return;
      const edited = await context.turns.edit(teamId, channel, ts, { text, agent: roleOf(text, context.roles) });
      context.logger.debug({ channel, ts, edited }, "Message edited");
    });
  });
}
