import type { App } from "@slack/bolt";
import { addressesSomebodyElse, mentionedUsers } from "../message-text.ts";
import type { EventType } from "../surface.ts";
import { sharedIn } from "../forwarded.ts";
import { isExternallyShared } from "../workspace.ts";
import type { ListenerContext } from "./context.ts";
import type { QuestionEvent, TakeQuestion } from "./questions.ts";

interface IncomingMessage extends Omit<QuestionEvent, "user" | "isExternal"> {
  user?: string;
  subtype?: string;
  bot_id?: string;
  channel_type?: string;
  hidden?: boolean;
}

/** Subtypes that are something a person said; every other one is Slack telling of joins, topics, edits and bots. */
const spoken = new Set<string | undefined>([undefined, "file_share", "thread_broadcast", "me_message"]);

/** A direct message, or something said in a channel, perhaps to Sophia. */
export function listenToMessages(app: App, context: ListenerContext, take: TakeQuestion): void {
  app.event("message" satisfies EventType, async ({ event, body }) => {
    const message = event as unknown as IncomingMessage;
    const { user } = message;
    if (user === undefined || !spoken.has(message.subtype) || message.hidden) return;
    if (message.bot_id !== undefined || user === context.workspace.botUserId) return;
    const question = { ...message, user, isExternal: isExternallyShared(event, body) };
    await context.order.next(message.channel, message.ts, () => takeMessage(question, context, take));
  });
  // Whoever takes this event is told with each direct message what its author has open. That is all that is wanted of it.
  app.event("app_context_changed" satisfies EventType, () => Promise.resolve());
}

async function takeMessage(
  message: QuestionEvent & IncomingMessage,
  context: ListenerContext,
  take: TakeQuestion,
): Promise<void> {
  const { botUserId, teamId } = context.workspace;
  const { channel, thread_ts: threadTs, text = "" } = message;
  if (message.channel_type === "im" || (message.channel_type === undefined && channel.startsWith("D")))
    return take(message, "direct");
  // Comes as `app_mention` as well; whichever is first makes the turn, the other finds it stored.
  if (mentionedUsers(text).includes(botUserId)) return take(message, "mention");
  // Refused where others read it, a talk in Sophia's thread would be interrupted for nothing.
  if (message.isExternal) return;
  if (threadTs === undefined || addressesSomebodyElse(text, botUserId)) return;
  if (text.trim() === "" && !message.files?.length && sharedIn(message.attachments).length === 0) return;
  if (await context.turns.isPartOf(teamId, channel, threadTs)) await take(message, "follow_up");
}
