/**
 * Order in a thread is `(position, seq)`: Slack's time of the message in microseconds, then the order of arrival. The
 * unique index on running turns is the guarantee that a thread never has two; claims only have to live with it.
 *
 * `claimed_revision` is the revision that the running attempt works on; `takeovers` counts how often the turn was taken
 * from a worker that had not let go of it.
 *
 * Steps are `json`, not `jsonb`: they go back to the model byte for byte (its cache needs that), and jsonb would reorder
 * keys and refuse what JSON allows, such as an escaped NUL.
 */
export const firstTables = {
  name: "first tables",
  sql: `
    CREATE TABLE sophia.threads (
      team_id text NOT NULL,
      channel text NOT NULL,
      thread_ts text NOT NULL,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (team_id, channel, thread_ts)
    );

    CREATE TABLE sophia.turns (
      id text PRIMARY KEY,
      seq bigint GENERATED ALWAYS AS IDENTITY,
      source_key text NOT NULL UNIQUE,
      source text NOT NULL,
      team_id text NOT NULL,
      channel text NOT NULL,
      thread_ts text NOT NULL,
      message_ts text,
      position bigint NOT NULL,
      user_id text NOT NULL,
      text text NOT NULL,
      agent text NOT NULL,
      audience text NOT NULL CHECK (audience IN ('private', 'channel')),
      status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed', 'stopped')),
      attempt int NOT NULL DEFAULT 0,
      takeovers int NOT NULL DEFAULT 0,
      revision int NOT NULL DEFAULT 0,
      claimed_revision int NOT NULL DEFAULT 0,
      stop_requested boolean NOT NULL DEFAULT false,
      worker_id text,
      lease_until timestamptz,
      created_at timestamptz NOT NULL,
      queued_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      reason text,
      usage json
    );
    CREATE INDEX turns_of_thread ON sophia.turns (thread_ts, channel, team_id);
    CREATE INDEX turns_unfinished ON sophia.turns (seq) WHERE status IN ('queued', 'running');
    CREATE INDEX turns_of_message ON sophia.turns (message_ts, channel, team_id) WHERE status IN ('queued', 'running');
    CREATE UNIQUE INDEX turns_one_running ON sophia.turns (thread_ts, channel, team_id) WHERE status = 'running';

    CREATE TABLE sophia.turn_steps (
      id bigint GENERATED ALWAYS AS IDENTITY,
      turn_id text NOT NULL REFERENCES sophia.turns ON DELETE CASCADE,
      revision int NOT NULL,
      position int NOT NULL,
      attempt int NOT NULL,
      step json NOT NULL,
      PRIMARY KEY (turn_id, revision, position)
    );

    CREATE TABLE sophia.replies (
      turn_id text NOT NULL REFERENCES sophia.turns ON DELETE CASCADE,
      part int NOT NULL,
      channel text NOT NULL,
      thread_ts text NOT NULL,
      ts text,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (turn_id, part)
    );
    CREATE INDEX replies_by_message ON sophia.replies (ts, channel) WHERE ts IS NOT NULL;

    CREATE TABLE sophia.feedback (
      turn_id text NOT NULL REFERENCES sophia.turns ON DELETE CASCADE,
      user_id text NOT NULL,
      value text NOT NULL CHECK (value IN ('good', 'bad')),
      at timestamptz NOT NULL,
      PRIMARY KEY (turn_id, user_id)
    );

    CREATE TABLE sophia.audit (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL,
      client text NOT NULL,
      agent text,
      user_id text,
      turn_id text,
      tool text NOT NULL,
      arguments json NOT NULL,
      outcome text NOT NULL CHECK (outcome IN ('ok', 'tool_error', 'refused', 'failed')),
      reason text,
      duration_ms double precision NOT NULL
    );
    CREATE INDEX audit_by_time ON sophia.audit (at);
    CREATE INDEX audit_by_turn ON sophia.audit (turn_id) WHERE turn_id IS NOT NULL;
  `,
};
