/** The statements of `createApprovals`. Each is one round trip and constant, so that it is prepared once a connection. */

const columns = `
  a.id, a.turn_id AS "turnId", a.tool, a.digest, a.arguments, a.edited, a.edited_by AS "editedBy", a.preview, a.status, a.approvers, a.reason,
  a.expires_at AS "expiresAt", a.card_id AS "cardId", a.card_ts AS "cardTs", a.decided_by AS "decidedBy",
  a.sent_at AS "sentAt", a.sends, a.version, a.result,
  (a.sent_attempt = t.attempt AND t.status = 'running') AS "isUnderWay",
  t.team_id AS "teamId", t.channel, t.thread_ts AS "threadTs", t.user_id AS "userId", t.agent, t.status AS "turnStatus"`;
const withTurns = `SELECT ${columns} FROM sophia.approvals a JOIN sophia.turns t ON t.id = a.turn_id`;
const changed = (change: string): string =>
  `WITH a AS (${change} RETURNING approvals.*) SELECT ${columns} FROM a JOIN sophia.turns t ON t.id = a.turn_id ORDER BY a.seq`;

/** $1-$3: the call. */
export const findApproval = `${withTurns} WHERE a.turn_id = $1 AND a.tool = $2 AND a.digest = $3`;

/** $1 id. */
export const getApproval = `${withTurns} WHERE a.id = $1`;

/** $1 turn. */
export const approvalsOfTurn = `${withTurns} WHERE a.turn_id = $1 ORDER BY a.seq`;

/** $1 card. */
/** What nobody has decided about, the newest first. $1 team, $2 how many. */
export const undecidedApprovals = `
  ${withTurns} WHERE a.status = 'planned' AND a.card_ts IS NOT NULL AND t.team_id = $1 ORDER BY a.seq DESC LIMIT $2`;

/** What somebody asked for and was decided about, the newest first. $1 team, $2 person, $3 how many. */
export const latestApprovals = `
  ${withTurns} WHERE a.status <> 'planned' AND t.team_id = $1 AND t.user_id = $2 ORDER BY a.seq DESC LIMIT $3`;

export const approvalsOfCard = `${withTurns} WHERE a.card_id = $1 ORDER BY a.seq`;

/**
 * Only for what the turn's present attempt asks: one that was stopped, or whose question has changed, asks for nothing. What was
 * granted is asked about anew, for it would change something else now. $1 id, $2-$4 the call, $5 arguments, $6 preview, $7 its
 * end, $8 the clock's time, $9 approvers, $10 status.
 */
export const requestApproval = `
  INSERT INTO sophia.approvals
    (id, turn_id, tool, digest, arguments, preview, expires_at, created_at, approvers, status)
  SELECT $1, id, $3, $4, $5::json, $6::json, $7::timestamptz, $8::timestamptz, $9::json, $10 FROM sophia.turns
  WHERE id = $2 AND status = 'running' AND revision = claimed_revision AND NOT stop_requested
  ON CONFLICT (turn_id, tool, digest) DO UPDATE SET
    preview = excluded.preview, expires_at = excluded.expires_at, approvers = excluded.approvers,
    status = excluded.status, card_id = NULL, card_ts = NULL, shown = NULL, decided_by = NULL, decided_at = NULL,
    edited = CASE approvals.status WHEN 'granted' THEN approvals.edited END,
    edited_by = CASE approvals.status WHEN 'granted' THEN approvals.edited_by END,
    reason = NULL, version = approvals.version + 1
    WHERE approvals.status IN ('granted', 'withdrawn')`;

/** Its send is under way for the turn's present attempt. $1 id, $2 the clock's time. */
export const sendApproval = `
  UPDATE sophia.approvals SET status = 'sent', sent_at = $2, sends = sends + 1, look_after = NULL,
    sent_attempt = (SELECT attempt FROM sophia.turns WHERE turns.id = turn_id)
  WHERE id = $1 AND status = 'granted' AND expires_at > $2
    AND turn_id IN (SELECT id FROM sophia.turns WHERE status = 'running' AND NOT stop_requested)
  RETURNING sends`;

/** What follows speaks of one send, and changes nothing where there was another since. $1 id, $2 which send. */
export const giveApprovalBack = `
  UPDATE sophia.approvals SET status = 'granted' WHERE id = $1 AND status = 'sent' AND sends = $2`;

/** Nobody waits for its answer any more: it is to be looked up. $1 id, $2 which send. */
export const leaveApproval = `
  UPDATE sophia.approvals SET sent_attempt = 0 WHERE id = $1 AND status = 'sent' AND sends = $2`;

/** $1 id, $2 which send, $3 status, $4 result or null, $5 the clock's time. */
export const settleApproval = `
  UPDATE sophia.approvals SET status = $3, result = $4::json, ended_at = $5
  WHERE id = $1 AND status IN ('sent', 'unknown') AND sends = $2`;

/** $1 id, $2 which send, $3 when. */
export const lookUpAgain = `
  UPDATE sophia.approvals SET look_after = $3 WHERE id = $1 AND status = 'sent' AND sends = $2`;

/** What others decide stands on cards of its own. $1 turn, $2 what ids of new cards begin with, $3 how many have room on one, $4 the clock's time. */
export const putOnCards = `
  WITH open AS (
    SELECT id, card_id, dense_rank() OVER (ORDER BY approvers::text NULLS FIRST) - 1 AS who,
      (row_number() OVER (PARTITION BY card_id IS NULL, approvers::text ORDER BY seq) - 1) / $3::int AS page
    FROM sophia.approvals WHERE turn_id = $1 AND status = 'planned' AND expires_at > $4
  ), a AS (
    UPDATE sophia.approvals SET card_id = coalesce(
      open.card_id, $2::text || '-' || open.page || CASE WHEN open.who > 0 THEN '-' || open.who ELSE '' END
    )
    FROM open WHERE approvals.id = open.id AND status = 'planned'
    RETURNING approvals.*
  )
  SELECT ${columns} FROM a JOIN sophia.turns t ON t.id = a.turn_id ORDER BY a.seq`;

/** $1 card, $2 its message. */
export const cardPosted = `UPDATE sophia.approvals SET card_ts = $2, shown = 'planned' WHERE card_id = $1`;

/** $1 card, $2 JSON: id -> the status that was shown. */
export const cardShown = `
  UPDATE sophia.approvals SET shown = $2::json ->> id WHERE card_id = $1`;

/**
 * Cards that show another status than their writes have, or that are still to be posted; one is made for what nobody was asked
 * about and nobody can say. $1 how many.
 */
export const staleCards = `
  WITH made AS (
    UPDATE sophia.approvals SET card_id = 'card-of-' || id WHERE status = 'unknown' AND card_id IS NULL RETURNING card_id
  )
  SELECT card_id AS "cardId" FROM made
  UNION
  SELECT DISTINCT card_id AS "cardId" FROM sophia.approvals
  WHERE (card_ts IS NOT NULL AND shown IS DISTINCT FROM status)
    OR (status = 'planned' AND card_ts IS NULL AND shown = 'edited' AND card_id IS NOT NULL)
  LIMIT $1`;

/** Of a turn that has not ended. */
const live = `turn_id IN (
  SELECT id FROM sophia.turns WHERE status IN ('queued', 'running', 'suspended') AND NOT stop_requested
)`;

/** Only what stands as it was seen. $1 card, $2 status, $3 who, $4 the clock's time, $5 why or null, $6 JSON: id -> version. */
export const decideCard = changed(`
  UPDATE sophia.approvals SET status = $2, decided_by = $3, decided_at = $4, reason = $5
  WHERE card_id = $1 AND status = 'planned' AND expires_at > $4 AND version = ($6::json ->> id)::int AND ${live}`);

/** One of several gets a card of its own: others may have to decide, and there may be no room. $1 id, $2 arguments, $3 preview, $4 the clock's time, $5 approvers, $6 who. */
export const editApproval = changed(`
  UPDATE sophia.approvals SET edited = $2::json, edited_by = $6, preview = $3::json, approvers = $5::json, shown = 'edited',
    version = version + 1,
    card_id = CASE WHEN one_of_several THEN 'card-of-' || id || '-' || (version + 1) ELSE card_id END,
    card_ts = CASE WHEN NOT one_of_several THEN card_ts END
  FROM (
    SELECT count(*) > 1 AS one_of_several FROM sophia.approvals
    WHERE card_id = (SELECT card_id FROM sophia.approvals WHERE id = $1)
  ) others
  WHERE id = $1 AND status = 'planned' AND expires_at > $4 AND ${live}`);

/** What nobody can decide or send any more is closed. $1 the clock's time. */
export const closeApprovals = changed(`
  UPDATE sophia.approvals SET status = CASE WHEN gone THEN 'withdrawn' ELSE 'expired' END
  FROM (
    SELECT a.id, (t.stop_requested AND t.status <> 'running') OR t.status NOT IN ('queued', 'running', 'suspended') AS gone
    FROM sophia.approvals a JOIN sophia.turns t ON t.id = a.turn_id
    WHERE a.status IN ('planned', 'granted')
  ) open
  WHERE approvals.id = open.id AND approvals.status IN ('planned', 'granted')
    AND (gone OR expires_at <= $1)`);

/**
 * Takes writes whose answer nobody waits for, to look them up: one replica takes each, for as long as a look may last. $1 the
 * clock's time, $2 until when.
 */
export const takeLost = changed(`
  UPDATE sophia.approvals SET look_after = $2
  WHERE id IN (
    SELECT a.id FROM sophia.approvals a JOIN sophia.turns t ON t.id = a.turn_id
    WHERE a.status = 'sent' AND (a.look_after IS NULL OR a.look_after <= $1)
      AND NOT (t.status = 'running' AND a.sent_attempt = t.attempt)
    ORDER BY a.look_after NULLS FIRST LIMIT 20
    FOR UPDATE OF a SKIP LOCKED
  )`);
