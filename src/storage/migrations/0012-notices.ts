/**
 * Changes of records that channels are told of. `record` is a kind with its service's id, `deal:123`.
 *
 * `record_values`: what was last known of a record, as one channel may see it: what one channel may not read must not come
 * to it as another's "before". `notice_changes`: what a route is to tell or, for a while, has told (`told_at`), one row an event; `before`
 * are the values before the first of them. `notice_paces`: when a route's last messages were stored, as epoch ms. `notice_mutes`: records
 * that a route leaves out for a while. `notice_looks`: when something was last looked at that nobody tells of.
 */
export const notices = {
  name: "notices",
  sql: `
    CREATE TABLE sophia.record_values (
      channel text NOT NULL,
      record text NOT NULL,
      known json NOT NULL,
      read_at timestamptz NOT NULL,
      PRIMARY KEY (channel, record)
    );

    CREATE TABLE sophia.notice_changes (
      position bigint GENERATED ALWAYS AS IDENTITY,
      route_id text NOT NULL,
      event_key text NOT NULL,
      record text NOT NULL,
      before json NOT NULL,
      amount float8,
      told_at timestamptz,
      PRIMARY KEY (route_id, event_key)
    );
    CREATE INDEX notice_changes_to_tell ON sophia.notice_changes (route_id) WHERE told_at IS NULL;

    CREATE TABLE sophia.notice_paces (route_id text PRIMARY KEY, stored json NOT NULL);

    CREATE TABLE sophia.notice_mutes (
      route_id text NOT NULL,
      record text NOT NULL,
      until timestamptz NOT NULL,
      PRIMARY KEY (route_id, record)
    );

    CREATE TABLE sophia.notice_looks (name text PRIMARY KEY, at timestamptz NOT NULL);
  `,
};
