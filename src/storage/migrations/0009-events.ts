/**
 * What the services told of, until somebody has dealt with it. `key` is what one happening is known by, however often it is told:
 * it stays for ever, so that what is told again after years is still the same. `data` is null once it is too old to be of use.
 * `available_at` is null for what nobody has taken yet; else it is the end of a lease, or when another attempt may be made.
 *
 * `asana_hooks`: the webhooks that Sophia has made at Asana, by the random id in their address. Until `pending_until` Asana may
 * hand over the hook's secret, once; it is `sealed` with the key `key_id`. `gid` is Asana's own id of it.
 */
export const events = {
  name: "events",
  sql: `
    CREATE TABLE sophia.events (
      key text PRIMARY KEY,
      source text NOT NULL CHECK (source IN ('gong', 'hubspot', 'asana')),
      kind text NOT NULL,
      object_id text NOT NULL,
      occurred_at timestamptz NOT NULL,
      received_at timestamptz NOT NULL,
      data json,
      attempts int NOT NULL DEFAULT 0,
      available_at timestamptz,
      done_at timestamptz
    );
    CREATE INDEX events_to_do ON sophia.events (occurred_at) WHERE done_at IS NULL;
    CREATE INDEX events_with_data ON sophia.events (received_at) WHERE data IS NOT NULL;

    CREATE TABLE sophia.asana_hooks (
      id text PRIMARY KEY,
      project_gid text NOT NULL UNIQUE,
      gid text,
      key_id text,
      sealed text,
      begun_at timestamptz NOT NULL,
      pending_until timestamptz
    );
  `,
};
