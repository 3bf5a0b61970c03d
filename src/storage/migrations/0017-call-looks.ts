/** `looked_at`: when a call was last looked at. What was read then is kept for a while, and a webhook says that it may be otherwise. */
export const callLooks = {
  name: "call-looks",
  sql: `ALTER TABLE sophia.calls ADD COLUMN looked_at timestamptz;`,
};
