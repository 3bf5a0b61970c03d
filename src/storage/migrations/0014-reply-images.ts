/** Pictures of an answer that Slack has: another attempt shows the same file, by the digest of its bytes. */
export const replyImages = {
  name: "reply-images",
  sql: `
    CREATE TABLE sophia.reply_images (
      turn_id text NOT NULL REFERENCES sophia.turns (id) ON DELETE CASCADE,
      digest text NOT NULL,
      file_id text NOT NULL,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (turn_id, digest)
    );
  `,
};
