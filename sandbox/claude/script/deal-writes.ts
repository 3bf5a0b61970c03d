import { wordsOf } from "./ask.ts";
import { asList, asObject, asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { type Deal, dealLine, readDeal } from "./crm.ts";
import { inquireOne, type Inquiry } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { link, plain } from "./markdown.ts";
import { type Found, type Move, say } from "./move.ts";
import { bareName, enumerated, PLEASE } from "./wording.ts";
import { write } from "./writing.ts";

/** The one open deal that is meant: by words of its name, else by its company's. */
function findDeal(conversation: Conversation, wanted: string, undone: string): Found<Deal> {
  const thought = `Which deal is meant? I look up ${wanted}.`;
  const search = (input: Inquiry["input"]) =>
    inquireOne(conversation, thought, { tool: "search_deals", input: { ...input, status: "open", limit: 10 } });
  const byName = search({ query: wanted });
  if ("move" in byName) return byName;
  const named = asList(byName.value.json?.["deals"]);
  const found = named.length > 0 || byName.value.problem !== undefined ? byName : search({ company: wanted });
  if ("move" in found) return found;
  if (found.value.problem !== undefined) return say(`${undone}: ${plain(found.value.problem)}`);
  const all = asList(found.value.json["deals"]).map(readDeal);
  const [only, ...others] = all;
  if (!only) return say(`${undone}: HubSpot has no open deal of ${plain(wanted)}.`);
  if (others.length === 0) return { value: only };
  const lines = all.map((deal) => `- ${dealLine(deal)}`);
  return say([`Which deal? ${all.length} open ones fit "${plain(wanted)}":`, ...lines].join("\n"));
}

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
    const done = write(conversation, {
      tool: "add_note",
      input: { text: said.trim(), ...input },
      thought: "It is clear where the note in HubSpot belongs; adding it needs somebody's consent.",
      proposal: `I would add this note to ${link(name, url)} in HubSpot: “${plain(said)}”`,
      undone,
      service: "HubSpot",
    });
    if ("move" in done) return done.move;
    return { text: `Done: the note stands on ${link(name, url)} in HubSpot.` };
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

const MOVE = new RegExp(
  String.raw`${PLEASE}(?:move|set|change|put|advance|shift|mark)\s+(.+?)\s+deal(?:'s stage)?\s+(?:back\s+)?(?:to|into|in|as)\s+(?:the\s+)?(?:stage\s+)?["“]?([^"”]+?)["”]?(?:\s+stage)?[.!?]?$`,
  "iu",
);

/** "Move the Acme deal to negotiation". */
const moveDeal: Intent = {
  name: "deal stage",
  matches: (question) => MOVE.test(question) && !/\btask\b/i.test(question),
  run: (conversation) => {
    const [, what = "", wanted = ""] = MOVE.exec(wordsOf(conversation.current.question)) ?? [];
    const undone = "The deal was not moved";
    const deal = findDeal(conversation, bareName(what), undone);
    if ("move" in deal) return deal.move;
    const stage = findStage(conversation, wanted, undone);
    return "move" in stage ? stage.move : moveTo(conversation, deal.value, stage.value, undone);
  },
};

function findStage(conversation: Conversation, wanted: string, undone: string): Found<string> {
  const found = inquireOne(conversation, "I look up how the stages of the pipeline in HubSpot are called.", {
    tool: "list_pipelines",
    input: {},
  });
  if ("move" in found) return found;
  if (found.value.json === undefined) return say(`${undone}: ${plain(found.value.problem)}`);
  const stages = asList(found.value.json["pipelines"])
    .flatMap((one) => asList(asObject(one)["stages"]).map(asObject))
    .map((stage) => ({ name: asText(stage["name"]) ?? "", status: asText(stage["status"]) }));
  const words = wanted.toLowerCase();
  const stage =
    stages.find(({ name }) => name.toLowerCase() === words) ??
    stages.find(({ status }) => status === words && status !== "open") ??
    stages.find(({ name }) => name.toLowerCase().startsWith(words));
  if (stage) return { value: stage.name };
  const names = [...new Set(stages.map(({ name }) => `**${plain(name)}**`))];
  return say(`${undone}: there is no stage "${plain(wanted)}". There are ${enumerated(names)}.`);
}

function moveTo(conversation: Conversation, deal: Deal, stage: string, undone: string): Move {
  const page = link(deal.name, deal.url);
  if (deal.stage === stage) return { text: `${page} is in **${plain(stage)}** already; there is nothing to change.` };
  const done = write(conversation, {
    tool: "update_deal",
    input: { deal_id: deal.id, stage },
    thought: "Deal and stage are known; moving the deal to another stage in HubSpot needs somebody's consent.",
    proposal: `I would move ${page} from ${plain(deal.stage)} to **${plain(stage)}** in HubSpot.`,
    undone,
    service: "HubSpot",
  });
  if ("move" in done) return done.move;
  const after = readDeal(done.value["deal"]);
  return { text: `Done: ${link(after.name, after.url)} is in **${plain(after.stage)}** now.` };
}

export const dealWrites: readonly Intent[] = [addNote, moveDeal];
