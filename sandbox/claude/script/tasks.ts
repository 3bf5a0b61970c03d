import { asList, asObject, asText } from "./calls.ts";
import { inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { count, link, plain } from "./markdown.ts";
import { dayInWords, enumerated, whose, withoutDays } from "./wording.ts";

export interface Task {
  id: string;
  name: string;
  url: string | undefined;
  assignee: string | undefined;
  /** YYYY-MM-DD. */
  dueOn: string | undefined;
  projects: string[];
}

export function readTask(value: unknown): Task {
  const json = asObject(value);
  return {
    id: asText(json["id"]) ?? "",
    name: asText(json["name"]) ?? "A task without a name",
    url: asText(json["url"]),
    assignee: asText(asObject(json["assignee"])["name"]),
    dueOn: asText(json["due_on"]),
    projects: asList(json["projects"]).flatMap((one) => asText(asObject(one)["name"]) ?? []),
  };
}

export function taskLine(task: Task): string {
  const due = task.dueOn ? `due ${dayInWords(task.dueOn)}` : "no due date";
  return `${link(task.name, task.url)} (${[due, ...task.projects.map(plain)].join(", ")})`;
}

const BUCKETS = [
  ["overdue", "Overdue"],
  ["today", "Due today"],
  ["upcoming", "Coming up"],
  ["no_due_date", "Without a due date"],
] as const;
const MOST_OF_A_KIND = 10;

/** "My tasks": what is open, the overdue first. */
export const myTasks: Intent = {
  name: "tasks",
  matches: (question) =>
    (/\btasks\b/i.test(question) && whose(question, "tasks").kind !== "everybody" && !/\bcalls?\b/i.test(question)) ||
    /\bon my plate\b/i.test(question),
  run: (conversation) => {
    const { person } = conversation.current.context;
    const of = whose(withoutDays(conversation), "tasks");
    const input = {
      ...(of.kind === "person" ? { assignee: of.name } : {}),
      ...(person.time_zone ? { time_zone: person.time_zone } : {}),
      limit: 100,
    };
    const found = inquireOne(conversation, "Tasks are kept in Asana.", { tool: "get_my_tasks", input });
    if ("move" in found) return found.move;
    const { json, problem } = found.value;
    if (json === undefined) return { text: `I could not look up the tasks: ${plain(problem)}` };
    const name = of.kind === "person" ? (asText(asObject(json["assignee"])["name"]) ?? of.name) : undefined;
    const who = name === undefined ? "You have" : `**${plain(name)}** has`;
    const groups = BUCKETS.map(([bucket, title]) => {
      const all = asList(json["tasks"]).filter((task) => asObject(task)["due"] === bucket);
      return { title, all: all.map(readTask), counted: Number(asObject(json["counts"])[bucket] ?? all.length) };
    }).filter(({ all }) => all.length > 0);
    if (groups.length === 0) return { text: `${who} no open tasks in Asana that I can see.` };
    const total = groups.reduce((sum, { counted }) => sum + counted, 0);
    const parts = groups.map(({ title, counted }) => `${counted} ${title.toLowerCase()}`);
    const sections = groups.map(({ title, all }) => section(title, all));
    return {
      text: [
        `${who} **${count(total, "open task")}** in Asana that I can see: ${enumerated(parts)}.`,
        ...sections,
      ].join("\n\n"),
    };
  },
};

function section(title: string, all: readonly Task[]): string {
  const left = all.length - MOST_OF_A_KIND;
  const more = left > 0 ? [`- and ${left} more`] : [];
  return [`**${title}**`, ...all.slice(0, MOST_OF_A_KIND).map((task) => `- ${taskLine(task)}`), ...more].join("\n");
}
