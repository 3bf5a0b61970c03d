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

const dealPage = z.object({ deals: z.array(dealSchema), cursor: z.string().optional() });
const projectPage = z.object({ projects: z.array(z.object({ name: z.string() })), cursor: z.string().optional() });
const taskPage = z.object({ tasks: z.array(taskSchema), cursor: z.string().optional() });

/** Reads at a time: whoever asks something meanwhile needs the services as well. */
const readsAtOnce = 4;
/** Of more deals than these the list is read, a hundred at a time. */
const mostByThemselves = 20;
const mostPages = 20;
/** The others are read another time. */
const mostSingly = 60;

/** These records as they are now. */
export async function readRecords(
  records: readonly string[],
  reading: Reading,
): Promise<Map<string, CurrentRecord | Unread>> {
  const found = new Map<string, CurrentRecord | Unread>();
  const deals = records.filter((record) => partsOf(record).kind === "deal");
  if (deals.length > mostByThemselves) {
    const wanted = new Set(deals);
    const listed = await listedDeals(reading, (one) => wanted.delete(dealKey(one)) && wanted.size === 0);
    if (listed === "away") for (const record of deals) found.set(record, "away");
    else for (const deal of listed) found.set(dealKey(deal), deal);
  }
  const left = records.filter((record) => !found.has(record));
  const rest = left.slice(0, mostSingly);
  for (const record of left.slice(mostSingly)) found.set(record, "later");
  for (let start = 0; start < rest.length; start += readsAtOnce) {
    const some = rest.slice(start, start + readsAtOnce);
    const read = await Promise.all(some.map((record) => readRecord(record, reading)));
    some.forEach((record, index) => found.set(record, read[index] ?? "gone"));
  }
  return found;
}

export async function readRecord(record: string, reading: Reading): Promise<CurrentRecord | Unread> {
  const { kind, id } = partsOf(record);
  const read = { deal: readDeal, contact: readContact, task: readTask }[kind];
  try {
    return await read(id, reading);
  } catch (error) {
    if (error instanceof PrivateError) return "private";
    if (error instanceof ServiceError) return error.retryable ? "away" : "gone";
    throw error;
  }
}

/** Each of them by itself would find the same service away. */
async function listedDeals(reading: Reading, isEnough: (deal: Deal) => boolean): Promise<Deal[] | "away"> {
  try {
    return await listDeals({}, reading, isEnough);
  } catch (error) {
    if (error instanceof ServiceError) return "away";
    throw error;
  }
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
  const { output } = await reader("asana__get_task", { task_id: id, limit: 20 }, taskAnswer, caller, signal);
  return { kind: "task", ...output.task, comments: output.comments };
}

/** Deals that fit, until there are enough; none where the channel may not see all of a page. Throws where HubSpot is away. */
export async function listDeals(
  wish: { status?: "open" },
  { reader, caller, signal }: Reading,
  isEnough: (deal: Deal) => boolean = () => false,
): Promise<Deal[]> {
  const deals: Deal[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const args = {
      ...wish,
      limit: 100,
      sort_by: "created",
      order: "descending",
      ...(cursor !== undefined && { cursor }),
    };
    const answer = await visible(reader("hubspot__search_deals", args, dealPage, caller, signal));
    const found = (answer?.output.deals ?? []).map((deal): Deal => ({ kind: "deal", ...deal }));
    deals.push(...found);
    cursor = answer?.output.cursor;
    if (cursor === undefined || found.map(isEnough).some(Boolean)) break;
  }
  return deals;
}

/** Open tasks of a project, and only those due by a day where one is given. Throws where Asana is away. */
export async function listTasks(
  wish: { project: string; due_to?: string },
  { reader, caller, signal }: Reading,
): Promise<Task[]> {
  const tasks: Task[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const args = { ...wish, limit: 100, ...(cursor !== undefined && { cursor }) };
    const answer = await visible(reader("asana__get_project_tasks", args, taskPage, caller, signal));
    tasks.push(...(answer?.output.tasks ?? []).map((task): Task => ({ kind: "task", ...task, comments: [] })));
    cursor = answer?.output.cursor;
    if (cursor === undefined) break;
  }
  return tasks;
}

/** Names of the projects. Throws where Asana is away. */
export async function listProjects({ reader, caller, signal }: Reading): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const args = { limit: 50, ...(cursor !== undefined && { cursor }) };
    const answer = await visible(reader("asana__list_projects", args, projectPage, caller, signal));
    names.push(...(answer?.output.projects ?? []).map(({ name }) => name));
    cursor = answer?.output.cursor;
    if (cursor === undefined) break;
  }
  return names;
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

function dealKey({ id }: { id: string }): string {
  return recordKey("deal", id);
}
