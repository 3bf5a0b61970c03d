/**
 * The audit as a chain: rows are numbered without gaps, and `hash` covers the row and the hash before it. Persons and texts
 * (`user_id`, `approver_id`, `arguments`, `result`) are covered by a digest each, with a salt of its own: `seals` has both, by
 * column. Where a person is forgotten, text and salt go and the digest stays. `facts` holds ids and numbers that stay.
 *
 * `audit_head`, one row: where the chain ends (`count` is the last number) and where retention lets it begin: with `first`,
 * which follows `first_previous`. `kept_at` is when retention was last applied.
 *
 * Rows from before the chain have no hash, and numbers from 0 downwards.
 */
export const auditChain = {
  name: "audit chain",
  sql: `
    ALTER TABLE sophia.audit RENAME TO audit_before;
    CREATE TABLE sophia.audit (
      sequence bigint PRIMARY KEY,
      at timestamptz NOT NULL,
      kind text NOT NULL CHECK (kind IN
        ('call', 'decision', 'refusal', 'turn', 'identity', 'forgetting', 'retention', 'setting', 'loss')),
      client text,
      agent text,
      user_id text,
      approver_id text,
      turn_id text,
      tool text,
      arguments json,
      outcome text NOT NULL,
      reason text,
      result text,
      facts json,
      cost_usd double precision,
      tokens bigint,
      duration_ms double precision,
      policy_revision text,
      seals jsonb NOT NULL DEFAULT '{}',
      previous_hash text,
      hash text,
      CHECK ((sequence > 0) = (hash IS NOT NULL AND previous_hash IS NOT NULL))
    );
    INSERT INTO sophia.audit
      (sequence, at, kind, client, agent, user_id, turn_id, tool, arguments, outcome, reason, duration_ms)
    SELECT 1 - row_number() OVER (ORDER BY id DESC), at, 'call', client, agent, user_id, turn_id, tool,
      CASE WHEN arguments::text <> 'null' THEN arguments END, outcome, reason, duration_ms
    FROM sophia.audit_before;
    DROP TABLE sophia.audit_before;
    CREATE INDEX audit_by_time ON sophia.audit (at);
    CREATE INDEX audit_by_turn ON sophia.audit (turn_id) WHERE turn_id IS NOT NULL;
    CREATE INDEX audit_by_user ON sophia.audit (user_id) WHERE user_id IS NOT NULL;
    CREATE INDEX audit_by_approver ON sophia.audit (approver_id) WHERE approver_id IS NOT NULL;
    CREATE INDEX audit_of_chain ON sophia.audit (kind, sequence) WHERE kind IN ('forgetting', 'retention');

    CREATE TABLE sophia.audit_head (
      id int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
      count bigint NOT NULL,
      hash text NOT NULL,
      first bigint NOT NULL,
      first_previous text NOT NULL,
      kept_at timestamptz
    );
    INSERT INTO sophia.audit_head (count, hash, first, first_previous)
    VALUES (0, repeat('0', 64), 1, repeat('0', 64));
  `,
};
