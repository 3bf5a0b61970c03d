import type { PlannedCall } from "../../agent/ports.ts";
import type { LineTask } from "./line-state.ts";

/** The call that creates a task. Asana keeps priorities in a field of the project: without one it stands in the notes. */
export function taskCall({ name, notes, assignee, dueOn, project, priority }: LineTask): PlannedCall {
  const isInNotes = priority !== undefined && project === undefined;
  const text = [isInNotes ? `Priority: ${priority}` : undefined, notes].filter(
    (part) => part !== undefined && part !== "",
  );
  return {
    tool: "asana__create_task",
    arguments: {
      name,
      ...(text.length > 0 && { notes: text.join("\n\n") }),
      ...(assignee !== undefined && { assignee }),
      ...(dueOn !== undefined && { due_on: dueOn }),
      ...(project !== undefined && { project }),
      ...(priority !== undefined && !isInNotes && { priority }),
    },
  };
}
