/** The statements of `createTurns`. Each is one round trip and constant, so that it is prepared once a connection. */

const turnColumns = `
  id, source_key AS "sourceKey", source, team_id AS "teamId", channel, thread_ts AS "threadTs",
  message_ts AS "messageTs", user_id AS "userId", text, agent, audience, refusal, task,
  is_read_only AS "isReadOnly", is_root AS "isRoot", files, forwarded, viewing, status, attempt, revision,
  stop_requested AS "stopRequested", created_at AS "createdAt"`;

/** $1-$11: the turn; $12 its position, or null to stand behind what its thread has; $13 the clock's time; $14-$20 its refusal, task, whether it is read only, and at the root, its files, what was forwarded, and what was open. */
export const addTurn = `
  WITH thread AS (
    INSERT INTO sophia.threads (team_id, channel, thread_ts, created_at)
    VALUES ($4, $5, $6, $13)
    ON CONFLICT DO NOTHING
  )
  INSERT INTO sophia.turns (
    id, source_key, source, team_id, channel, thread_ts, message_ts, user_id, text, agent, audience, position, created_at,
    refusal, task, is_read_only, is_root, files, forwarded, viewing
  )
  VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
    coalesce($12::bigint, (
      SELECT max(position) FROM sophia.turns
      WHERE thread_ts = $6 AND channel = $5 AND team_id = $4 AND status IN ('queued', 'running')
    ), 0),
    $13, $14, $15::json, $16, $17, $18::json, $19::json, $20::json
  )
  ON CONFLICT (source_key) DO NOTHING
  RETURNING id`;

export const getTurn = `SELECT ${turnColumns} FROM sophia.turns WHERE id = $1`;

export const threadExists = `
  SELECT true AS found FROM sophia.threads WHERE team_id = $1 AND channel = $2 AND thread_ts = $3`;

/** How many earlier turns of a thread are its memory; those before are out of any model's window anyway. */
const rememberedTurns = 50;

/** What was said before in the thread of the row `claimed`, as an array of steps. */
const history = `(
    SELECT json_agg(step ORDER BY began, id)
    FROM (
      SELECT steps.id, steps.step, min(steps.id) OVER (PARTITION BY steps.turn_id) AS began
      FROM (
        SELECT id, revision FROM sophia.turns earlier
        WHERE earlier.thread_ts = claimed."threadTs" AND earlier.channel = claimed.channel
          AND earlier.team_id = claimed."teamId" AND earlier.id <> claimed.id
        ORDER BY seq DESC LIMIT ${rememberedTurns}
      ) earlier
      JOIN sophia.turn_steps steps ON steps.turn_id = earlier.id AND steps.revision = earlier.revision
    ) remembered
    -- What was said while this one waited for a person came after its question.
    WHERE began < coalesce((
      SELECT min(own.id) FROM sophia.turn_steps own WHERE own.turn_id = claimed.id AND own.revision = claimed.revision
    ), began + 1)
  )`;

/**
 * $1 turn, $2 worker, $3 lease in ms. A running neighbour is locked before it is believed: one that is being finished at
 * this moment is waited for, or its thread's next turn would be refused here after the finisher failed to see it. What was read
 * here is from before that wait: `wasBusy` says so.
 */
export const claimTurn = `
  WITH busy AS (
    SELECT 1 FROM sophia.turns other
    JOIN sophia.turns mine USING (thread_ts, channel, team_id)
    WHERE mine.id = $1 AND mine.status = 'queued' AND other.status = 'running'
    FOR SHARE OF other
  ), claimed AS (
    UPDATE sophia.turns t SET
      status = 'running',
      attempt = attempt + 1,
      takeovers = takeovers + (status = 'running' AND worker_id IS NOT NULL AND claimed_revision = revision)::int,
      claimed_revision = revision,
      worker_id = $2,
      lease_until = now() + $3 * interval '1 millisecond'
    WHERE id = $1 AND (
      (status = 'running' AND (lease_until <= now() OR (worker_id = $2 AND claimed_revision < revision)))
      OR (status = 'queued' AND NOT EXISTS (SELECT FROM busy) AND NOT EXISTS (
        SELECT FROM sophia.turns earlier
        WHERE earlier.thread_ts = t.thread_ts AND earlier.channel = t.channel AND earlier.team_id = t.team_id
          AND earlier.status = 'queued' AND (earlier.position, earlier.seq) < (t.position, t.seq)
      ))
    )
    RETURNING ${turnColumns}, takeovers
  )
  SELECT claimed.*, ${history} AS history, EXISTS (
    SELECT FROM sophia.turns other
    WHERE other.thread_ts = claimed."threadTs" AND other.channel = claimed.channel AND other.team_id = claimed."teamId"
      AND other.id <> claimed.id AND other.status = 'running'
  ) AS "wasBusy"
  FROM claimed`;

/** $1 turn. */
export const historyOfTurn = `
  SELECT ${history} AS history FROM (SELECT ${turnColumns} FROM sophia.turns WHERE id = $1) claimed`;

export const stepsOfTurn = `
  SELECT step FROM sophia.turn_steps JOIN sophia.turns ON turns.id = turn_id
  WHERE turn_id = $1 AND turn_steps.revision = turns.revision
  ORDER BY turn_steps.position`;

/**
 * $1 turn, $2 attempt, $3 revision, $4 position of the first, $5 steps. The lock on the turn makes a claim or an edit wait, or this
 * statement see it. A repetition of the same attempt (whose first answer was lost on the way) changes nothing.
 */
export const addSteps = `
  WITH held AS (
    SELECT id, revision, attempt FROM sophia.turns
    WHERE id = $1 AND attempt = $2 AND revision = $3 AND status = 'running'
    FOR SHARE
  )
  INSERT INTO sophia.turn_steps (turn_id, revision, position, attempt, step)
  SELECT id, revision, $4::int + n::int - 1, attempt, step
  FROM held, json_array_elements($5::json) WITH ORDINALITY AS added (step, n)
  ON CONFLICT (turn_id, revision, position) DO UPDATE SET step = excluded.step
    WHERE turn_steps.attempt = excluded.attempt
  RETURNING position`;

/** Also where it is suspended. $1 turn, $2 attempt, $3 revision, $4 status, $5 reason, $6 usage, $7 the clock's time. */
export const finishTurn = `
  WITH ended AS (
    UPDATE sophia.turns SET
      status = $4, reason = $5, usage = $6, worker_id = NULL, lease_until = NULL,
      finished_at = CASE WHEN $4 <> 'suspended' THEN $7::timestamptz END
    WHERE id = $1 AND attempt = $2 AND revision = $3 AND status = 'running'
    RETURNING thread_ts, channel, team_id
  )
  SELECT (
    SELECT id FROM sophia.turns next
    WHERE next.thread_ts = ended.thread_ts AND next.channel = ended.channel AND next.team_id = ended.team_id
      AND next.status = 'queued'
    ORDER BY next.position, next.seq LIMIT 1
  ) AS next
  FROM ended`;

/** $1 worker, $2 its turns, $3 lease in ms. */
export const renewLeases = `
  UPDATE sophia.turns SET lease_until = now() + $3 * interval '1 millisecond'
  WHERE id = ANY($2::text[]) AND worker_id = $1 AND status = 'running'
  RETURNING id, stop_requested AS stop, claimed_revision < revision AS edited`;

/** $1 turn, $2 attempt. */
export const releaseTurn = `
  UPDATE sophia.turns SET lease_until = now(), worker_id = NULL
  WHERE id = $1 AND attempt = $2 AND status = 'running'`;

/**
 * $1 turn, $2 attempt, $3 for how many ms since it was queued. Nobody has it until its lease ends: after half of that time again, a
 * minute at least and half an hour at most.
 */
export const leaveTurn = `
  UPDATE sophia.turns SET
    worker_id = NULL,
    lease_until = now() + least(greatest((now() - queued_at) / 2, interval '1 minute'), interval '30 minutes')
  WHERE id = $1 AND attempt = $2 AND status = 'running' AND queued_at > now() - $3 * interval '1 millisecond'
  RETURNING id`;

export const releaseAllTurns = `UPDATE sophia.turns SET lease_until = now() WHERE status = 'running'`;

/** One that is suspended has said something already: it is resumed, to say that it was stopped. */
const stop = `
  UPDATE sophia.turns SET
    stop_requested = true,
    status = CASE status WHEN 'queued' THEN 'stopped' ELSE status END,
    finished_at = CASE status WHEN 'queued' THEN $1::timestamptz END
  WHERE status IN ('queued', 'running', 'suspended')`;

/** $1 the clock's time, $2 turn. */
export const stopTurn = `${stop} AND id = $2 RETURNING id, status`;

/** $1 the clock's time, $2-$4 the thread. */
export const stopThread = `
  ${stop} AND team_id = $2 AND channel = $3 AND thread_ts = $4 RETURNING id, status`;

/** $1 the clock's time, $2-$4 the message. */
export const stopMessage = `
  ${stop} AND team_id = $2 AND channel = $3 AND message_ts = $4 RETURNING id, status`;

/**
 * $1-$3 the message, $4 its new text, $5 the role. Slack also tells of a change when it unfurls a link: the same text is no edit.
 */
export const editTurn = `
  WITH edited AS (
    UPDATE sophia.turns SET
      text = $4, agent = $5, revision = revision + 1, takeovers = 0,
      status = CASE status WHEN 'suspended' THEN 'queued' ELSE status END
    WHERE message_ts = $3 AND channel = $2 AND team_id = $1
      AND status IN ('queued', 'running', 'suspended') AND text <> $4
    RETURNING *
  ), dropped AS (
    DELETE FROM sophia.turn_steps USING edited WHERE turn_id = edited.id
  ), withdrawn AS (
    -- What was sent stays: the same call of the new question is not made twice.
    UPDATE sophia.approvals SET status = 'withdrawn' FROM edited
    WHERE turn_id = edited.id AND approvals.status IN ('planned', 'granted', 'denied', 'expired')
  )
  SELECT ${turnColumns} FROM edited`;

/** $1 turn, or null for all; $2 the clock's time. Those go on that wait for nobody any more, or are to be stopped. */
export const resumeTurns = `
  UPDATE sophia.turns SET status = 'queued', queued_at = now()
  WHERE status = 'suspended' AND ($1::text IS NULL OR id = $1) AND (stop_requested OR NOT EXISTS (
    SELECT FROM sophia.approvals WHERE turn_id = turns.id
      AND ((approvals.status = 'planned' AND expires_at > $2) OR approvals.status = 'sent')
  ))
  RETURNING id`;

/** $1 turn, $2 channel, $3 thread, $4 the clock's time. */
export const setThread = `
  WITH placed AS (
    UPDATE sophia.turns SET channel = $2, thread_ts = $3 WHERE id = $1 RETURNING team_id
  )
  INSERT INTO sophia.threads (team_id, channel, thread_ts, created_at)
  SELECT team_id, $2, $3, $4 FROM placed
  ON CONFLICT DO NOTHING`;

/** $1 grace in ms. */
export const overdueTurns = `
  SELECT id FROM sophia.turns t
  WHERE (status = 'running' AND lease_until <= now())
    OR (status = 'queued' AND queued_at <= now() - $1 * interval '1 millisecond' AND NOT EXISTS (
      SELECT FROM sophia.turns other
      WHERE other.thread_ts = t.thread_ts AND other.channel = t.channel AND other.team_id = t.team_id
        AND (other.status = 'running' OR (other.status = 'queued' AND (other.position, other.seq) < (t.position, t.seq)))
    ))
  ORDER BY seq LIMIT 100`;
