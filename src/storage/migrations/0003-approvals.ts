/**
 * A turn that waits for a person's consent is `suspended`: it has no worker and no lease, and does not hold up its thread.
 *
 * An approval is bound to one call of one turn (tool and arguments, by their digest), and so to its asker and thread. It is
 * spent by the call that it lets through. Approvals that are shown together have the same card.
 */
export const approvals = {
  name: "approvals",
  sql: `
    ALTER TABLE sophia.turns DROP CONSTRAINT turns_status_check;
    ALTER TABLE sophia.turns ADD CONSTRAINT turns_status_check
      CHECK (status IN ('queued', 'running', 'suspended', 'done', 'failed', 'stopped'));
    CREATE INDEX turns_suspended ON sophia.turns (id) WHERE status = 'suspended';

    CREATE TABLE sophia.approvals (
      id text PRIMARY KEY,
      seq bigint GENERATED ALWAYS AS IDENTITY,
      turn_id text NOT NULL REFERENCES sophia.turns ON DELETE CASCADE,
      tool text NOT NULL,
      digest text NOT NULL,
      arguments json NOT NULL,
      preview json NOT NULL,
      status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'denied', 'spent')),
      card_id text,
      card_ts text,
      decided_by text,
      decided_at timestamptz,
      expires_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL,
      UNIQUE (turn_id, tool, digest)
    );
    CREATE INDEX approvals_of_card ON sophia.approvals (card_id);
  `,
};
