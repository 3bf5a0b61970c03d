import type { Clock } from "../core/clock.ts";
import type { Database, SqlValue } from "./database.ts";
import { storableText } from "./storable-text.ts";
import { addTurn, type NewTurn } from "./turns.ts";

/** What its owner, or an admin, may change of a schedule. */
export interface ScheduleContent {
  channel: string;
  /** Whether that is the owner's direct message with Sophia. */
  isPrivate: boolean;
  title: string;
  /** One of Sophia's own questions by its name, or else the owner's words. */
  what: { template: string } | { words: string };
  /** As `workflows/digests/rule.ts` has it. */
  rule: unknown;
  /** IANA name of the zone by whose clocks the rule is meant. */
  zone: string;
  /** When it is due, in the words in which it was given. */
  said: string;
  /** Whether its turns may propose changes, each of which the owner is asked about. */
  allowsWrites: boolean;
  nextAt: Date;
}

export interface NewSchedule extends ScheduleContent {
  id: string;
  teamId: string;
  /** For whom its turns are. */
  ownerId: string;
}

export interface Schedule extends NewSchedule {
  paused: boolean;
  /** Why Sophia paused it; undefined where a person did. */
  pausedReason: string | undefined;
  lastRunAt: Date | undefined;
  lastTurnId: string | undefined;
  /** Its owner was told, since it last ran, that Slack does not say whether it may. */
  isMissTold: boolean;
  createdAt: Date;
}

/** Where a schedule goes on; without a turn its tick is missed. */
export interface NextTick {
  nextAt: Date;
  turn?: NewTurn | undefined;
  at?: Date | undefined;
  isMissTold?: boolean | undefined;
}

export interface Schedules {
  /** False where there is one with its id. */
  add(schedule: NewSchedule): Promise<boolean>;
  get(id: string): Promise<Schedule | undefined>;
  /** Those of a channel and those of a person, the next first and the paused last. */
  list(place: { teamId: string; ownerId: string; channel: string }): Promise<Schedule[]>;
  /** Those that are to run by now, but for these, the longest waiting first. */
  due(limit: number, except?: readonly string[]): Promise<Schedule[]>;
  /**
   * Moves a due schedule on and stores its turn, if it has one, both or neither. False where somebody else has done so, or changed,
   * paused or removed it since it was read.
   */
  tick(schedule: Schedule, next: NextTick): Promise<boolean>;
  /** One of its turns was stored out of turn. */
  ran(id: string, turnId: string): Promise<void>;
  /** One that Sophia paused goes on with it. False where it is gone. */
  change(id: string, content: ScheduleContent & Pick<Schedule, "ownerId">): Promise<boolean>;
  /** False where it was paused before, or is gone. */
  pause(id: string, reason?: string): Promise<boolean>;
  /** False where it was not paused. */
  resume(id: string, nextAt: Date): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  /** Pauses all that a person owns; returns those that were not paused before. */
  pauseAllOf(owner: { teamId: string; ownerId: string }, reason: string): Promise<Schedule[]>;
  /** Those that are not paused and whose last turn failed for one of these reasons. */
  failedFor(reasons: readonly string[]): Promise<(Schedule & { failure: string })[]>;
}

const columns = `
  s.id, s.team_id AS "teamId", s.owner_id AS "ownerId", s.channel, s.is_private AS "isPrivate", s.title, s.template, s.words,
  s.rule, s.zone, s.said, s.allows_writes AS "allowsWrites", s.paused, s.paused_reason AS "pausedReason", s.next_at AS "nextAt",
  s.last_run_at AS "lastRunAt", s.last_turn_id AS "lastTurnId", s.is_miss_told AS "isMissTold", s.created_at AS "createdAt"`;

const addSchedule = `
  INSERT INTO sophia.schedules (
    channel, is_private, title, template, words, rule, zone, said, allows_writes, next_at, id, team_id, owner_id, created_at
  )
  VALUES ($1, $2, $3, $4, $5, $6::json, $7, $8, $9, $10, $11, $12, $13, $14)
  ON CONFLICT (id) DO NOTHING
  RETURNING id`;
const getSchedule = `SELECT ${columns} FROM sophia.schedules s WHERE id = $1`;
const listSchedules = `
  SELECT ${columns} FROM sophia.schedules s WHERE team_id = $1 AND (owner_id = $2 OR channel = $3)
  ORDER BY paused, next_at, created_at, id`;
const dueSchedules = `
  SELECT ${columns} FROM sophia.schedules s WHERE NOT paused AND next_at <= $1 AND id <> ALL($3::text[])
  ORDER BY next_at, id LIMIT $2`;
/** $1 schedule, $2 its tick, $3 the next one, $4 the turn or null, $5 when it ran, or null, $6 whether its owner was told of a miss. */
const moveOn = `
  UPDATE sophia.schedules SET
    next_at = $3, last_turn_id = coalesce($4, last_turn_id), last_run_at = coalesce($5::timestamptz, last_run_at),
    is_miss_told = $6
  WHERE id = $1 AND next_at = $2 AND NOT paused
  RETURNING id`;
const markRun = `UPDATE sophia.schedules SET last_turn_id = $2, last_run_at = $3 WHERE id = $1`;
/** What Sophia paused for its place goes on in its new one; what a person paused stays so. */
const changeSchedule = `
  UPDATE sophia.schedules SET
    channel = $1, is_private = $2, title = $3, template = $4, words = $5, rule = $6::json, zone = $7, said = $8,
    allows_writes = $9, next_at = $10, paused = paused AND paused_reason IS NULL, paused_reason = NULL, last_turn_id = NULL,
    is_miss_told = false, owner_id = $12
  WHERE id = $11
  RETURNING id`;
const pauseSchedule = `
  UPDATE sophia.schedules SET paused = true, paused_reason = $2 WHERE id = $1 AND NOT paused RETURNING id`;
/** How its last turn ended is of no interest any more. */
const resumeSchedule = `
  UPDATE sophia.schedules SET paused = false, paused_reason = NULL, next_at = $2, last_turn_id = NULL, is_miss_told = false
  WHERE id = $1 AND paused
  RETURNING id`;
const removeSchedule = `DELETE FROM sophia.schedules WHERE id = $1 RETURNING id`;
const pauseOfOwner = `
  UPDATE sophia.schedules s SET paused = true, paused_reason = $3
  WHERE team_id = $1 AND owner_id = $2 AND NOT paused
  RETURNING ${columns}`;
const failedSchedules = `
  SELECT ${columns}, t.reason AS failure
  FROM sophia.schedules s JOIN sophia.turns t ON t.id = s.last_turn_id
  WHERE NOT s.paused AND t.status = 'failed' AND t.reason = ANY($1::text[])
  ORDER BY s.id`;

interface Row extends Omit<Schedule, "what" | "pausedReason" | "lastRunAt" | "lastTurnId"> {
  template: string | null;
  words: string | null;
  pausedReason: string | null;
  lastRunAt: Date | null;
  lastTurnId: string | null;
}

export function createSchedules(db: Database, clock: Clock): Schedules {
  const now = () => new Date(clock.now());
  const changed = async (sql: string, params: readonly SqlValue[]) => (await db.query(sql, params)).length > 0;
  const read = async (sql: string, params: readonly SqlValue[]) => (await db.query<Row>(sql, params)).map(toSchedule);
  return {
    add: ({ id, teamId, ownerId, ...content }) =>
      changed(addSchedule, [...contentParams(content), id, teamId, ownerId, now()]),
    get: async (id) => (await read(getSchedule, [id]))[0],
    list: ({ teamId, ownerId, channel }) => read(listSchedules, [teamId, ownerId, channel]),
    due: (limit, except = []) => read(dueSchedules, [now(), limit, except]),
    tick: ({ id, nextAt }, { nextAt: next, turn, at = now(), isMissTold = false }) =>
      db.transaction(async (tx) => {
        const ranAt = turn ? now() : null;
        const moved = await tx.query(moveOn, [id, nextAt, next, turn?.id ?? null, ranAt, isMissTold]);
        if (moved.length === 0) return false;
        if (turn) await addTurn(tx, turn, at);
        return true;
      }),
    ran: async (id, turnId) => {
      await db.query(markRun, [id, turnId, now()]);
    },
    change: (id, { ownerId, ...content }) => changed(changeSchedule, [...contentParams(content), id, ownerId]),
    pause: (id, reason) => changed(pauseSchedule, [id, reason ?? null]),
    resume: (id, nextAt) => changed(resumeSchedule, [id, nextAt]),
    remove: (id) => changed(removeSchedule, [id]),
    pauseAllOf: ({ teamId, ownerId }, reason) => read(pauseOfOwner, [teamId, ownerId, reason]),
    failedFor: async (reasons) => {
      const rows = await db.query<Row & { failure: string }>(failedSchedules, [reasons]);
      return rows.map((row) => ({ ...toSchedule(row), failure: row.failure }));
    },
  };
}

function contentParams(content: ScheduleContent): SqlValue[] {
  const { channel, isPrivate, title, what, rule, zone, said, allowsWrites, nextAt } = content;
  const template = "template" in what ? what.template : null;
  const words = "words" in what ? storableText(what.words) : null;
  const texts = [storableText(title), template, words, JSON.stringify(rule), zone, storableText(said)];
  return [channel, isPrivate, ...texts, allowsWrites, nextAt];
}

function toSchedule({ template, words, ...row }: Row): Schedule {
  const { pausedReason, lastRunAt, lastTurnId } = row;
  return {
    ...row,
    what: template === null ? { words: words ?? "" } : { template },
    pausedReason: pausedReason ?? undefined,
    lastRunAt: lastRunAt ?? undefined,
    lastTurnId: lastTurnId ?? undefined,
  };
}
