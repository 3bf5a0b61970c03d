import type { AgentSettings } from "../agent/settings.ts";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import type { Logger } from "../observability/log.ts";
import type { PersonWith } from "../slack/person-with.ts";
import { systemWait } from "../slack/wait.ts";
import type { Workspace } from "../slack/workspace.ts";
import type { Database } from "../storage/database.ts";
import type { Events } from "../storage/events.ts";
import { createNotices, type Notices } from "../storage/notices.ts";
import type { Replies } from "../storage/replies.ts";
import { type Repetition, repeatedly } from "../turns/repeatedly.ts";
import type { RunAgent } from "../turns/run-turn.ts";
import { createNoticeWatch } from "../workflows/notices/watch.ts";
import { createNoticeWriter } from "../workflows/notices/writer.ts";
import type { ChannelBook, RouteBook } from "../workflows/routes.ts";
import type { ToolReader } from "../workflows/tool-reader.ts";

export interface OpeningNotices {
  database: Database;
  events: Events;
  replies: Replies;
  routes: RouteBook;
  reader: ToolReader;
  personWith: PersonWith;
  channelName: (channel: string) => Promise<string | undefined>;
  channels: ChannelBook;
  workspace: Workspace;
  agentSettings: Pick<AgentSettings, "model" | "linkHosts" | "calendar">;
  config: { spend: { timeZone: string } };
  /** Runs a turn that was stored with what it tells. */
  wake: (turnId: string) => Promise<void>;
  clock: Clock;
  newId: NewId;
  logger: Logger;
}

export interface OpenedNotices {
  recordMutes: Notices;
  runner: RunAgent;
  sweep: Repetition;
}

const sweepEveryMs = 1_500;

export function openNotices({
  database,
  workspace: who,
  config,
  agentSettings,
  ...options
}: OpeningNotices): OpenedNotices {
  const notices = createNotices(database);
  const { timeZone } = config.spend;
  const ending = new AbortController();
  const watch = createNoticeWatch({ ...options, signal: ending.signal, notices, who, timeZone });
  const sweep = repeatedly(sweepEveryMs, () => watch.sweep(), options.logger);
  return {
    recordMutes: notices,
    runner: createNoticeWriter({ ...options, ...agentSettings, wait: systemWait, who, timeZone }),
    sweep: {
      ...sweep,
      stop: () => {
        ending.abort(new Error("Sophia is being stopped"));
        return sweep.stop();
      },
    },
  };
}
