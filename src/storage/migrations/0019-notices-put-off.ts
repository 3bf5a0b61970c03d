/**
 * `notice_changes.after`: the values of the look that found the change, which are told: what changes until then is another change.
 * `told_in`: the turn that tells it; where that ends without having told, since a service is away, it is told again, for a day after
 * `found_at`. `notice_mutes` are of a channel, whichever of its routes tells of the record; those of before are let go, since no table
 * says where the configuration's routes led.
 */
export const noticesPutOff = {
  name: "notices put off",
  sql: `
    ALTER TABLE sophia.notice_changes
      ADD COLUMN after json NOT NULL DEFAULT '{}',
      ADD COLUMN found_at timestamptz NOT NULL DEFAULT now(),
      ADD COLUMN told_in text;
    CREATE INDEX notice_changes_told_in ON sophia.notice_changes (told_in) WHERE told_in IS NOT NULL;
    CREATE INDEX turns_notices_put_off ON sophia.turns (finished_at)
      WHERE source = 'notice' AND status = 'failed' AND reason = 'put_off';

    DELETE FROM sophia.notice_mutes;
    ALTER TABLE sophia.notice_mutes RENAME COLUMN route_id TO channel;
  `,
};
