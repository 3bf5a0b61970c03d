/** Questions that people have asked again and again, in our words. */
export interface Template {
  name: string;
  title: string;
  /** Asked as its owner would ask it: "my" is the owner's, and days are counted by their clock. */
  question: string;
  /** What people write of it, in lower case, where it is not its title. */
  aliases: readonly string[];
}

export const templates: readonly Template[] = [
  {
    name: "calls",
    title: "Yesterday's calls",
    question: "Summarize yesterday's calls",
    aliases: ["yesterdays calls", "calls", "call summary", "calls of yesterday", "summarize yesterday's calls"],
  },
  {
    name: "pipeline",
    title: "Pipeline changes",
    question:
      "What has changed in the pipeline since yesterday: new deals, deals won and lost, and deals with activity?",
    aliases: ["pipeline", "changes in the pipeline", "pipeline updates"],
  },
  {
    name: "risk",
    title: "Deals at risk",
    question: "Which open deals are at risk: those that have had no call in the last 14 days?",
    aliases: ["at risk", "risks", "quiet deals"],
  },
  {
    name: "overdue",
    title: "Overdue tasks",
    question: "Which tasks are overdue, and whose are they?",
    aliases: ["overdue", "late tasks"],
  },
  {
    name: "day",
    title: "My day",
    question: "What is on my day today: my calls, the tasks that are due, and my open deals?",
    aliases: ["day", "today"],
  },
];

export function templateNamed(name: string): Template | undefined {
  return templates.find((template) => template.name === name);
}

/** The template that somebody's words name. */
export function templateOf(words: string): Template | undefined {
  const wanted = words
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/^(?:the|our|send|post|show)\s+/, "")
    .replace(/(?<![.!?])[.!?]+$/, "")
    .trim();
  return templates.find(({ title, aliases }) => title.toLowerCase() === wanted || aliases.includes(wanted));
}
