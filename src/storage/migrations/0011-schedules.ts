/**
 * What somebody has posted again and again. `template` names a question of ours, or `words` are the owner's own. `rule` says when, by
 * the clocks of `zone`, and `said` is that in the owner's words. `next_at` is moved by the transaction that stores the turn of a tick.
 */
export const schedules = {
  name: "schedules",
  sql: `
    CREATE TABLE sophia.schedules (
      id text PRIMARY KEY,
      team_id text NOT NULL,
      owner_id text NOT NULL,
      channel text NOT NULL,
      is_private boolean NOT NULL,
      title text NOT NULL,
      template text,
      words text,
      rule json NOT NULL,
      zone text NOT NULL,
      said text NOT NULL,
      allows_writes boolean NOT NULL,
      paused boolean NOT NULL DEFAULT false,
      paused_reason text,
      next_at timestamptz NOT NULL,
      last_run_at timestamptz,
      last_turn_id text,
      created_at timestamptz NOT NULL,
      CHECK ((template IS NULL) <> (words IS NULL))
    );
    CREATE INDEX schedules_due ON sophia.schedules (next_at) WHERE NOT paused;
    CREATE INDEX schedules_of_owner ON sophia.schedules (owner_id, team_id);
    CREATE INDEX schedules_of_channel ON sophia.schedules (channel, team_id);
  `,
};
