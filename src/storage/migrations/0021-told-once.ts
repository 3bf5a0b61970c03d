/** What somebody is told once of, until it is otherwise: that a digest is missed because Slack says nothing, that a route is not followed. */
export const toldOnce = {
  name: "told-once",
  sql: `
    ALTER TABLE sophia.schedules ADD COLUMN is_miss_told boolean NOT NULL DEFAULT false;
    ALTER TABLE sophia.routes ADD COLUMN is_stop_told boolean NOT NULL DEFAULT false;`,
};
