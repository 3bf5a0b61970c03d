import type { App } from "@slack/bolt";
import type { EventType } from "../surface.ts";
import type { ListenerContext } from "./context.ts";

/** Whoever becomes a guest, or leaves, is one from that moment on; what Sophia could do as somebody who left ends. */
export function listenToLeavers(app: App, { accounts, people, workspace, logger }: ListenerContext): void {
  app.event("user_change" satisfies EventType, async ({ event }) => {
    const { id: userId, deleted } = event.user;
    people.hasChanged(userId);
    if (!deleted) return;
    await accounts.personal.access.forget({ teamId: workspace.teamId, userId });
    logger.info({ userId }, "a person has left");
  });
}
