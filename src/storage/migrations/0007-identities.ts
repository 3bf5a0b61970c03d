/**
 * Who people are in the services. `identities`: the address by which a service knows somebody, where it is not that of
 * their Slack profile. `connections`: what a service gave Sophia to act as that person, `sealed` with the key `key_id`; it
 * opens for this person and service alone; until `renewing_until` one process renews it. `connection_requests`: a connection that a person has begun, by the digest of
 * its `state`, until it comes back or runs out.
 */
export const identities = {
  name: "identities",
  sql: `
    CREATE TABLE sophia.identities (
      team_id text NOT NULL,
      user_id text NOT NULL,
      service text NOT NULL,
      email text NOT NULL,
      set_by text NOT NULL,
      set_at timestamptz NOT NULL,
      PRIMARY KEY (team_id, user_id, service)
    );

    CREATE TABLE sophia.connections (
      team_id text NOT NULL,
      user_id text NOT NULL,
      service text NOT NULL,
      key_id text NOT NULL,
      sealed text NOT NULL,
      expires_at timestamptz NOT NULL,
      connected_at timestamptz NOT NULL,
      renewing_until timestamptz,
      PRIMARY KEY (team_id, user_id, service)
    );

    CREATE TABLE sophia.connection_requests (
      state_digest text PRIMARY KEY,
      team_id text NOT NULL,
      user_id text NOT NULL,
      service text NOT NULL,
      key_id text NOT NULL,
      sealed text NOT NULL,
      expires_at timestamptz NOT NULL
    );
    CREATE INDEX connection_requests_by_end ON sophia.connection_requests (expires_at);
  `,
};
