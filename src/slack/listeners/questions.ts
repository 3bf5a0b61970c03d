import type { TurnSource } from "../../storage/turns.ts";
import { wordsFor } from "../admission.ts";
import { droppedFiles, type SharedFile } from "../files/dropped-files.ts";
import { isStopRequest } from "../message-text.ts";
import { roleOf } from "../roles.ts";
import { type ActiveView, viewingIn } from "../active-view.ts";
import { filesOfShared, readShared, sharedIn, type SharedMessage } from "../forwarded.ts";
import { isOwnPerson } from "../workspace.ts";
import { type ListenerContext, readText, recordRefusal, whisper } from "./context.ts";

/** The fields of `app_mention` and `message` events that make a question. */
export interface QuestionEvent {
  channel: string;
  user: string;
  ts: string;
  thread_ts?: string | undefined;
  text?: string | undefined;
  team?: string | undefined;
  user_team?: string | undefined;
  files?: readonly SharedFile[] | undefined;
  attachments?: readonly SharedMessage[] | undefined;
  /** What its author has open, in a direct message. */
  app_context?: ActiveView | undefined;
  /** Whether people of another company read the channel. */
  isExternal: boolean;
}

/** Messages remembered: an `app_mention` and its `message` come within seconds of each other. */
const remembered = 2_000;

export type TakeQuestion = (event: QuestionEvent, source: TurnSource) => Promise<void>;

/**
 * Makes the function that stores a question, or stops what runs if that is what it says. One message comes here as
 * `app_mention` and as `message`, one after the other: the second is not taken. This spares work and double hints; that a
 * message never makes two turns is the doing of its key in the database.
 */
export function createTakeQuestion(context: ListenerContext): TakeQuestion {
  const recent = new Set<string>();
  return async (event, source) => {
    const key = `${event.channel}:${event.ts}`;
    if (recent.has(key)) return;
    // What fails here was not stored, and is delivered again.
    await takeQuestion(event, source, context);
    recent.add(key);
    const [oldest] = recent.size > remembered ? recent : [];
    if (oldest !== undefined) recent.delete(oldest);
  };
}

async function takeQuestion(event: QuestionEvent, source: TurnSource, context: ListenerContext): Promise<void> {
  const { workspace, turns, logger } = context;
  if (!isOwnPerson(event, workspace)) {
    logger.warn({ channel: event.channel, reason: "guest_of_other_workspace" }, "Question ignored");
    recordRefusal({ tool: "question", reason: "other_workspace", userId: event.user }, context);
    return;
  }
  const { teamId } = workspace;
  const { channel, user: userId, ts } = event;
  const threadTs = event.thread_ts ?? ts;
  const shared = sharedIn(event.attachments);
  const files = [...droppedFiles(event.files), ...filesOfShared(shared)];
  const said = await readText(event.text ?? "", context);
  if (isStopRequest(said)) return stop(event, threadTs, context);
  const text = said === "" ? withoutWords(files.length, shared.length) : said;
  if (text === "") {
    const hint = "Ask me something in words, for example: *summarize yesterday's calls*.";
    return whisper({ channel, user: userId, threadTs: event.thread_ts }, hint, context);
  }
  const forwarded = await readShared(shared, (words) => readText(words, context), workspace.url);
  const viewing = source === "direct" ? viewingIn(event.app_context, teamId) : undefined;
  const isNew = await turns.submit({
    id: context.newId("turn"),
    sourceKey: `message:${teamId}:${channel}:${ts}`,
    source,
    teamId,
    channel,
    threadTs,
    messageTs: ts,
    userId,
    text,
    agent: roleOf(text, context.roles),
    audience: source === "direct" ? "private" : "channel",
    ...(files.length > 0 ? { files } : {}),
    ...(forwarded.length > 0 ? { forwarded } : {}),
    ...(viewing ? { viewing } : {}),
    ...(event.isExternal ? { refusal: "external_channel" } : {}),
  });
  logger.debug({ channel, ts, source, isNew }, "Question stored");
}

/** What is asked by a message that holds no words of its own; empty where it holds nothing else either. */
function withoutWords(files: number, shared: number): string {
  if (shared > 0) return `Please look at the forwarded message${shared === 1 ? "" : "s"}.`;
  return files > 0 ? `What is in ${files === 1 ? "this file" : "these files"}?` : "";
}

async function stop(event: QuestionEvent, threadTs: string, context: ListenerContext): Promise<void> {
  const { channel, user } = event;
  const person = await context.people.find(user);
  const refused = wordsFor(person, context);
  if (refused !== undefined) {
    recordRefusal({ tool: "stop", reason: person.standing, userId: user }, context);
    return whisper({ channel, user, threadTs: event.thread_ts }, refused, context);
  }
  const stopped = await context.turns.stopThread({ teamId: context.workspace.teamId, channel, threadTs });
  if (stopped.length > 0) return;
  const hint = event.thread_ts
    ? "Nothing is running in this thread."
    : "Say *stop* in the thread of the answer that is to end.";
  await whisper({ channel, user, threadTs: event.thread_ts }, hint, context);
}
