import { safeMessage, ServiceError } from "../../core/errors.ts";
import type { NewTurn } from "../../storage/turns.ts";
import { readTaskLine, type TaskLine } from "../../workflows/tasks/task-line.ts";
import { taskCall } from "../../workflows/tasks/task-call.ts";
import { type ListenerContext, readText, recordRefusal } from "../listeners/context.ts";
import { escapeExact, escapeText } from "../message-text.ts";
import { command } from "../surface.ts";
import { peopleFor } from "../tasks/people.ts";
import { hasAsana, noAsana } from "../tasks/asana.ts";
import { refuseRole, taskRole } from "./role-gate.ts";
import { refuseChannel } from "./shared-channel.ts";
import type { GivenCommand, SlackCommand } from "./slack-command.ts";

const example = `\`${command} task Follow up with Acme re pricing @colleague friday\``;
/** Milliseconds for looking names up: Slack waits for three seconds in all. What takes longer is left to Claude. */
const lookUpWithinMs = 1_400;

export const task: SlackCommand = {
  verb: "task",
  form: "WHAT [@PERSON] [WHEN] [in PROJECT]",
  meaning: "makes a task in Asana, once you have approved it on its card",
  run: async (given, context) => {
    if (!hasAsana(context)) return noAsana;
    const { argument, person, channel, triggerId } = given;
    const agent = taskRole(person, context.roles);
    const refused = refuseRole({ person, role: agent, tool: `${command} task` }, context);
    if (refused !== undefined) return refused;
    if (argument === "") return `What is to be done? ${example}`;
    const [line, refusal] = await Promise.all([read(given, context), refuseChannel(channel, context)]);
    if (refusal !== undefined) {
      recordRefusal({ tool: `${command} task`, reason: refusal.reason, userId: person.userId }, context);
      return refusal.words;
    }
    if (line.kind === "ask") return askBack(line.sentence, await readText(argument, context));
    const sourceKey = `command:${triggerId}`;
    const turn: NewTurn = {
      id: context.newId("turn"),
      sourceKey,
      source: "command",
      teamId: context.workspace.teamId,
      channel,
      threadTs: sourceKey,
      userId: person.userId,
      text: `Create a task: ${await readText(argument, context)}`,
      agent,
      audience: channel.startsWith("D") ? "private" : "channel",
    };
    const calls = line.kind === "clear" ? { task: { kind: "calls" as const, calls: [taskCall(line.task)] } } : {};
    await context.turns.submit({ ...turn, ...calls });
    return undefined;
  },
};

/** Where Asana does not say in time who and what there is, Claude makes out what is meant. */
async function read({ argument, person }: GivenCommand, context: ListenerContext): Promise<TaskLine> {
  const signal = AbortSignal.timeout(lookUpWithinMs);
  try {
    return await readTaskLine(argument, {
      now: context.clock.now(),
      timeZone: person.timeZone,
      calendar: context.calendar,
      people: peopleFor(person, context, signal),
      projects: await context.tasks.projects(signal),
    });
  } catch (error) {
    if (!(error instanceof ServiceError) && !signal.aborted) throw error;
    context.logger.warn(
      { reason: safeMessage(error) },
      "Asana did not say in time which projects and people there are",
    );
    return { kind: "unclear" };
  }
}

function askBack(sentence: string, line: string): string {
  const copy = escapeExact(line.replaceAll("`", "'").replaceAll("\n", " "));
  return `${escapeText(sentence)}\nNothing was made. To copy and change: \`${command} task ${copy}\``;
}
