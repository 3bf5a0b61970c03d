/**
 * Summaries whose call could not be put into the search index, since it was away. `turn_id` is the summary's; `due_at`: when the next
 * of `tries` turns is to be stored; `since`: when it failed first.
 */
export const callIndexings = {
  name: "call-indexings",
  sql: `
    CREATE TABLE sophia.call_indexings (
      turn_id text PRIMARY KEY REFERENCES sophia.turns (id) ON DELETE CASCADE,
      since timestamptz NOT NULL,
      due_at timestamptz NOT NULL,
      tries int NOT NULL DEFAULT 0
    );
  `,
};
