/** Messages of others that the asker forwarded with a question: author, text, address. Null where there were none. */
export const forwardedMessages = {
  name: "forwarded-messages",
  sql: `ALTER TABLE sophia.turns ADD COLUMN forwarded json;`,
};
