/** The statements of `createApprovals`. Each is one round trip and constant, so that it is prepared once a connection. */

const columns = `
  a.id, a.turn_id AS "turnId", a.tool, a.digest, a.arguments, a.preview, a.status, a.expires_at AS "expiresAt",
  a.card_id AS "cardId", a.card_ts AS "cardTs", a.decided_by AS "decidedBy",
  t.team_id AS "teamId", t.channel, t.thread_ts AS "threadTs", t.user_id AS "userId"`;
const withTurns = `SELECT ${columns} FROM sophia.approvals a JOIN sophia.turns t ON t.id = a.turn_id`;

/** $1-$3: the call. */
export const findApproval = `${withTurns} WHERE a.turn_id = $1 AND a.tool = $2 AND a.digest = $3`;

/** $1 turn. */
export const approvalsOfTurn = `${withTurns} WHERE a.turn_id = $1 ORDER BY a.seq`;

/** $1 card. */
export const approvalsOfCard = `${withTurns} WHERE a.card_id = $1 ORDER BY a.seq`;

/**
 * Only for what the turn's present attempt asks: one that was stopped, or whose question has changed, asks for nothing. What was
 * approved is asked about anew, for it would change something else now. $1 id, $2-$4 the call, $5 arguments, $6 preview, $7 its end, $8 the clock's time.
 */
export const requestApproval = `
  INSERT INTO sophia.approvals (id, turn_id, tool, digest, arguments, preview, expires_at, created_at)
  SELECT $1, id, $3, $4, $5::json, $6::json, $7::timestamptz, $8::timestamptz FROM sophia.turns
  WHERE id = $2 AND status = 'running' AND revision = claimed_revision AND NOT stop_requested
  ON CONFLICT (turn_id, tool, digest) DO UPDATE SET
    preview = excluded.preview, expires_at = excluded.expires_at,
    status = 'pending', card_id = NULL, card_ts = NULL, decided_by = NULL, decided_at = NULL
    WHERE approvals.status = 'approved'`;

/** $1 id. */
export const spendApproval = `
  UPDATE sophia.approvals SET status = 'spent'
  WHERE id = $1 AND status = 'approved'
    AND turn_id IN (SELECT id FROM sophia.turns WHERE status = 'running' AND NOT stop_requested)
  RETURNING id`;

/** $1 id. */
export const giveApprovalBack = `UPDATE sophia.approvals SET status = 'approved' WHERE id = $1 AND status = 'spent'`;

/** $1 turn, $2 what ids of new cards begin with, $3 how many have room on one, $4 the clock's time. */
export const putOnCards = `
  WITH open AS (
    SELECT id, card_id, (row_number() OVER (PARTITION BY card_id IS NULL ORDER BY seq) - 1) / $3::int AS page
    FROM sophia.approvals WHERE turn_id = $1 AND status = 'pending' AND expires_at > $4
  ), a AS (
    UPDATE sophia.approvals SET card_id = coalesce(open.card_id, $2::text || '-' || open.page)
    FROM open WHERE approvals.id = open.id AND status = 'pending'
    RETURNING approvals.*
  )
  SELECT ${columns} FROM a JOIN sophia.turns t ON t.id = a.turn_id ORDER BY a.seq`;

/** $1 card, $2 its message. */
export const cardShown = `UPDATE sophia.approvals SET card_ts = $2 WHERE card_id = $1`;

/** $1 card, $2 status, $3 who, $4 the clock's time. */
export const decideCard = `
  WITH a AS (
    UPDATE sophia.approvals SET status = $2, decided_by = $3, decided_at = $4
    WHERE card_id = $1 AND status = 'pending' AND expires_at > $4 AND turn_id IN (
      SELECT id FROM sophia.turns WHERE status IN ('queued', 'running', 'suspended') AND NOT stop_requested
    )
    RETURNING *
  )
  SELECT ${columns} FROM a JOIN sophia.turns t ON t.id = a.turn_id ORDER BY a.seq`;
