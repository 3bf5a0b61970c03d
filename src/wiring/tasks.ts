import type { Tools } from "../agent/ports.ts";
import type { Config } from "../config/config-file.ts";
import type { Clock } from "../core/clock.ts";
import type { ListenerContext } from "../slack/listeners/context.ts";
import type { Workspace } from "../slack/workspace.ts";
import { createTaskDirectory } from "../workflows/tasks/directory.ts";
import { createToolReader, sophiaCaller } from "../workflows/tool-reader.ts";

export interface TaskOptions {
  config: Pick<Config, "calendar">;
  tools: Tools;
  workspace: Workspace;
  clock: Clock;
}

/** What lines and forms for tasks are read against. */
export function readTasks({
  config,
  tools,
  workspace,
  clock,
}: TaskOptions): Pick<ListenerContext, "tasks" | "calendar"> {
  const work = { turnId: "tasks", agent: "project-manager", channel: "", threadTs: "" };
  const caller = sophiaCaller(workspace, work);
  return {
    tasks: createTaskDirectory({ reader: createToolReader(tools), caller, clock }),
    calendar: config.calendar,
  };
}
