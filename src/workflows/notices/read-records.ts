import { z } from "zod";
import type { Caller } from "../../agent/ports.ts";
import { PrivateError, ServiceError } from "../../core/errors.ts";
import type { ToolReader } from "../tool-reader.ts";
import {
  companyAnswer,
  contactAnswer,
  type Contact,
  type CurrentRecord,
  type Deal,
  dealAnswer,
  dealsAnswer,
  dealSchema,
  partsOf,
  recordKey,
  type Task,
  taskAnswer,
  taskSchema,
} from "./records.ts";

/**
 * `private`: not everybody in the channel may see it. `gone`: it cannot be read any more. `away`: its service does not answer.
 * `later`: there were too many, and it was not tried.
 */
export type Unread = "private" | "gone" | "away" | "later";

export interface Reading {
  reader: ToolReader;
  /** As whom it is read: what the channel may not see is not shown. */
  caller: Caller;
  signal: AbortSignal;
}

export interface Project {
  id: string;
  name: string;
}

const dealPage = z.object({ deals: z.array(dealSchema), cursor: z.string().optional() });
const projectPage = z.object({
  projects: z.array(z.object({ id: z.string(), name: z.string() })),
  cursor: z.string().optional(),
});
const taskPage = z.object({ tasks: z.array(taskSchema), cursor: z.string().optional() });

/** Reads at a time: whoever asks something meanwhile needs the services as well. */
const readsAtOnce = 4;
const dealsAtOnce = 50;
const mostPages = 20;
/** Of tasks and contacts, each of which is a read; the others are read another time. */
const mostSingly = 60;
/** Tasks below tasks: so far up a project is looked for. */
const mostAbove = 5;

/** These records as they are now. */
export async function readRecords(
  records: readonly string[],
  reading: Reading,
): Promise<Map<string, CurrentRecord | Unread>> {
  const [deals, left] = [true, false].map((isDeal) =>
    records.filter((record) => (partsOf(record).kind === "deal") === isDeal),
  ) as [string[], string[]];
  const found = await readDeals(deals, reading);
  const rest = left.slice(0, mostSingly);
  const once = readingOnce(reading);
  for (const record of left.slice(mostSingly)) found.set(record, "later");
  for (let start = 0; start < rest.length; start += readsAtOnce) {
    const some = rest.slice(start, start + readsAtOnce);
    const read = await Promise.all(some.map((record) => readRecord(record, once)));
    some.forEach((record, index) => found.set(record, read[index] ?? "gone"));
  }
  return found;
}

/** The same is read once for all of them: many contacts have one company, and many subtasks one task above. */
function readingOnce({ reader, ...rest }: Reading): Reading {
  const reads = new Map<string, Promise<unknown>>();
  const once: ToolReader = (tool, args, schema, caller, signal) => {
    const key = JSON.stringify([tool, args]);
    const read = reads.get(key) ?? reader(tool, args, schema, caller, signal);
    reads.set(key, read);
    // Each tool is read with one schema here.
    return read as ReturnType<typeof reader<typeof schema>>;
  };
  return { ...rest, reader: once };
}

export async function readRecord(record: string, reading: Reading): Promise<CurrentRecord | Unread> {
  const { kind, id } = partsOf(record);
  const read = { deal: readDeal, contact: readContact, task: readTask }[kind];
  return orUnread<CurrentRecord>(() => read(id, reading));
}

/** Why it cannot be had, in place of a service's error. */
export async function orUnread<Found>(read: () => Promise<Found>): Promise<Found | Exclude<Unread, "later">> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PrivateError) return "private";
    if (error instanceof ServiceError) return error.retryable ? "away" : "gone";
    throw error;
  }
}

/** By their ids, for a search shows a change only after a while. Once HubSpot is away the others are not tried. */
async function readDeals(records: readonly string[], reading: Reading): Promise<Map<string, CurrentRecord | Unread>> {
  const found = new Map<string, CurrentRecord | Unread>();
  let isAway = false;
  for (let start = 0; start < records.length; start += dealsAtOnce) {
    const some = records.slice(start, start + dealsAtOnce);
    const read: ReadonlyMap<string, Deal | Unread> = isAway
      ? new Map(some.map((one) => [one, "away" as const]))
      : await readSome(some, reading);
    for (const [record, one] of read) found.set(record, one);
    isAway = [...read.values()].includes("away");
  }
  return found;
}

/** Where the channel may not see all of them, each half by itself. */
async function readSome(records: readonly string[], reading: Reading): Promise<Map<string, Deal | Unread>> {
  const { reader, caller, signal } = reading;
  const args = { deal_ids: records.map((record) => partsOf(record).id) };
  const answer = await orUnread(() => reader("hubspot__get_deals", args, dealsAnswer, caller, signal));
  if (answer === "private" && records.length > 1) {
    const middle = Math.ceil(records.length / 2);
    const left = await readSome(records.slice(0, middle), reading);
    return new Map([...left, ...(await readSome(records.slice(middle), reading))]);
  }
  if (typeof answer === "string") return new Map(records.map((record) => [record, answer]));
  const deals = answer.output.deals.map(
    ({ stage_id: stageId, lost_reason: lostReason, ...deal }): Deal => ({ kind: "deal", ...deal, stageId, lostReason }),
  );
  const byKey = new Map(deals.map((deal) => [keyOf(deal), deal]));
  return new Map(records.map((record) => [record, byKey.get(record) ?? "gone"]));
}

async function readDeal(id: string, { reader, caller, signal }: Reading): Promise<Deal> {
  const { output } = await reader("hubspot__get_deal", { deal_id: id }, dealAnswer, caller, signal);
  return { kind: "deal", ...output.deal, lostReason: output.lost_reason };
}

async function readContact(id: string, { reader, caller, signal }: Reading): Promise<Contact> {
  const { output } = await reader("hubspot__get_contact", { contact_id: id }, contactAnswer, caller, signal);
  const { contact } = output;
  if (!contact.company) return { kind: "contact", ...contact, openDeals: [] };
  const args = { company: contact.company.id };
  const company = await reader("hubspot__get_company", args, companyAnswer, caller, signal);
  return { kind: "contact", ...contact, openDeals: company.output.open_deals };
}

async function readTask(id: string, { reader, caller, signal }: Reading): Promise<Task> {
  const read = (task_id: string) => reader("asana__get_task", { task_id, limit: 20 }, taskAnswer, caller, signal);
  const { task, comments } = (await read(id)).output;
  // Asana tells a project's hook of its tasks' subtasks, which are in no project themselves.
  let { projects, parent_id: above } = task;
  for (let steps = 0; steps < mostAbove && projects.length === 0 && above !== null; steps++) {
    ({ projects, parent_id: above } = (await read(above)).output.task);
  }
  return { kind: "task", ...task, projects, comments };
}

/** Open deals; none where the channel may not see all of a page. Throws where HubSpot is away. */
export async function listOpenDeals({ reader, caller, signal }: Reading): Promise<Deal[]> {
  const deals: Deal[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const args = {
      status: "open",
      limit: 100,
      sort_by: "created",
      order: "descending",
      ...(cursor !== undefined && { cursor }),
    };
    const answer = await visible(reader("hubspot__search_deals", args, dealPage, caller, signal));
    deals.push(...(answer?.output.deals ?? []).map((deal): Deal => ({ kind: "deal", ...deal })));
    cursor = answer?.output.cursor;
    if (cursor === undefined) break;
  }
  return deals;
}

/** Open tasks of a project. Throws a ServiceError, which is retryable where Asana is away. */
export async function listTasks(project: string, { reader, caller, signal }: Reading): Promise<Task[]> {
  const tasks: Task[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const args = { project, limit: 100, ...(cursor !== undefined && { cursor }) };
    const answer = await visible(reader("asana__get_project_tasks", args, taskPage, caller, signal));
    tasks.push(...(answer?.output.tasks ?? []).map((task): Task => ({ kind: "task", ...task, comments: [] })));
    cursor = answer?.output.cursor;
    if (cursor === undefined) break;
  }
  return tasks;
}

/** Those that are not archived. Throws where Asana is away. */
export async function listProjects({ reader, caller, signal }: Reading): Promise<Project[]> {
  const projects: Project[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const args = { limit: 50, ...(cursor !== undefined && { cursor }) };
    const answer = await visible(reader("asana__list_projects", args, projectPage, caller, signal));
    projects.push(...(answer?.output.projects ?? []));
    cursor = answer?.output.cursor;
    if (cursor === undefined) break;
  }
  return projects;
}

async function visible<Answer>(reading: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof PrivateError) return undefined;
    throw error;
  }
}

export function keyOf(record: CurrentRecord): string {
  return recordKey(record.kind, record.id);
}
