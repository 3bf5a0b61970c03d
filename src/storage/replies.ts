import type { Clock } from "../core/clock.ts";
import type { Database } from "./database.ts";

/**
 * One Slack message of an answer. Recorded before it is sent, so that a crash cannot lose track of it; the record of the
 * first one in a thread is the claim of its turn, and its row comes with its `ts`.
 */
export interface ReplyPart {
  turnId: string;
  /** 0, 1, ... in reading order. */
  part: number;
  channel: string;
  threadTs: string;
  /** Slack's id of the message; undefined while it is not known whether Slack has it. */
  ts?: string | undefined;
  createdAt: Date;
}

/** The reason of a turn that posted nothing, and whose message is another's to write. */
export const putOff = "put_off";

export interface Replies {
  /** The parts of a turn's answer, in order. */
  parts(turnId: string): Promise<ReplyPart[]>;
  /** Records that a part is about to be sent: any but the first, and the first at a channel's root. */
  planned(part: Omit<ReplyPart, "ts" | "createdAt">): Promise<void>;
  /** Records where in Slack the part stands. */
  sent(part: Omit<ReplyPart, "createdAt"> & { ts: string }): Promise<void>;
  removed(turnId: string, part: number): Promise<void>;
  /** Which of these messages of a channel are recorded, to tell an orphan of a crash from the rest. */
  known(channel: string, ts: readonly string[]): Promise<Set<string>>;
  /** The turn that a message of ours belongs to. */
  turnOf(channel: string, ts: string): Promise<string | undefined>;
  /** Slack's file of a picture that the turn's answer shows, by the digest of its bytes. */
  imageOf(turnId: string, digest: string): Promise<string | undefined>;
  addImage(image: { turnId: string; digest: string; fileId: string }): Promise<void>;
  addFeedback(feedback: { turnId: string; userId: string; value: "good" | "bad" }): Promise<void>;
}

/** Whether something of a turn's answer may be in Slack: then no other turn may give it. */
export async function mayBePosted(replies: Pick<Replies, "parts">, turnId: string): Promise<boolean> {
  return (await replies.parts(turnId)).length > 0;
}

type PartRow = Omit<ReplyPart, "ts"> & { ts: string | null };

export function createReplies(db: Database, clock: Clock): Replies {
  const now = () => new Date(clock.now());
  return {
    parts: async (turnId) => {
      const rows = await db.query<PartRow>(
        `SELECT turn_id AS "turnId", part, channel, thread_ts AS "threadTs", ts, created_at AS "createdAt"
         FROM sophia.replies WHERE turn_id = $1 ORDER BY part`,
        [turnId],
      );
      return rows.map((row) => ({ ...row, ts: row.ts ?? undefined }));
    },
    planned: async ({ turnId, part, channel, threadTs }) => {
      await db.query(
        `INSERT INTO sophia.replies (turn_id, part, channel, thread_ts, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (turn_id, part) DO NOTHING`,
        [turnId, part, channel, threadTs, now()],
      );
    },
    sent: async ({ turnId, part, channel, threadTs, ts }) => {
      await db.query(
        `INSERT INTO sophia.replies (turn_id, part, channel, thread_ts, ts, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (turn_id, part) DO UPDATE SET ts = excluded.ts, thread_ts = excluded.thread_ts`,
        [turnId, part, channel, threadTs, ts, now()],
      );
    },
    removed: async (turnId, part) => {
      await db.query("DELETE FROM sophia.replies WHERE turn_id = $1 AND part = $2", [turnId, part]);
    },
    known: async (channel, ts) => {
      const rows = await db.query<{ ts: string }>(
        "SELECT ts FROM sophia.replies WHERE channel = $1 AND ts = ANY($2::text[])",
        [channel, ts],
      );
      return new Set(rows.map((row) => row.ts));
    },
    turnOf: async (channel, ts) => {
      const [row] = await db.query<{ turnId: string }>(
        `SELECT turn_id AS "turnId" FROM sophia.replies WHERE channel = $1 AND ts = $2`,
        [channel, ts],
      );
      return row?.turnId;
    },
    ...createImages(db, now),
    addFeedback: async ({ turnId, userId, value }) => {
      // Feedback on a message that is in no turn of ours any more has nothing to belong to.
      await db.query(
        `INSERT INTO sophia.feedback (turn_id, user_id, value, at)
         SELECT id, $2, $3, $4 FROM sophia.turns WHERE id = $1
         ON CONFLICT (turn_id, user_id) DO UPDATE SET value = excluded.value, at = excluded.at`,
        [turnId, userId, value, now()],
      );
    },
  };
}

function createImages(db: Database, now: () => Date): Pick<Replies, "imageOf" | "addImage"> {
  return {
    imageOf: async (turnId, digest) => {
      const [row] = await db.query<{ fileId: string }>(
        `SELECT file_id AS "fileId" FROM sophia.reply_images WHERE turn_id = $1 AND digest = $2`,
        [turnId, digest],
      );
      return row?.fileId;
    },
    addImage: async ({ turnId, digest, fileId }) => {
      await db.query(
        `INSERT INTO sophia.reply_images (turn_id, digest, file_id, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (turn_id, digest) DO NOTHING`,
        [turnId, digest, fileId, now()],
      );
    },
  };
}
