import { asObject, asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { inquire, inquireList } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { count, link, plain } from "./markdown.ts";
import type { Found } from "./move.ts";
import { ABOUT_CALLS, bareName, dayInWords, enumerated } from "./wording.ts";

interface Stack {
  /** project/stack. */
  name: string;
  url: string | undefined;
  resources: number | undefined;
  updatedAt: string | undefined;
}

function listStacks(conversation: Conversation, thought: string): Found<Stack[]> {
  const found = inquireList(conversation, thought, { tool: "list_stacks", input: {} }, "stacks");
  if ("move" in found) return found;
  const { items, problem } = found.value;
  if (items === undefined) return { move: { text: `I could not list the stacks: ${plain(problem)}` } };
  return {
    value: items.map((json) => ({
      name: asText(json["name"]) ?? "",
      url: asText(json["url"]),
      resources: typeof json["resource_count"] === "number" ? json["resource_count"] : undefined,
      updatedAt: asText(json["last_update_at"]),
    })),
  };
}

/** "List our stacks". */
const list: Intent = {
  name: "stacks",
  matches: (question) =>
    /\bstacks\b/i.test(question) &&
    /\b(?:list|show|which|what|our|all)\b/i.test(question) &&
    !ABOUT_CALLS.test(question),
  run: (conversation) => {
    const found = listStacks(conversation, "Pulumi knows the stacks.");
    if ("move" in found) return found.move;
    const lines = found.value.map(({ name, url, resources, updatedAt }) => {
      const facts = [
        resources === undefined ? "no resources" : count(resources, "resource"),
        updatedAt ? `last updated ${dayInWords(updatedAt)}` : "never updated",
      ];
      return `- ${link(name, url)}: ${facts.join(", ")}`;
    });
    if (lines.length === 0) return { text: "There are no stacks in Pulumi, as far as it shows me." };
    return { text: [`We have **${count(lines.length, "stack")}** in Pulumi:`, ...lines].join("\n") };
  },
};

/** "Is the billing stack drifting?" Of each stack that the words fit; of all where none is named. */
const drift: Intent = {
  name: "drift",
  matches: (question) => /\bdrift(?:s|ed|ing)?\b/i.test(question) && !ABOUT_CALLS.test(question),
  run: (conversation) => {
    const found = listStacks(conversation, "Which stacks are meant? I list them.");
    if ("move" in found) return found.move;
    const wanted = namedStack(conversation.current.question);
    const fitting = wanted ? found.value.filter(({ name }) => fits(name, wanted)) : found.value;
    if (fitting.length === 0) return { text: noneOf(wanted, found.value) };
    const looked = inquire(
      conversation,
      "I ask Pulumi what its last look for drift found.",
      fitting.map(({ name }) => ({ tool: "drift_status", input: { stack: name } })),
    );
    if ("move" in looked) return looked.move;
    const states = looked.value.map(({ json, problem }, index) => stateOf(fitting[index], json, problem));
    return { text: [verdict(states), ...states.map(({ line }) => line)].join("\n") };
  },
};

function namedStack(question: string): string | undefined {
  const named =
    /\b(?:the|our)\s+([\w/-]+(?: [\w/-]+)?)\s+stacks?\b/i.exec(question)?.[1] ??
    /\b(?:is|are|has|have|did)\s+(?:the |our )?([\w/-]+)(?: stacks?)?\s+(?:drift|been drift)/i.exec(question)?.[1] ??
    /\bdrift(?:ing)? (?:of|in|on)\s+(?:the |our )?([\w/-]+)/i.exec(question)?.[1];
  const name = bareName(named ?? "");
  return name && !/^(?:stacks?|any|anything|all|something|there|pulumi|infrastructure|we)$/i.test(name)
    ? name
    : undefined;
}

function fits(name: string, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/[\s/]+/);
  return words.every((word) => name.toLowerCase().includes(word.replace(/^production$/, "prod")));
}

function noneOf(wanted: string | undefined, all: readonly Stack[]): string {
  const names = enumerated(all.map(({ name }) => plain(name)));
  return wanted
    ? `There is no stack "${plain(wanted)}" in Pulumi. There are ${names}.`
    : "There are no stacks in Pulumi.";
}

interface State {
  name: string;
  drifted: boolean | undefined;
  line: string;
}

function stateOf(
  stack: Stack | undefined,
  json: Record<string, unknown> | undefined,
  problem: string | undefined,
): State {
  const name = stack?.name ?? "";
  const page = link(name, asText(asObject(json?.["stack"])["url"]) ?? stack?.url);
  if (!json) return { name, drifted: undefined, line: `- ${page}: could not be looked up. ${plain(problem ?? "")}` };
  const now = json["looking_now"] === true ? " A new look is under way." : "";
  if (json["drifted"] === true)
    return { name, drifted: true, line: `- ${page}: **drifted**; what differs is on its page.${now}` };
  if (json["drifted"] === false) return { name, drifted: false, line: `- ${page}: no drift.${now}` };
  return { name, drifted: undefined, line: `- ${page}: not known, nobody has looked yet.${now}` };
}

function verdict(states: readonly State[]): string {
  const drifted = states.filter((state) => state.drifted === true).map(({ name }) => `**${plain(name)}**`);
  const unknown = states.filter((state) => state.drifted === undefined);
  if (drifted.length > 0)
    return `Yes: ${enumerated(drifted)} ${drifted.length === 1 ? "has" : "have"} drifted from what is declared, as Pulumi's last look found.`;
  return unknown.length > 0 ? "Not as far as is known:" : "No: Pulumi's last look found no drift.";
}

export const stackIntents: readonly Intent[] = [drift, list];
