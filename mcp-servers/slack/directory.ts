import { Lookup } from "../shared/lookup.ts";
import type { Scope, Timer } from "../shared/timer.ts";
import type { Identity } from "./answers.ts";
import type { Page, SlackApi } from "./api.ts";
import { type Person, toPerson } from "./people.ts";
import { type Place, toPlace } from "./places.ts";

/** A list, as far as it was read. */
export interface Listed<Item> {
  items: Item[];
  /** Whether that is all that there are. */
  complete: boolean;
}

/** What is known of the workspace, read when it is first needed. What lets somebody read or write is kept for half a minute only. */
export interface Directory {
  /** By "own". */
  identity: Lookup<Identity>;
  /** By "all": everybody, bots and those who have left among them. */
  people: Lookup<Listed<Person>>;
  /** By e-mail address in lower case; null where nobody has it. */
  byEmail: Lookup<Person | null>;
  byId: Lookup<Person | null>;
  /** By "all": channels that Sophia sees, private ones that she is in among them. */
  channels: Lookup<Listed<Place>>;
  /** By person: ids of the channels that the person is in, as far as Sophia sees them. */
  channelsOf: Lookup<Listed<string>>;
  /** By channel: the ids of those who are in it. */
  members: Lookup<ReadonlySet<string>>;
}

const minute = 60_000;
const brief = minute / 2;

/** 5,000 people or channels at most, 10,000 of one person's channels, 100,000 members. */
const mostPages = { lists: 10, ofPerson: 20, members: 100 };

export function createDirectory(api: SlackApi, timer: Timer): Directory {
  const kept = (ttlMs: number, maxEntries: number) => ({ ttlMs, maxEntries, timer });
  const identity = new Lookup((_, scope) => api.identity(scope), kept(60 * minute, 1));
  const own = (scope: Scope) => identity.get("own", scope);
  return {
    identity,
    people: new Lookup(
      async (_, scope) => {
        const self = await own(scope);
        const users = await readAll((cursor) => api.users(cursor, scope), mostPages.lists);
        return { ...users, items: users.items.map((user) => toPerson(user, self)) };
      },
      kept(10 * minute, 1),
    ),
    byEmail: new Lookup(
      async (email, scope) => {
        const self = await own(scope);
        const user = await api.userByEmail(email, scope);
        return user ? toPerson(user, self) : null;
      },
      kept(5 * minute, 1000),
    ),
    byId: new Lookup(
      async (id, scope) => {
        const self = await own(scope);
        const user = await api.user(id, scope);
        return user ? toPerson(user, self) : null;
      },
      kept(5 * minute, 1000),
    ),
    channels: new Lookup(
      async (_, scope) => {
        const channels = await readAll((cursor) => api.channels(cursor, scope), mostPages.lists);
        return { ...channels, items: channels.items.map(toPlace) };
      },
      kept(2 * minute, 1),
    ),
    channelsOf: new Lookup(
      async (user, scope) => {
        const channels = await readAll((cursor) => api.channelsOf(user, cursor, scope), mostPages.ofPerson);
        return { ...channels, items: channels.items.map(({ id }) => id) };
      },
      kept(brief, 200),
    ),
    members: new Lookup(
      async (channel, scope) => {
        const { items } = await readAll((cursor) => api.members(channel, cursor, scope), mostPages.members);
        const ids: ReadonlySet<string> = new Set(items);
        return ids;
      },
      kept(brief, 200),
    ),
  };
}

async function readAll<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
  most: number,
): Promise<Listed<Item>> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < most; pages++) {
    const page = await read(cursor);
    items.push(...page.items);
    cursor = page.next;
    if (cursor === undefined) break;
  }
  return { items, complete: cursor === undefined };
}
