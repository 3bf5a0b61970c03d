import type { ActiveViews } from "./active-views.ts";
import type { Delivery } from "./delivery.ts";
import type { EventFeed } from "./events.ts";
import type { Files } from "./files.ts";
import type { Interactions } from "./interactions.ts";
import type { Poster } from "./poster.ts";
import type { Schedule } from "./schedule.ts";
import type { Sessions } from "./sessions.ts";
import type { SocketMode } from "./socket-mode.ts";
import type { Views } from "./views.ts";
import type { Workspace } from "./workspace.ts";

/** The stand-in's parts, as methods and the store get them. */
export interface Slack {
  workspace: Workspace;
  events: EventFeed;
  poster: Poster;
  schedule: Schedule;
  sessions: Sessions;
  views: Views;
  activeViews: ActiveViews;
  files: Files;
  interactions: Interactions;
  delivery: Delivery;
  sockets: SocketMode;
  /** The bot's granted scopes; undefined: all. */
  scopes: ReadonlySet<string> | undefined;
  /** How long a stream takes appends, on the machine's clock. */
  streamLifetimeMs: number;
  /** The server's own address, without a trailing slash; known once it listens. */
  origin(): string;
}
