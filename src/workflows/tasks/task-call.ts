import type { PlannedCall } from "../../agent/ports.ts";
import type { LineTask } from "./line-state.ts";

/** The call that creates a task; what Asana takes of it is told when it is made. */
export function taskCall(task: LineTask): PlannedCall {
  const [fullest, ...rest] = taskForms(task);
  const orElse = rest.map((form) => form.arguments);
  return { ...fullest, ...(orElse.length > 0 && { orElse }) };
}

/**
 * The fullest form of a task first. Asana keeps priorities in a field that a project may lack: where none takes it, it stands in the
 * notes. `noted`: the notes for that, where they say it in words of their own.
 */
export function taskForms(task: LineTask, noted = withPriority(task)): [PlannedCall, ...PlannedCall[]] {
  const { priority, ...bare } = task;
  const inNotes = formOf({ ...bare, notes: noted });
  if (priority === undefined || task.project === undefined) return [inNotes];
  return [formOf(task), inNotes];
}

function withPriority({ notes = "", priority }: LineTask): string {
  const line = priority === undefined ? "" : `Priority: ${priority}`;
  return [line, notes].filter((part) => part !== "").join("\n\n");
}

function formOf({ name, notes = "", assignee, dueOn, project, priority }: LineTask): PlannedCall {
  return {
    tool: "asana__create_task",
    arguments: {
      name,
      ...(notes !== "" && { notes }),
      ...(assignee !== undefined && { assignee }),
      ...(dueOn !== undefined && { due_on: dueOn }),
      ...(project !== undefined && { project }),
      ...(priority !== undefined && { priority }),
    },
  };
}
