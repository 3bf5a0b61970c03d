import type { LinePeople, TaskPerson } from "../../workflows/tasks/task-line.ts";
import type { ListenerContext } from "../listeners/context.ts";
import type { Person } from "../people.ts";

type Context = Pick<ListenerContext, "people" | "accounts" | "workspace" | "tasks">;

/** The people whom a line can give a task to, for whoever writes it. */
export function peopleFor(asker: Pick<Person, "userId">, context: Context, signal: AbortSignal): LinePeople {
  return {
    mentioned: (userId) => assigneeOf(userId, asker, context),
    named: (word) => context.tasks.named(word, signal),
  };
}

/** By which address Asana knows somebody of Slack; `cannot`: why no task can be theirs. */
export async function assigneeOf(
  userId: string,
  asker: Pick<Person, "userId">,
  { people, accounts, workspace }: Context,
): Promise<TaskPerson | { cannot: string }> {
  const person = await people.find(userId);
  const { name, email, standing } = person;
  if (standing !== "member") return { cannot: `${whyNot(person)} Name a colleague, or leave the person out.` };
  if (userId === asker.userId) return { name, email: "me" };
  const identities = await accounts.identities.of({ teamId: workspace.teamId, userId });
  const address = identities["asana"] ?? email;
  if (address !== undefined) return { name, email: address };
  return {
    cannot: `Slack does not tell me the e-mail address of ${name}, by which Asana knows people: write the name instead.`,
  };
}

function whyNot({ name, standing }: Person): string {
  switch (standing) {
    case "guest":
      return `${name} is a guest here, and I give tasks to full members only.`;
    case "external":
      return `${name} is of another company.`;
    case "nobody":
      return `${name} is an app, or has left.`;
    default:
      return "Slack does not tell me just now who is mentioned there.";
  }
}
