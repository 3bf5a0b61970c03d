import type { App } from "@slack/bolt";
import type { EventType } from "../surface.ts";
import type { ListenerContext } from "./context.ts";

/** A question is deleted while its turn waits or runs: nobody wants the answer any more. */
export function listenToDeletions(app: App, context: ListenerContext): void {
  app.event("message" satisfies EventType, async ({ event }) => {
    if (event.subtype !== "message_deleted") return;
    const { channel, deleted_ts: ts } = event;
    await context.order.next(channel, ts, async () => {
      const { teamId } = context.workspace;
      await context.turns.stopMessage(teamId, channel, ts);
      // Where it was a thread's first message, nobody finds what follows in the thread either.
      await context.turns.stopThread({ teamId, channel, threadTs: ts });
    });
  });
}
