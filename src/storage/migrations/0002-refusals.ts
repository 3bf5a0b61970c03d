/** Why code, and not the agent, answers a turn; null for nearly all. */
export const refusals = {
  name: "refusals",
  sql: `
    ALTER TABLE sophia.turns ADD COLUMN refusal text CHECK (refusal IN ('external_channel'));
  `,
};
