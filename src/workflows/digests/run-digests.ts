import { isTimeZone } from "../../core/calendar-day.ts";
import type { Clock } from "../../core/clock.ts";
import type { NewId } from "../../core/ids.ts";
import { usualRole } from "../../core/usual-role.ts";
import type { Logger } from "../../observability/log.ts";
import type { Schedule, Schedules } from "../../storage/schedules.ts";
import type { NewTurn } from "../../storage/turns.ts";
import { ruleSchema } from "./rule.ts";
import { templateNamed } from "./templates.ts";
import { lastTick, nextTick } from "./ticks.ts";

/** Whether somebody may have a digest posted in a place. */
export type MayPost =
  | { kind: "fine" }
  /** `reason`: a clause that goes on after "is paused: ". */
  | { kind: "refused"; code: string; reason: string }
  /** Slack does not say just now. */
  | { kind: "unknown" };

export interface DigestRunnerOptions {
  schedules: Schedules;
  mayPost: (schedule: Pick<Schedule, "ownerId" | "channel" | "isPrivate">) => Promise<MayPost>;
  /** Has a turn that was stored begun; where nobody does, the workers' sweep finds it. */
  wake: (turnId: string) => Promise<void>;
  /** Tells people that a digest was paused. */
  tellPaused: (schedule: Schedule, reason: string) => Promise<void>;
  /** Tells its owner that it is missed because Slack does not say whether it may be posted. */
  tellMissed: (schedule: Schedule) => Promise<void>;
  clock: Clock;
  newId: NewId;
  logger: Logger;
}

export interface DigestRunner {
  /** Runs what is due. To be called every second or two, one call after the other; in each replica. Never rejects. */
  sweep(): Promise<void>;
}

/** Schedules that one sweep looks at. */
const mostAtOnce = 50;
/** A tick that was missed is made good for so long, and for less than half of the time to the next. */
const usefulForMs = 12 * 3_600_000;
/** Milliseconds after which a schedule that could not be looked at is looked at again. */
const askAgainAfterMs = 30_000;

/** How a turn ends that found no place for its answer, and what is said of it. */
const lostPlaces: Readonly<Record<string, string>> = {
  "reply: channel_not_found": "its channel is gone, or I am not in it any more",
  "reply: is_archived": "its channel is archived",
  "reply: not_in_channel": "I am not in its channel any more",
  "reply: external_channel": "its channel is shared with another company",
};

/**
 * Makes a turn of each tick. That a tick is one turn, however many replicas sweep, is the doing of the statement that moves the
 * schedule on and stores the turn.
 */
export function createDigestRunner(options: DigestRunnerOptions): DigestRunner {
  const { schedules, clock, logger } = options;
  /** Schedules that are left alone until then. */
  const waiting = new Map<string, number>();
  const guarded = async (id: string, work: () => Promise<boolean>): Promise<void> => {
    try {
      if (await work()) waiting.delete(id);
      else waiting.set(id, clock.now() + askAgainAfterMs);
    } catch (error) {
      waiting.set(id, clock.now() + askAgainAfterMs);
      logger.error({ err: error, scheduleId: id }, "a digest could not be run; it is tried again");
    }
  };
  return {
    sweep: async () => {
      try {
        for (const { failure, ...schedule } of await schedules.failedFor(Object.keys(lostPlaces)))
          await guarded(schedule.id, () => pause(schedule, failure, lostPlaces[failure] ?? failure, options));
        for (const [id, until] of waiting) if (until <= clock.now()) waiting.delete(id);
        // Left out here, not afterwards: so many that wait must not keep the others from being looked at.
        const due = await schedules.due(mostAtOnce, [...waiting.keys()]);
        await Promise.all(due.map((schedule) => guarded(schedule.id, () => run(schedule, options))));
      } catch (error) {
        logger.error({ err: error }, "the digests could not be looked at");
      }
    },
  };
}

/** False where Slack does not say whether the digest may be posted. */
async function run(schedule: Schedule, options: DigestRunnerOptions): Promise<boolean> {
  const { schedules, clock, newId } = options;
  const { zone } = schedule;
  const unreadable = whyUnreadable(schedule);
  if (unreadable !== undefined) return pause(schedule, "unreadable", unreadable, options);
  const rule = ruleSchema.parse(schedule.rule);
  const now = clock.now();
  const tick = lastTick(rule, zone, now);
  const next = nextTick(rule, zone, now);
  const nextAt = new Date(next);
  const age = now - tick;
  const isLate = age > usefulForMs || age >= (next - tick) / 2;
  const verdict = await options.mayPost(schedule);
  if (verdict.kind === "refused") return pause(schedule, verdict.code, verdict.reason, options);
  if (isLate) return miss(schedule, { nextAt, isUnsure: verdict.kind === "unknown" }, options);
  if (verdict.kind === "unknown") return false;
  const turn = digestTurn(schedule, new Date(tick).toISOString(), newId("turn"));
  // Asked at its tick, by which "yesterday" is another day than by when it came to be run.
  if (await schedules.tick(schedule, { nextAt, turn, at: new Date(tick) })) await options.wake(turn.id);
  return true;
}

/** Leaves a tick out that is of no use any more. What Slack refuses to say it may refuse for good, and only its owner would miss it. */
async function miss(
  schedule: Schedule,
  { nextAt, isUnsure }: { nextAt: Date; isUnsure: boolean },
  { schedules, tellMissed, logger }: DigestRunnerOptions,
): Promise<true> {
  const { isMissTold } = schedule;
  if (!(await schedules.tick(schedule, { nextAt, isMissTold: isMissTold || isUnsure }))) return true;
  logger.warn({ scheduleId: schedule.id, isUnsure }, "a digest was too late to be of use");
  if (isUnsure && !isMissTold) await tellMissed(schedule);
  return true;
}

/** Why a schedule that was stored before cannot be run, as `pausedReason`; undefined where it can. */
export function whyUnreadable({ rule, zone, what }: Pick<Schedule, "rule" | "zone" | "what">): string | undefined {
  if (!ruleSchema.safeParse(rule).success || !isTimeZone(zone)) return "I cannot read any more when it is due";
  if ("template" in what && !templateNamed(what.template)) return "its question is none that I have any more";
  return undefined;
}

async function pause(schedule: Schedule, code: string, reason: string, options: DigestRunnerOptions): Promise<true> {
  if (!(await options.schedules.pause(schedule.id, reason))) return true;
  options.logger.warn({ scheduleId: schedule.id, code }, "a digest was paused");
  await options.tellPaused(schedule, reason);
  return true;
}

/** `key`: what makes the run one of its own, after the schedule's id: its tick, or who asked for it. */
export function digestTurn(schedule: Schedule, key: string, turnId: string): NewTurn {
  const { id, teamId, channel, ownerId, isPrivate, allowsWrites } = schedule;
  const sourceKey = `digest:${id}:${key}`;
  return {
    id: turnId,
    sourceKey,
    source: "digest",
    teamId,
    channel,
    // It has no thread before its answer is posted.
    threadTs: sourceKey,
    userId: ownerId,
    text: questionOf(schedule),
    agent: usualRole,
    audience: isPrivate ? "private" : "channel",
    isRoot: true,
    isReadOnly: !allowsWrites,
  };
}

/** The schedule's id, of the source key of one of its turns. */
export function digestOf(sourceKey: string): string {
  return sourceKey.split(":")[1] ?? "";
}

function questionOf({ what }: Pick<Schedule, "what">): string {
  if ("words" in what) return what.words;
  const template = templateNamed(what.template);
  if (!template) throw new TypeError(`there is no template ${what.template}`);
  return template.question;
}
