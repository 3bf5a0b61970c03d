import { asList, asObject, asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { dealLine, readDeal } from "./crm.ts";
import { inquire, type Answer, type Inquiry } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { excerpt, plain } from "./markdown.ts";
import { readTask, taskLine } from "./tasks.ts";

const ASKED = /^(?:please\s+)?tell me more about (.+?)[.!?]*$/is;
/** As the button below a notice asks: its thread begins with what it tells of. */
const OF_NOTICE = /^the (?:change|\d+ records) in this notice$/i;
const MOST_RECORDS = 5;
const MOST_COMMENTS = 3;

/** A record that the thread has read before, and how it is read anew. */
interface Known extends Inquiry {
  name: string;
}

/** "Tell me more about Acme's renewal", or about a notice, where the thread has read of it: as it stands now. */
export const tellMore: Intent = {
  name: "tell me more",
  matches: (question, conversation) => ASKED.test(question) && namedIn(question, conversation).length > 0,
  run: (conversation) => {
    const known = namedIn(conversation.current.question, conversation).slice(0, MOST_RECORDS);
    const found = inquire(conversation, "I read what the services know of it now.", known);
    if ("move" in found) return found.move;
    const parts = found.value.map((answer, index) => inWords(answer, known[index]?.name ?? ""));
    return { text: parts.join("\n\n") };
  },
};

function namedIn(question: string, { earlier }: Conversation): Known[] {
  const words = ASKED.exec(question)?.[1]?.toLowerCase() ?? "";
  const read = earlier.map(({ outcomes }) => outcomes.flatMap(({ json }) => knownIn(asObject(json))));
  if (OF_NOTICE.test(words)) return read.find((records) => records.length > 0) ?? [];
  const named = read.flat().filter(({ name }) => name !== "" && words.includes(name.toLowerCase()));
  return [...new Map(named.map((record) => [record.name, record])).values()];
}

function knownIn({ deal, task }: Record<string, unknown>): Known[] {
  const one = asObject(deal ?? task);
  const [id, name] = [asText(one["id"]), asText(one["name"])];
  if (id === undefined || name === undefined) return [];
  if (deal !== undefined) return [{ tool: "get_deal", input: { deal_id: id }, name }];
  return [{ tool: "get_task", input: { task_id: id }, name }];
}

function inWords({ json, problem }: Answer, name: string): string {
  if (json === undefined) return `I could not read more about ${plain(name)}: ${plain(problem)}`;
  return json["deal"] === undefined ? taskWords(json) : dealWords(json);
}

function dealWords(json: Record<string, unknown>): string {
  const people = asList(json["contacts"]).flatMap((one) => asText(asObject(one)["name"]) ?? []);
  const [nextStep, description] = [asText(json["next_step"]), asText(json["description"])];
  return [
    dealLine(readDeal(json["deal"])),
    ...(nextStep ? [`- Next step: ${plain(excerpt(nextStep))}`] : []),
    ...(description ? [`- ${plain(excerpt(description))}`] : []),
    `- Contacts: ${people.length > 0 ? people.map(plain).join(", ") : "none"}`,
  ].join("\n");
}

function taskWords(json: Record<string, unknown>): string {
  const notes = asText(asObject(json["task"])["notes"]);
  const comments = asList(json["comments"]).slice(0, MOST_COMMENTS).map(asObject);
  const said = comments.map(({ by, text }) => `- ${plain(asText(by) ?? "")}: “${plain(excerpt(asText(text) ?? ""))}”`);
  return [taskLine(readTask(json["task"])), ...(notes ? [`- ${plain(excerpt(notes))}`] : []), ...said].join("\n");
}
