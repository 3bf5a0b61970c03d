/** What the asker had open in Slack beside a direct message: ids alone. Null where Slack told of nothing. */
export const viewing = {
  name: "viewing",
  sql: `ALTER TABLE sophia.turns ADD COLUMN viewing json;`,
};
