/**
 * `routes`: where what Sophia does unasked goes, as people have said it; those of the configuration stand in no table, but may be
 * muted as well (`route_mutes`). `conditions` is JSON.
 *
 * `calls`: those that Gong has told of or a poll has found, each dealt with once. `due_at`: when it is to be looked at (again), or
 * the end of a lease. `call_watch` is one row: calls that ended before `floor_at` are none of ours; up to `looked_until` the polls
 * have seen all; `polled_at` is when the last poll began.
 */
export const routesAndCalls = {
  name: "routes-and-calls",
  sql: `
    CREATE TABLE sophia.routes (
      number int GENERATED ALWAYS AS IDENTITY UNIQUE,
      id text PRIMARY KEY,
      what text NOT NULL CHECK (what IN ('calls', 'deals', 'contacts', 'tasks')),
      channel text NOT NULL,
      conditions json NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL
    );

    CREATE TABLE sophia.route_mutes (
      route_id text PRIMARY KEY,
      muted_until timestamptz NOT NULL
    );

    CREATE TABLE sophia.calls (
      call_id text PRIMARY KEY,
      state text NOT NULL DEFAULT 'seen' CHECK (state IN ('seen', 'summarised', 'skipped')),
      reason text,
      found_by text NOT NULL CHECK (found_by IN ('webhook', 'poll')),
      seen_at timestamptz NOT NULL,
      attempts int NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL
    );
    CREATE INDEX calls_to_do ON sophia.calls (due_at) WHERE state = 'seen';

    CREATE TABLE sophia.call_watch (
      only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
      floor_at timestamptz NOT NULL,
      looked_until timestamptz NOT NULL,
      polled_at timestamptz
    );
  `,
};
