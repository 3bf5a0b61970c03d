import type { webApi } from "@slack/bolt";
import { readDue } from "../../workflows/tasks/due-date.ts";
import type { LineTask, TaskPerson } from "../../workflows/tasks/task-line.ts";
import { shortened } from "../approvals/card-parts.ts";
import { modals } from "../surface.ts";

type View = webApi.ViewsOpenArguments["view"];
type Place = Parameters<typeof readDue>[1];

/** What a form's view carries of the message that it was opened at. */
export interface MessagePlace {
  channel: string;
  /** The root of the message's thread, or the message itself. */
  threadTs: string;
}

/** What the form shows before anything is typed. */
export interface TaskDraft {
  name: string;
  /** Slack's id of whom the message mentions. */
  assignee?: string | undefined;
  due?: string | undefined;
  project?: string | undefined;
  priority?: string | undefined;
  notes: string;
}

const priorities = ["High", "Medium", "Low"] as const;
const fields = ["name", "assignee", "due", "project", "priority", "notes"] as const;
type Field = (typeof fields)[number];
/** What Slack takes: options of a list, characters of an option and of an input. */
const mostOptions = 100;
const longestOption = 75;
const longestNotes = 3_000;
const longestName = 250;

/** `projects`: those that there are; where they are too many or too long for a list, the name is typed. */
export function renderTaskModal(draft: TaskDraft, projects: readonly string[], place: MessagePlace): View {
  const isList =
    projects.length > 0 && projects.length <= mostOptions && projects.every((name) => name.length <= longestOption);
  const blocks = [
    input("name", "What is to be done", text(longestName, shortened(draft.name, longestName))),
    input("assignee", "Who does it", { type: "users_select", ...(draft.assignee && { initial_user: draft.assignee }) }),
    input("due", "Due", text(80, draft.due), "In words: friday, 12 dec, in two weeks, end of month"),
    isList
      ? input("project", "Project", select(projects, draft.project))
      : input("project", "Project", text(200, draft.project), "A project's whole name in Asana"),
    input(
      "priority",
      "Priority",
      select(priorities, draft.priority),
      "A field of the project; without one it stands in the notes",
    ),
    input("notes", "Notes", { ...text(longestNotes, shortened(draft.notes, longestNotes)), multiline: true }),
  ];
  return {
    type: "modal",
    callback_id: modals.newTask,
    private_metadata: JSON.stringify(place),
    title: plainText("Create a task"),
    submit: plainText("Go on"),
    close: plainText("Cancel"),
    blocks: [
      ...blocks,
      { type: "context", elements: [plainText("You approve it on a card before anything is made in Asana.")] },
    ],
  } as View;
}

type Values = Record<string, Record<string, Entered>>;
interface Entered {
  value?: string | null | undefined;
  selected_user?: string | null | undefined;
  selected_option?: { value: string } | null | undefined;
}

export interface ModalReader {
  place: Place;
  assigneeOf: (userId: string) => Promise<TaskPerson | { cannot: string }>;
}

/** `errors`: by the form's blocks, what is to be written otherwise. */
export async function readTaskModal(
  values: Values,
  { place, assigneeOf }: ModalReader,
): Promise<{ task: LineTask } | { errors: Record<string, string> }> {
  const given = (field: Field): string | undefined => {
    const entered = values[field]?.["value"];
    return entered?.selected_user ?? entered?.selected_option?.value ?? (entered?.value?.trim() || undefined);
  };
  const errors: Record<string, string> = {};
  const wrong = (field: Field, sentence: string) => (errors[field] = sentence.replaceAll("`", "").slice(0, 300));
  const [name, who, due] = [given("name") ?? "", given("assignee"), given("due")];
  if (name === "") wrong("name", "Say what is to be done.");
  const person = who === undefined ? undefined : await assigneeOf(who);
  if (person && "cannot" in person) wrong("assignee", person.cannot);
  const day = due === undefined ? undefined : readDue(due, place);
  if (day?.kind === "ask") wrong("due", day.sentence);
  if (due !== undefined && !day)
    wrong("due", "I do not understand that as a day. Write friday, 12 dec, or 2026-12-18.");
  if (Object.keys(errors).length > 0) return { errors };
  const priority = priorities.find((level) => level === given("priority"));
  const [notes, project] = [given("notes"), given("project")];
  return {
    task: {
      name,
      ...(notes !== undefined && { notes }),
      ...(person && "email" in person && { assignee: person.email }),
      ...(day?.kind === "day" && { dueOn: day.on.toString() }),
      ...(project !== undefined && { project }),
      ...(priority && { priority }),
    },
  };
}

function input(field: Field, label: string, element: object, hint?: string): object {
  return {
    type: "input",
    block_id: field,
    optional: field !== "name",
    label: plainText(label),
    ...(hint !== undefined && { hint: plainText(hint) }),
    element: { action_id: "value", ...element },
  };
}

function text(most: number, initial: string | undefined): object {
  return { type: "plain_text_input", max_length: most, ...(initial && { initial_value: initial }) };
}

function select(names: readonly string[], initial: string | undefined): object {
  const options = names.map((name) => ({ value: name, text: plainText(name) }));
  const chosen = options.find(({ value }) => value === initial);
  return { type: "static_select", options, ...(chosen && { initial_option: chosen }) };
}

function plainText(words: string): { type: "plain_text"; text: string } {
  return { type: "plain_text", text: words };
}
