import type { TurnTask } from "../storage/turns.ts";
import type { RunAgent } from "../turns/run-turn.ts";

/** Who carries out what code does in place of the agent; calls that were decided on before are the agent's own. */
export type TaskRunners = Record<Exclude<TurnTask["kind"], "calls">, RunAgent>;

/** Each turn to whom it is for: what somebody asked to the agent, Sophia's own work to its runner. */
export function byTask(runners: TaskRunners, agent: RunAgent): RunAgent {
  return (run) => {
    const { task } = run.turn;
    return task === undefined || task.kind === "calls" ? agent(run) : runners[task.kind](run);
  };
}
