import type { App } from "@slack/bolt";
import type { EventType } from "../surface.ts";
import { isExternallyShared } from "../workspace.ts";
import { type ListenerContext, recordRefusal } from "./context.ts";
import type { TakeQuestion } from "./questions.ts";

/** Somebody says `@Sophia` in a channel. */
export function listenToMentions(app: App, context: ListenerContext, take: TakeQuestion): void {
  app.event("app_mention" satisfies EventType, async ({ event, body }) => {
    // Other bots, and Sophia herself quoting her own name, do not get answers: two bots would talk for ever.
    if (event.user === undefined || event.user === context.workspace.botUserId) return;
    if (event.bot_id !== undefined) {
      if (event.bot_id !== context.workspace.botId)
        recordRefusal({ tool: "question", reason: "bot", userId: event.user }, context);
      return;
    }
    const isDirect = event.channel.startsWith("D");
    const question = { ...event, user: event.user, isExternal: isExternallyShared(event, body) };
    await context.order.next(event.channel, event.ts, () => take(question, isDirect ? "direct" : "mention"));
  });
}
