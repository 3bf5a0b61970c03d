import type { App, BlockAction } from "@slack/bolt";
import { reasonToRefuse, wordsFor } from "../admission.ts";
import { gatherHome } from "../home/home-data.ts";
import { promptsFor } from "../home/prompts.ts";
import { renderHome, renderRefusal } from "../home/view.ts";
import { actions, type EventType } from "../surface.ts";
import { isOwnPerson } from "../workspace.ts";
import { type ListenerContext, recordRefusal } from "./context.ts";

/** Conversations whose prompts are known to stand. */
const remembered = 5_000;

/** Somebody opens Sophia in the sidebar: their Home tab is put together, or the prompts of the Messages tab. */
export function listenToHome(app: App, context: ListenerContext): void {
  const publish = createPublisher(context);
  const suggest = createSuggester(context);
  // What comes of it is no part of the event: Slack would send it again where a service is slow.
  app.event("app_home_opened" satisfies EventType, ({ event }) => {
    const { user, tab, channel } = event;
    void (tab === "home" ? publish(user) : suggest(user, channel));
    return Promise.resolve();
  });
  app.action(actions.refreshHome, async ({ body, ack }) => {
    await ack();
    const { user } = body as BlockAction;
    if (isOwnPerson({ team: user.team_id }, context.workspace)) void publish(user.id);
  });
}

/**
 * One publishing at a time for a person. Who opens the tab meanwhile gets another one behind it, so that what stands at last is
 * the newest; however often they do, it is one.
 */
function createPublisher(context: ListenerContext): (userId: string) => Promise<void> {
  const running = new Map<string, { again: boolean }>();
  return async (userId) => {
    const before = running.get(userId);
    if (before) {
      before.again = true;
      return;
    }
    const own = { again: true };
    running.set(userId, own);
    try {
      while (own.again) {
        own.again = false;
        await publishOnce(userId, context);
      }
    } catch (error) {
      context.logger.error({ err: error, userId }, "a Home tab could not be published");
    } finally {
      running.delete(userId);
    }
  };
}

async function publishOnce(userId: string, context: ListenerContext): Promise<void> {
  const { client, logger, people, guests } = context;
  const person = await people.find(userId);
  const refused = wordsFor(person, context);
  if (refused !== undefined) {
    const reason = reasonToRefuse(person, guests) ?? "nobody";
    recordRefusal({ tool: "home", reason, userId }, context);
  }
  const view = refused === undefined ? renderHome(await gatherHome(person, context)) : renderRefusal(refused);
  const outcome = await client.try("views.publish", { user_id: userId, view });
  if (outcome.kind === "ok") return;
  const code = outcome.kind === "refused" ? outcome.code : undefined;
  logger.warn({ userId, outcome: outcome.kind, code }, "a Home tab was not published");
}

/** The prompts of a direct message, set again only once others fit the person. */
function createSuggester(context: ListenerContext): (userId: string, channel: string) => Promise<void> {
  const { client, logger, people, roles, services } = context;
  const standing = new Map<string, string>();
  const suggest = async (userId: string, channel: string): Promise<void> => {
    const person = await people.find(userId);
    if (wordsFor(person, context) !== undefined) return;
    const prompts = promptsFor(person, roles, services());
    const key = JSON.stringify(prompts);
    if (prompts.length === 0 || standing.get(channel) === key) return;
    const title = "Ask me, for example";
    const outcome = await client.try("assistant.threads.setSuggestedPrompts", { channel_id: channel, title, prompts });
    if (outcome.kind !== "ok") {
      logger.warn({ channel, outcome: outcome.kind }, "Prompts could not be suggested");
      return;
    }
    standing.set(channel, key);
    const [oldest] = standing.size > remembered ? standing.keys() : [];
    if (oldest !== undefined) standing.delete(oldest);
  };
  return (userId, channel) =>
    suggest(userId, channel).catch((error: unknown) => {
      logger.error({ err: error, channel }, "Prompts could not be suggested");
    });
}
