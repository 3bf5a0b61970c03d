/** The files that were dropped with a question, as Slack told of them: id, name, type, size. Null where there were none. */
export const questionFiles = {
  name: "question-files",
  sql: `ALTER TABLE sophia.turns ADD COLUMN files json;`,
};
