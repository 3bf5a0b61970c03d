import { toolName } from "./calls.ts";
import { type Conversation, type DroppedFile, readJson } from "./conversation.ts";
import type { Intent } from "./intents.ts";
import { count, plain } from "./markdown.ts";
import { call, type Found } from "./move.ts";

const ABOUT_FILES = /\b(?:files?|pdf|csv|document|attachment|sheet|spreadsheet|export)\b/i;
const MOST_LINES = 8;

/** Files that were dropped with the question; where it asks about a file, those of its thread or of an earlier question. */
function filesOf({ current, earlier }: Conversation): DroppedFile[] {
  const own = current.context.files.filter(({ from }) => from === undefined);
  if (own.length > 0) return own;
  if (!ABOUT_FILES.test(current.question)) return [];
  if (current.context.files.length > 0) return current.context.files;
  return earlier.findLast(({ context }) => context.files.length > 0)?.context.files ?? [];
}

/** What a person dropped: its columns and rows where it is a table, else its first lines. */
export const droppedFiles: Intent = {
  name: "dropped-files",
  matches: (_, conversation) => filesOf(conversation).length > 0 && toolName(conversation, "read_file") !== undefined,
  run: (conversation) => {
    const told = tellFiles(conversation, filesOf(conversation));
    return "move" in told ? told.move : { text: told.value };
  },
};

/** What each file says, once it was read. */
export function tellFiles(conversation: Conversation, files: readonly DroppedFile[]): Found<string> {
  const tool = toolName(conversation, "read_file") ?? "";
  const results = files.map(({ id }) =>
    conversation.current.outcomes.findLast((outcome) => outcome.tool === tool && outcome.input["file_id"] === id),
  );
  if (results.includes(undefined)) {
    const calls = files.map(({ id }) => ({ name: tool, input: { file_id: id } }));
    return call("What was dropped comes first.", ...calls);
  }
  const told = files.map(({ name }, index) => {
    const { text = "", isError = true } = results[index] ?? {};
    const [first = "", ...lines] = text.split("\n");
    return isError ? plain(text) : summary(name ?? nameIn(first), lines.join("\n").trim());
  });
  return { value: told.join("\n\n") };
}

/** The first line of what was read names the file, in quotes. */
function nameIn(line: string): string {
  const name = readJson(line.slice(line.indexOf('"')));
  return typeof name === "string" ? name : "A file";
}

function summary(name: string, text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const columns = (lines[0] ?? "").split(",");
  const isTable = columns.length > 1 && lines.length > 1 && lines.every((line) => line.includes(","));
  const head = isTable
    ? `**${plain(name)}** has ${count(lines.length - 1, "row")} with ${columns.map((column) => plain(column.trim())).join(", ")}.`
    : `**${plain(name)}** has ${count(lines.length, "line")}. It begins:`;
  const shown = lines.slice(isTable ? 1 : 0, MOST_LINES).map((line) => `- ${plain(line.trim().slice(0, 200))}`);
  return [head, "", ...shown].join("\n");
}
