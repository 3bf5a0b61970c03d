import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bestMatches } from "../../sandbox/claude/bm25.ts";
import { catalogueOf } from "../../sandbox/claude/tool-search.ts";
import type { Message, ToolParam } from "../../sandbox/claude/wire.ts";
import type { Step } from "../../src/agent/ports.ts";
import { markdownOf } from "../support/answers.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";

/** A Friday, at half past ten in New York. */
const NOW = "2026-11-20T15:30:00Z";

/**
 * Words that a model might search with that has seen none of these tools, and the tool that is to be among the five that it
 * is then given. A tool that is not here is found by nobody knows what: say what finds it.
 */
const finds: Record<string, string> = {
  "Asana comment on a task": "asana__add_comment",
  "Asana find a user": "asana__find_user",
  "Asana tasks of a project": "asana__get_project_tasks",
  "Asana details of one task": "asana__get_task",
  "Asana projects": "asana__list_projects",
  "Asana columns or sections of a board": "asana__list_sections",
  "Asana post a status report on a project": "asana__post_project_status",
  "Asana look for tasks by words": "asana__search_tasks",
  "Asana change the due date or assignee": "asana__update_task",
  "Asana mark a task as done": "asana__update_task_status",
  "Gong find a person of our team": "gong__find_user",
  "Gong talk ratio": "gong__get_interaction_stats",
  "Gong how many calls each rep made": "gong__get_rep_activity",
  "Gong keyword trackers": "gong__list_trackers",
  "HubSpot write a note on a deal": "hubspot__add_note",
  "HubSpot create a deal": "hubspot__create_deal",
  "HubSpot follow-up task": "hubspot__create_followup_task",
  "HubSpot contacts of a company or deal": "hubspot__get_associations",
  "HubSpot company details": "hubspot__get_company",
  "HubSpot one contact": "hubspot__get_contact",
  "HubSpot several deals by their ids": "hubspot__get_deals",
  "HubSpot find contacts by name or email": "hubspot__get_contacts",
  "HubSpot owners": "hubspot__list_owners",
  "HubSpot stages of the pipeline": "hubspot__list_pipelines",
  "HubSpot search companies by industry": "hubspot__search_companies",
  "HubSpot change a contact's phone": "hubspot__update_contact",
  "HubSpot move a deal to another stage": "hubspot__update_deal",
  "Pinecone what is in the index": "pinecone__describe_index",
  "Pinecone records by id": "pinecone__fetch_records",
  "Pinecone how many records": "pinecone__index_stats",
  "Pinecone indexes": "pinecone__list_indexes",
  "Pinecone nearest to a vector": "pinecone__query_by_vector",
  "Pinecone store a document": "pinecone__upsert_document",
  "Pulumi stop a running update": "pulumi__cancel",
  "Pulumi logs of a deployment": "pulumi__deployment_logs",
  "Pulumi drift": "pulumi__drift_status",
  "Pulumi how did the deployment go": "pulumi__get_deployment",
  "Pulumi stacks": "pulumi__list_stacks",
  "Pulumi history of updates": "pulumi__list_updates",
  "Pulumi what would change": "pulumi__preview",
  "Pulumi search resources": "pulumi__search_resources",
  "Pulumi output values of a stack": "pulumi__stack_outputs",
  "Pulumi state of a stack": "pulumi__stack_status",
  "Pulumi bring a stack up": "pulumi__up",
  "Slack react with an emoji": "slack__add_reaction",
  "Slack find a channel": "slack__find_channel",
  "Slack who is this person": "slack__find_user",
  "Slack what was written in a channel": "slack__read_channel",
  "Slack replies in a thread": "slack__read_thread",
  "Slack message for tomorrow, later": "slack__schedule_message",
  "Slack correct a message that was sent": "slack__update_message",
  "Snowflake stop a query": "snowflake__cancel_query",
  "Snowflake columns of a table": "snowflake__describe_table",
  "Snowflake more rows of a result": "snowflake__fetch_results",
  "Snowflake is the query still running": "snowflake__get_query_status",
  "Snowflake databases": "snowflake__list_databases",
  "Snowflake prepared reports": "snowflake__list_reports",
  "Snowflake schemas": "snowflake__list_schemas",
  "Snowflake tables": "snowflake__list_tables",
  "Snowflake run a report on revenue": "snowflake__run_report",
};

interface Sent {
  tools: ToolParam[];
  system: unknown;
  messages: Message[];
}

let house: House;
beforeAll(async () => {
  house = await openHouse({ sandbox: { now: Date.parse(NOW) } });
}, 60_000);
afterAll(() => house.close());

const sent = (): Sent[] => house.sandbox.board.requests("claude").map(({ body }) => JSON.parse(body) as Sent);
const deferredIn = ({ tools }: Sent): string[] => tools.filter((tool) => tool.defer_loading).map(({ name }) => name);
const blocksOf = (steps: readonly Step[]): string[] =>
  steps.flatMap((step) => (step.kind === "answer" ? step.content.map(({ type }) => type) : []));

async function ask(text: string, threadTs?: string): Promise<{ asked: Asked; steps: Step[]; answer: string }> {
  const asked = house.ask(text, threadTs === undefined ? {} : { threadTs });
  const steps = await house.stepsOf(asked);
  return { asked, steps, answer: house.answers(asked).map(markdownOf).join("\n") };
}

describe("with all servers connected", { timeout: 60_000 }, () => {
  it("answers a question whose tool is not loaded, and asks for no second search in its thread", async () => {
    const { asked, steps, answer } = await ask("which trackers do we have?");
    expect(blocksOf(steps)).toEqual(["thinking", "server_tool_use", "tool_search_tool_result", "tool_use", "text"]);
    expect(steps.flatMap((step) => (step.kind === "tool_result" ? [[step.tool, step.isError]] : []))).toEqual([
      ["gong__list_trackers", false],
    ]);
    expect(answer).toContain("Trackers in Gong");
    const again = await ask("which trackers are there now?", asked.threadTs);
    expect(blocksOf(again.steps)).toEqual(["thinking", "tool_use", "text"]);
  });

  it("keeps the tools of most questions loaded, without a search before them", async () => {
    const { steps } = await ask("bench:two-tools yesterday");
    expect(blocksOf(steps)).not.toContain("server_tool_use");
    const [request] = sent().slice(-1) as [Sent];
    // Beside the services' tools, some that Sophia answers herself.
    const own = request.tools.filter(({ name }) => name.startsWith("sophia__")).length;
    expect(request.tools.length - deferredIn(request).length - own).toBeLessThanOrEqual(14);
    expect(own).toBe(3);
    expect(deferredIn(request).length).toBeGreaterThan(30);
  });

  it.each([
    ["who owns Acme?", "hubspot__get_company"],
    ["Maya's calls yesterday", "gong__find_user"],
    ["create a task for the Acme follow-up due Monday", "asana__list_projects"],
    ["mark the task call Acme as done", "asana__search_tasks"],
    ["show the pipeline", "hubspot__list_pipelines"],
    ["move the Acme deal to negotiation", "hubspot__update_deal"],
    ["add a note to the Acme deal: they call back", "hubspot__add_note"],
    ["is the billing stack drifting?", "pulumi__drift_status"],
  ])("finds by the reason for a call what takes it: %s", async (question, tool) => {
    const { steps } = await ask(question);
    const used = steps.flatMap((step) => (step.kind === "answer" ? step.content : []));
    expect(used).toContainEqual(expect.objectContaining({ type: "tool_use", name: tool }));
  });

  it("sends the same tools and instructions with every request, whatever was found", () => {
    const prefixes = new Set(sent().map(({ tools, system }) => JSON.stringify([tools, system])));
    expect(sent().length).toBeGreaterThan(5);
    expect(prefixes.size).toBe(1);
  });

  it("describes each deferred tool so that plain words find it", () => {
    const [{ tools }, deferred] = [sent()[0] as Sent, deferredIn(sent()[0] as Sent)];
    const catalogue = catalogueOf(tools);
    const missed = Object.entries(finds).filter(([words, name]) => !bestMatches(words, catalogue, 5).includes(name));
    expect(missed).toEqual([]);
    expect(deferred.filter((name) => !Object.values(finds).includes(name))).toEqual([]);
  });
});
