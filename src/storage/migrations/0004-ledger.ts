/**
 * An approval becomes the ledger's row of its write, whoever lets it through: `planned` (somebody is asked), `granted` (by a
 * person, or by policy alone), `sent`, and then what came of it: `done`, `failed` (certainly not carried out, or refused by the
 * service), `unknown`. `denied`, `expired` and `withdrawn` (stopped, or the question has changed) were never sent.
 *
 * `edited` are the arguments that a person put in place of the model's, which `digest` stays bound to. `approvers` decide in
 * place of the asker. `version` counts what somebody who decides must have seen: each edit and each new question. `sent_attempt` is the turn's attempt that sent it: 0 once that attempt has given up waiting. `shown` is
 * the status that its card shows.
 */
export const ledger = {
  name: "ledger",
  sql: `
    ALTER TABLE sophia.approvals DROP CONSTRAINT approvals_status_check;
    UPDATE sophia.approvals SET status = CASE status
      WHEN 'pending' THEN 'planned' WHEN 'approved' THEN 'granted' WHEN 'spent' THEN 'unknown' ELSE status END;
    ALTER TABLE sophia.approvals ADD CONSTRAINT approvals_status_check CHECK (status IN
      ('planned', 'granted', 'denied', 'expired', 'withdrawn', 'sent', 'done', 'failed', 'unknown'));
    ALTER TABLE sophia.approvals ALTER COLUMN status SET DEFAULT 'planned';
    ALTER TABLE sophia.approvals ALTER COLUMN preview DROP NOT NULL;
    ALTER TABLE sophia.approvals
      ADD COLUMN edited json,
      ADD COLUMN edited_by text,
      ADD COLUMN approvers json,
      ADD COLUMN reason text,
      ADD COLUMN sent_at timestamptz,
      ADD COLUMN sent_attempt int NOT NULL DEFAULT 0,
      ADD COLUMN sends int NOT NULL DEFAULT 0,
      ADD COLUMN look_after timestamptz,
      ADD COLUMN version int NOT NULL DEFAULT 0,
      ADD COLUMN ended_at timestamptz,
      ADD COLUMN result json,
      ADD COLUMN shown text;
    UPDATE sophia.approvals SET shown = status;
    CREATE INDEX approvals_open ON sophia.approvals (turn_id) WHERE status IN ('planned', 'granted', 'sent');
    CREATE INDEX approvals_to_show ON sophia.approvals (card_id)
      WHERE card_ts IS NOT NULL AND shown IS DISTINCT FROM status;
    CREATE INDEX approvals_without_card ON sophia.approvals (id) WHERE status = 'unknown' AND card_id IS NULL;
  `,
};
