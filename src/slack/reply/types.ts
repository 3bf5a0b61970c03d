import type { Clock } from "../../core/clock.ts";
import type { Secrets } from "../../core/secrets.ts";
import type { Logger } from "../../observability/log.ts";
import type { Replies } from "../../storage/replies.ts";
import type { Turn } from "../../storage/turns.ts";
import type { SlackClient } from "../client.ts";
import type { Wait } from "../wait.ts";
import type { Workspace } from "../workspace.ts";
import type { Abilities } from "./abilities.ts";

/** What the answers of all turns share. */
export interface ReplyDependencies {
  client: SlackClient;
  workspace: Workspace;
  replies: Replies;
  abilities: Abilities;
  logger: Logger;
  clock: Clock;
  wait: Wait;
  /** Those of the process, which no answer shows. */
  secrets?: Secrets | undefined;
}

/** Where an answer goes. One that begins at the root has its thread once its first message stands. */
export interface ReplyTarget
  extends Pick<
    Turn,
    "id" | "sourceKey" | "teamId" | "userId" | "channel" | "messageTs" | "revision" | "isRoot" | "createdAt"
  > {
  threadTs: string;
}
