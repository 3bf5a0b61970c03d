import { z } from "zod";
import type { InboundEvent } from "../../storage/events.ts";
import { orUnread, type Reading } from "./read-records.ts";

type Event = Pick<InboundEvent, "source" | "data">;

const ownerPage = z.object({
  owners: z.array(z.object({ user_id: z.string().nullable(), name: z.string() })),
  cursor: z.string().optional(),
});
const userPage = z.object({ users: z.array(z.object({ id: z.string(), name: z.string() })) });

const mostPages = 5;
/** Of Asana's people each is a read. */
const mostUsers = 5;

/** Names of those who did what these events tell of, by the service's id of them; without those whose name cannot be had now. */
export async function namesOfDoers(events: readonly Event[], reading: Reading): Promise<ReadonlyMap<string, string>> {
  const idsOf = (source: Event["source"]) =>
    new Set(events.flatMap((event) => (event.source === source ? (userOf(event) ?? []) : [])));
  const names = new Map<string, string>();
  if (idsOf("hubspot").size > 0) await addOwners(names, reading);
  for (const id of [...idsOf("asana")].slice(0, mostUsers)) await addUser(id, names, reading);
  return names;
}

/** Who did all of it, where that is known: one or two people. */
export function doersOf(events: readonly Event[], names: ReadonlyMap<string, string>): string | undefined {
  const found = new Set(events.map((event) => names.get(userOf(event) ?? "")));
  const [first, second] = found;
  if (found.size > 2 || found.has(undefined) || first === undefined) return undefined;
  return second === undefined ? first : `${first} and ${second}`;
}

function userOf({ data }: Event): string | undefined {
  const id = data["user"];
  return typeof id === "string" ? id : undefined;
}

async function addOwners(names: Map<string, string>, { reader, caller, signal }: Reading): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const args = { limit: 100, ...(cursor !== undefined && { cursor }) };
    const answer = await orUnread(() => reader("hubspot__list_owners", args, ownerPage, caller, signal));
    if (typeof answer === "string") return;
    for (const { user_id: id, name } of answer.output.owners) if (id !== null) names.set(id, name);
    cursor = answer.output.cursor;
    if (cursor === undefined) return;
  }
}

async function addUser(query: string, names: Map<string, string>, { reader, caller, signal }: Reading): Promise<void> {
  const answer = await orUnread(() => reader("asana__find_user", { query }, userPage, caller, signal));
  if (typeof answer === "string") return;
  for (const { id, name } of answer.output.users) names.set(id, name);
}
