import { wordsOf } from "./ask.ts";
import { asObject, asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import type { Deal } from "./crm.ts";
import { changeDeal } from "./deal-changes.ts";
import { findDeal } from "./deal-search.ts";
import { inquireOne, type Inquiry } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { link, plain } from "./markdown.ts";
import { type Found, say } from "./move.ts";
import { bareName, PLEASE } from "./wording.ts";
import { done, write } from "./writing.ts";

const NOTE = new RegExp(
  String.raw`${PLEASE}(?:add|write|put|leave|make|log)\s+(?:a\s+)?note\s+(?:to|on|in|for|about)\s+(.+?)(?:\s+(deal|account|company|customer))?\s*(?::|\bsaying(?: that)?\b|\bthat says\b)\s*(.+)$`,
  "isu",
);

/** "Add a note to the Acme deal: they want the phasing in two parts". */
const addNote: Intent = {
  name: "note",
  matches: (question) => NOTE.test(question),
  run: (conversation) => {
    const [, what = "", kind = "deal", said = ""] = NOTE.exec(wordsOf(conversation.current.question)) ?? [];
    const undone = "No note was added";
    const target = /deal/i.test(kind)
      ? dealTarget(findDeal(conversation, bareName(what), undone))
      : companyTarget(conversation, bareName(what), undone);
    if ("move" in target) return target.move;
    const { name, url, input } = target.value;
    const added = write(conversation, {
      tool: "add_note",
      input: { text: said.trim(), ...input },
      thought: "It is clear where the note in HubSpot belongs; adding it needs somebody's consent.",
      proposal: `I would add this note to ${link(name, url)} in HubSpot: “${plain(said)}”`,
      undone,
      service: "HubSpot",
    });
    if ("move" in added) return added.move;
    // A person may have put it elsewhere.
    if (added.value.isEdited) return { text: `${done(added.value)}: a note was added in HubSpot.` };
    return { text: `${done(added.value)}: the note stands on ${link(name, url)} in HubSpot.` };
  },
};

interface Target {
  name: string;
  url: string | undefined;
  input: Inquiry["input"];
}

function dealTarget(found: Found<Deal>): Found<Target> {
  if ("move" in found) return found;
  const { name, url, id } = found.value;
  return { value: { name, url, input: { deal_id: id } } };
}

function companyTarget(conversation: Conversation, wanted: string, undone: string): Found<Target> {
  const inquiry = { tool: "get_company", input: { company: wanted } };
  const found = inquireOne(conversation, `I look up the company ${wanted} in HubSpot.`, inquiry);
  if ("move" in found) return found;
  if (found.value.json === undefined) return say(`${undone}: ${plain(found.value.problem)}`);
  const company = asObject(found.value.json["company"]);
  const name = asText(company["name"]) ?? wanted;
  return { value: { name, url: asText(company["url"]), input: { company_id: asText(company["id"]) ?? "" } } };
}

export const dealWrites: readonly Intent[] = [addNote, changeDeal];
