import type { Hono } from "hono";
import { TRACKERS } from "../world/trackers.ts";
import type { Person } from "../world/types.ts";
import { WORKSPACE_ID } from "./call-views.ts";
import { GongRefusal, requestId } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { readIds, readInstant, readListRequest } from "./requests.ts";
import type { GongEnv, GongStore } from "./store.ts";

/** When everybody got their account; nothing in the world is older. */
const CREATED = "2021-03-01T09:00:00-06:00";

export function userRoutes(app: Hono<GongEnv>, store: GongStore): void {
  const view = (person: Person): Record<string, unknown> => userOf(person, store);

  app.get("/v2/users", (c) => {
    const { cursor, ...query } = c.req.query();
    const { items, records } = pageOf(store.world.people, "users", query, cursor);
    return c.json({ requestId: requestId(), records, users: items.map(view) });
  });

  app.get("/v2/users/:id", (c) => {
    const id = c.req.param("id");
    if (!/^\d{1,20}$/.test(id)) throw new GongRefusal(400, `Invalid user ID: ${id}`);
    const user = store.user(id);
    if (!user) throw new GongRefusal(404, `User not found: ${id}`);
    return c.json({ requestId: requestId(), user: view(user) });
  });

  app.post("/v2/users/extensive", async (c) => {
    const { filter, cursor } = await readListRequest(c);
    const created = Date.parse(CREATED);
    const from = readInstant(filter, "createdFromDateTime") ?? created;
    const to = readInstant(filter, "createdToDateTime") ?? Number.POSITIVE_INFINITY;
    const people = created >= from && created < to ? usersOf(store, readIds(filter, "userIds")) : [];
    const { items, records } = pageOf(people, "users/extensive", filter, cursor);
    return c.json({ requestId: requestId(), records, users: items.map(view) });
  });

  app.get("/v2/settings/trackers", (c) => {
    const workspace = c.req.query("workspaceId");
    if (workspace && workspace !== WORKSPACE_ID) throw new GongRefusal(404, "Workspace not found");
    return c.json({ requestId: requestId(), keywordTrackers: TRACKERS.map(trackerOf) });
  });
}

/** All users, or those with these ids; one unknown id refuses them all. */
export function usersOf(store: GongStore, ids: ReadonlySet<string> | undefined): Person[] {
  if (!ids) return store.world.people;
  const unknown = [...ids].filter((id) => !store.user(id));
  if (unknown.length > 0) {
    throw new GongRefusal(404, `The following userIds were not found: ${unknown.join(", ")}`);
  }
  return store.world.people.filter((person) => ids.has(person.gongUserId));
}

function userOf(person: Person, store: GongStore): Record<string, unknown> {
  const [firstName = "", ...rest] = person.name.split(" ");
  const manager = store.world.people.find((p) => p.id === person.managerId);
  return {
    id: person.gongUserId,
    emailAddress: person.email,
    created: CREATED,
    active: true,
    emailAliases: [],
    trustedEmailAddress: null,
    firstName,
    lastName: rest.join(" "),
    title: person.title,
    phoneNumber: null,
    extension: null,
    personalMeetingUrls: [],
    settings: {
      webConferencesRecorded: true,
      preventWebConferenceRecording: false,
      telephonyCallsImported: person.team === "sales",
      emailsImported: true,
      preventEmailImport: false,
      nonRecordedMeetingsImported: false,
      gongConnectEnabled: person.team === "sales",
    },
    managerId: manager?.gongUserId ?? null,
    meetingConsentPageUrl: null,
    spokenLanguages: [{ language: "en-US", primary: true }],
  };
}

function trackerOf({ id, name, phrases }: (typeof TRACKERS)[number]): Record<string, unknown> {
  return {
    trackerId: id,
    trackerName: name,
    workspaceId: WORKSPACE_ID,
    languageKeywords: [{ language: "eng", keywords: phrases, includeRelatedForms: false }],
    affiliation: "Anyone",
    partOfQuestion: false,
    saidAt: "Anytime",
    saidAtInterval: null,
    saidAtUnit: null,
    saidInTopics: [],
    filterQuery: "{}",
    created: CREATED,
    creatorUserId: null,
    updated: CREATED,
    updaterUserId: null,
  };
}
