import type { App } from "@slack/bolt";
import type { EventType } from "../surface.ts";
import type { ListenerContext } from "./context.ts";

/** Whoever leaves the company: what Sophia could do as them ends. */
export function listenToLeavers(app: App, { accounts, workspace, logger }: ListenerContext): void {
  app.event("user_change" satisfies EventType, async ({ event }) => {
    const { id: userId, deleted } = event.user;
    if (!deleted) return;
    await accounts.personal.access.forget({ teamId: workspace.teamId, userId });
    logger.info({ userId }, "a person has left");
  });
}
