/**
 * Turns that nobody wrote a message for. `task`: what code does in place of the agent's own choice. `is_read_only`: it may
 * change nothing anywhere. `is_root`: its answer begins with a message of its own in the channel.
 */
export const turnTasks = {
  name: "turn-tasks",
  sql: `
    ALTER TABLE sophia.turns ADD COLUMN task json;
    ALTER TABLE sophia.turns ADD COLUMN is_read_only boolean NOT NULL DEFAULT false;
    ALTER TABLE sophia.turns ADD COLUMN is_root boolean NOT NULL DEFAULT false;
  `,
};
