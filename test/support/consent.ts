import type { Script } from "../../sandbox/claude/store.ts";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Sandbox } from "../../sandbox/start.ts";
import { questionOf, resultsOf } from "./answers.ts";

/** What is said before a write, and what after it begins with. */
export const announced = "I put that on the list.";
export const reported = "Asana says:";

/** A model that creates the task named by the last word of "create a task ...", and says nothing but what came of it. */
export const taskScript: Script = (request) => {
  const question = questionOf(request);
  const name = /create a task (\S+)/.exec(question)?.[1];
  if (name === undefined) return [{ type: "text", text: `You said: ${question}` }];
  const result = resultsOf(request).at(-1);
  if (result !== undefined) return [{ type: "text", text: `${reported} ${result}` }];
  const input = { name, due_on: "2026-11-27" };
  return [
    { type: "text", text: announced },
    { type: "tool_use", name: "asana__create_task", input },
  ];
};

export const isCard = ({ metadata }: MessageView): boolean => metadata?.event_type === "sophia_approval";
export const hasButtons = ({ blocks }: MessageView): boolean => blocks.some(({ type }) => type === "actions");

/** How often a task of this name is in the stand-in. */
export function tasksNamed({ asana }: Sandbox, wanted: string): number {
  return asana.store.tasks.filter(({ name }) => name === wanted).length;
}
