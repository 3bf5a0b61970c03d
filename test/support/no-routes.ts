import type { Channels } from "../../src/slack/channels.ts";
import type { CallActions } from "../../src/workflows/calls/call-actions.ts";
import type { Notices } from "../../src/storage/notices.ts";
import type { Presses } from "../../src/storage/presses.ts";
import type { RouteBook } from "../../src/workflows/routes.ts";

/** Nothing goes anywhere unasked. */
export const noRoutes: {
  routes: RouteBook;
  channels: Channels;
  callActions: CallActions;
  recordMutes: Pick<Notices, "muteRecord" | "unmuteRecords">;
  presses: Presses;
} = {
  routes: {
    all: () => Promise.resolve([]),
    mute: () => Promise.resolve(),
    add: () => Promise.resolve(0),
    remove: () => Promise.resolve(false),
  },
  channels: {
    find: () => Promise.resolve(undefined),
    findNow: () => Promise.resolve(undefined),
    hasMember: () => Promise.resolve(undefined),
  },
  callActions: {
    tasks: () => Promise.resolve("gone"),
    keyOf: (id, button) => Promise.resolve(`button:${id}:${button}`),
    note: () => Promise.resolve("gone"),
    summary: () => Promise.resolve(undefined),
  },
  recordMutes: { muteRecord: () => Promise.resolve(), unmuteRecords: () => Promise.resolve() },
  presses: { keyOf: (button) => Promise.resolve(`button:${button}`) },
};
