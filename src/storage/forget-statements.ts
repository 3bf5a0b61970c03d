/** The statements of `createForgetting`; $1 is the person's Slack id, always. They run in one transaction, in this order. */

/** Stands where the person stood. */
export const nobody = "'forgotten'";

/**
 * $2 the clock's time. The rows stay, without text or person: by them Slack's messages are known again, and an event that is
 * delivered late makes no second turn. What is unfinished ends: its worker is overtaken.
 */
export const forgetTurns = `
  WITH forgotten AS (
    UPDATE sophia.turns SET
      text = '', task = NULL, files = NULL, forwarded = NULL, viewing = NULL, user_id = ${nobody},
      attempt = attempt + (status = 'running')::int, worker_id = NULL, lease_until = NULL,
      status = CASE WHEN status IN ('queued', 'running', 'suspended') THEN 'stopped' ELSE status END,
      finished_at = coalesce(finished_at, $2::timestamptz)
    WHERE user_id = $1
    RETURNING id
  ), steps AS (
    DELETE FROM sophia.turn_steps USING forgotten WHERE turn_id = forgotten.id
  ), writes AS (
    DELETE FROM sophia.approvals USING forgotten WHERE turn_id = forgotten.id
  )
  SELECT count(*)::int AS count FROM forgotten`;

/** What was decided, edited or said about other people's writes. Arguments that are still to be sent stay. */
export const forgetDecisions = `
  UPDATE sophia.approvals SET
    decided_by = CASE decided_by WHEN $1 THEN ${nobody} ELSE decided_by END,
    edited_by = CASE edited_by WHEN $1 THEN ${nobody} ELSE edited_by END,
    reason = CASE WHEN decided_by = $1 THEN NULL ELSE reason END,
    edited = CASE WHEN status IN ('planned', 'granted', 'sent') THEN edited END
  WHERE decided_by = $1 OR edited_by = $1`;

export const forgetFeedback = `DELETE FROM sophia.feedback WHERE user_id = $1`;

export const forgetIdentities = `DELETE FROM sophia.identities WHERE user_id = $1`;

export const forgetCorrections = `UPDATE sophia.identities SET set_by = ${nobody} WHERE set_by = $1`;

export const forgetConnections = `DELETE FROM sophia.connections WHERE user_id = $1`;

export const forgetConnectionRequests = `DELETE FROM sophia.connection_requests WHERE user_id = $1`;

export const forgetSchedules = `DELETE FROM sophia.schedules WHERE owner_id = $1`;

/** A route that names the person goes: without its condition it would tell of everybody's. */
export const forgetRoutes = `
  WITH naming AS (DELETE FROM sophia.routes WHERE conditions::text LIKE '%"' || $1 || '"%')
  UPDATE sophia.routes SET created_by = ${nobody}
  WHERE created_by = $1 AND conditions::text NOT LIKE '%"' || $1 || '"%'`;

/** To whom tasks were assigned, by name: not told apart, so all of it goes, and the next change is told without its before. */
export const forgetTaskValues = `DELETE FROM sophia.record_values WHERE record LIKE 'task:%' AND $1 <> ''`;

/** The same of changes, and of the messages that tell of them. */
export const forgetTaskChanges = `
  UPDATE sophia.notice_changes SET before = '{}', after = '{}'
  WHERE record LIKE 'task:%' AND (before::text, after::text) <> ('{}', '{}') AND $1 <> ''`;

export const forgetTaskNotices = `
  UPDATE sophia.turns SET task = jsonb_set(task::jsonb, '{records}', (
    SELECT jsonb_agg(
      CASE WHEN told.record ->> 'record' LIKE 'task:%' THEN told.record || '{"before": {}, "after": {}}' ELSE told.record END
      ORDER BY position
    )
    FROM jsonb_array_elements(task::jsonb -> 'records') WITH ORDINALITY AS told (record, position)
  ))
  WHERE source = 'notice' AND task::text LIKE '%"task:%' AND $1 <> ''`;

/** The sums of channels and days stay. */
export const forgetSpend = `UPDATE sophia.spend SET user_id = ${nobody} WHERE user_id = $1`;

export const forgetWarnings = `DELETE FROM sophia.spend_warnings WHERE scope = 'person' AND subject = $1`;

const theirs = `(user_id = $1 OR (kind = 'decision' AND approver_id = $1))`;

/** A Slack id is letters and digits, so that it is safe in an expression. */
const named = (column: string): string => `${column}::text ~ ('\\m' || $1 || '\\M')`;

/** Removes values and the salts of their digests; the digests stay in the chain. Each returns the numbers of its rows. */
export const forgetInAudit = {
  arguments: `
    UPDATE sophia.audit SET arguments = NULL, seals = seals #- '{arguments,salt}'
    WHERE arguments IS NOT NULL AND (${theirs} OR ${named("arguments")})
    RETURNING sequence::float8 AS sequence`,
  result: `
    UPDATE sophia.audit SET result = NULL, seals = seals #- '{result,salt}'
    WHERE result IS NOT NULL AND (${theirs} OR ${named("result")})
    RETURNING sequence::float8 AS sequence`,
  userId: `
    UPDATE sophia.audit SET user_id = NULL, seals = seals #- '{userId,salt}'
    WHERE user_id = $1
    RETURNING sequence::float8 AS sequence`,
  approverId: `
    UPDATE sophia.audit SET approver_id = NULL, seals = seals #- '{approverId,salt}'
    WHERE approver_id = $1
    RETURNING sequence::float8 AS sequence`,
};
