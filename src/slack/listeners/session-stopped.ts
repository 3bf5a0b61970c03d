import type { App } from "@slack/bolt";
import type { EventType } from "../surface.ts";
import type { ListenerContext } from "./context.ts";

/** Slack's own Stop button. */
export function listenToStop(app: App, context: ListenerContext): void {
  app.event("agent_session_stopped" satisfies EventType, async ({ event }) => {
    const { channel, thread_ts: threadTs } = event;
    const stopped = await context.turns.stopThread({ teamId: context.workspace.teamId, channel, threadTs });
    if (stopped.length > 0) return;
    // The turn's reply moves the session's status when it ends. There is none, so nobody else will.
    const args = { channel_id: channel, thread_ts: threadTs, status: "active" };
    const outcome = await context.client.try("agents.sessions.setStatus", args);
    if (outcome.kind !== "ok") context.logger.debug({ channel, outcome: outcome.kind }, "Session status not set");
  });
}
