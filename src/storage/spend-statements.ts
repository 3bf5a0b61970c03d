/** The statements of `createSpend`. Each is one round trip and constant, so that it is prepared once a connection. */

/** $1 answers. */
export const addAnswers = `
  INSERT INTO sophia.spend (id, day, turn_id, user_id, channel, model, tokens, micro_usd)
  SELECT id, day, "turnId", "userId", channel, model, tokens, "microUsd"
  FROM json_to_recordset($1::json) AS answer (
    id text, day date, "turnId" text, "userId" text, channel text, model text, tokens bigint, "microUsd" bigint
  )
  ON CONFLICT (id) DO NOTHING`;

const tokens = "coalesce(sum(tokens), 0)::float8";
const usd = "(coalesce(sum(micro_usd), 0) / 1000000.0)::float8";

/** $1 day, $2 person, $3 channel or null. */
export const sumsOfDay = `
  SELECT
    coalesce(sum(tokens) FILTER (WHERE user_id = $2), 0)::float8 AS "personTokens",
    (coalesce(sum(micro_usd) FILTER (WHERE user_id = $2), 0) / 1000000.0)::float8 AS "personUsd",
    coalesce(sum(tokens) FILTER (WHERE channel = $3), 0)::float8 AS "channelTokens",
    (coalesce(sum(micro_usd) FILTER (WHERE channel = $3), 0) / 1000000.0)::float8 AS "channelUsd",
    ${tokens} AS "dayTokens",
    ${usd} AS "dayUsd"
  FROM sophia.spend WHERE day = $1::date`;

/** $1 day, $2 turn, $3 caps. In one order, so that two turns that tell of the same ones do not wait for each other. */
export const tellOfCaps = `
  INSERT INTO sophia.spend_warnings AS told (day, scope, subject, unit, turn_id, spent)
  SELECT $1::date, scope, subject, unit, $2, spent
  FROM json_to_recordset($3::json) AS near (scope text, subject text, unit text, spent float8)
  ORDER BY scope, subject, unit
  ON CONFLICT (day, scope, subject, unit) DO UPDATE SET turn_id = excluded.turn_id
    WHERE told.turn_id = excluded.turn_id
  RETURNING scope, subject, unit, spent`;

const sums = `
  coalesce(sum(tokens) FILTER (WHERE day = $2::date), 0)::float8 AS "tokensToday",
  (coalesce(sum(micro_usd) FILTER (WHERE day = $2::date), 0) / 1000000.0)::float8 AS "usdToday",
  (count(DISTINCT turn_id) FILTER (WHERE day = $2::date))::int AS "turnsToday",
  ${tokens} AS tokens,
  ${usd} AS usd,
  count(DISTINCT turn_id)::int AS turns`;
const within = "FROM sophia.spend WHERE day BETWEEN $1::date AND $2::date";

/** $1 first day, $2 last day, $3 person or null for all. */
export const totals = `
  SELECT ${sums}, array_agg(DISTINCT model) AS models ${within} AND ($3::text IS NULL OR user_id = $3)`;

const mostFirst = "ORDER BY usd DESC, tokens DESC, subject LIMIT $3::int";

/** $1 first day, $2 last day, $3 how many. */
export const mostByPerson = `SELECT user_id AS subject, ${sums} ${within} GROUP BY user_id ${mostFirst}`;

/** As above. */
export const mostByChannel = `SELECT channel AS subject, ${sums} ${within} GROUP BY channel ${mostFirst}`;
