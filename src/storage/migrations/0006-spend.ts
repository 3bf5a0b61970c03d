/**
 * A row for each answer of the model, whatever became of it. Sums over a day's rows are what the caps are held against: additions
 * by several replicas need no lock, and one that is repeated, since its first outcome was unknown, meets its own id. `channel` is
 * null where the asker alone reads the answer. `day` is that of the configured zone.
 *
 * Nothing refers to the turn: what was spent stays known when a conversation is deleted.
 *
 * `spend_warnings`: that a cap comes near was said of it, on that day, by that turn, with these figures.
 */
export const spend = {
  name: "spend",
  sql: `
    CREATE TABLE sophia.spend (
      id text PRIMARY KEY,
      day date NOT NULL,
      turn_id text NOT NULL,
      user_id text NOT NULL,
      channel text,
      model text NOT NULL,
      tokens bigint NOT NULL,
      micro_usd bigint NOT NULL
    );
    CREATE INDEX spend_by_day ON sophia.spend (day) INCLUDE (user_id, channel, tokens, micro_usd);

    CREATE TABLE sophia.spend_warnings (
      day date NOT NULL,
      scope text NOT NULL CHECK (scope IN ('person', 'channel', 'day')),
      subject text NOT NULL,
      unit text NOT NULL CHECK (unit IN ('tokens', 'usd')),
      turn_id text NOT NULL,
      spent double precision NOT NULL,
      PRIMARY KEY (day, scope, subject, unit)
    );
  `,
};
