/** The statements of the audit. Each is one round trip and constant, so that it is prepared once a connection. */

/** Only where the chain still ends with hash $1. $2 the new count, $3 the new hash, $4 the rows. Tells where it ends else. */
export const appendRows = `
  WITH moved AS (
    UPDATE sophia.audit_head SET count = $2::bigint, hash = $3 WHERE hash = $1 RETURNING count
  ), added AS (
    INSERT INTO sophia.audit (
      sequence, at, kind, client, agent, user_id, approver_id, turn_id, tool, arguments, outcome, reason, result, facts,
      cost_usd, tokens, duration_ms, policy_revision, seals, previous_hash, hash
    )
    SELECT sequence, at, kind, client, agent, "userId", "approverId", "turnId", tool,
      CASE WHEN arguments::text <> 'null' THEN arguments END, outcome, reason, result,
      CASE WHEN facts::text <> 'null' THEN facts END,
      "costUsd", tokens, "durationMs", "policyRevision", seals, "previousHash", hash
    FROM json_to_recordset($4::json) AS row (
      sequence bigint, at timestamptz, kind text, client text, agent text, "userId" text, "approverId" text, "turnId" text,
      tool text, arguments json, outcome text, reason text, result text, facts json, "costUsd" double precision,
      tokens bigint, "durationMs" double precision, "policyRevision" text, seals jsonb, "previousHash" text, hash text
    ) CROSS JOIN moved
    RETURNING sequence
  )
  SELECT (SELECT count(*)::int FROM added) AS added, count::float8 AS count, hash FROM sophia.audit_head`;

const head = `count::float8 AS count, hash, first::float8 AS first, first_previous AS "firstPrevious"`;

export const readHead = `SELECT ${head} FROM sophia.audit_head`;

/** Nobody else appends until the transaction ends. */
export const lockHead = `SELECT ${head} FROM sophia.audit_head FOR UPDATE`;

/** $1 number, $2 hash. */
export const isInChain = `SELECT true AS found FROM sophia.audit WHERE sequence = $1::bigint AND hash = $2`;

const columns = `
  sequence::float8 AS sequence, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, kind, client, agent,
  user_id AS "userId", approver_id AS "approverId", turn_id AS "turnId", tool, arguments, outcome, reason, result, facts,
  cost_usd AS "costUsd", tokens::float8 AS tokens, duration_ms AS "durationMs", policy_revision AS "policyRevision",
  seals, previous_hash AS "previousHash", hash`;

/** The rows of numbers $1 to $2, but the first $3 of them at most. */
export const rowsOfChain = `
  SELECT ${columns} FROM sophia.audit
  WHERE audit.sequence BETWEEN $1::bigint AND $2::bigint ORDER BY audit.sequence LIMIT $3`;

/** Rows that stand before number $1 or behind number $2, though the chain does not reach there; the lowest number of them. */
export const strayRow = `
  SELECT min(sequence)::float8 AS sequence FROM sophia.audit
  WHERE sequence > $2::bigint OR (sequence > 0 AND sequence < $1::bigint)`;

/** What retention said last of where the chain begins, up to number $1. */
export const lastCut = `
  SELECT facts FROM sophia.audit WHERE kind = 'retention' AND sequence BETWEEN 1 AND $1::bigint
  ORDER BY audit.sequence DESC LIMIT 1`;

/** How many rows are from before the chain. */
export const rowsBefore = `SELECT count(*)::int AS count FROM sophia.audit WHERE sequence <= 0`;

/** The last $5 rows since $1, of person $2 (who asked or decided), turn $3, with a tool like $4; null stands for all. */
export const findRows = `
  SELECT * FROM (
    SELECT ${columns} FROM sophia.audit
    WHERE ($1::timestamptz IS NULL OR audit.at >= $1)
      AND ($2::text IS NULL OR user_id = $2 OR approver_id = $2)
      AND ($3::text IS NULL OR turn_id = $3)
      AND ($4::text IS NULL OR tool LIKE $4)
    ORDER BY audit.sequence DESC LIMIT $5
  ) found ORDER BY sequence`;
