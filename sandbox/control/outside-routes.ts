import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { AsanaRefusal } from "../asana/errors.ts";
import type { TaskRecord } from "../asana/records.ts";
import type { AsanaStore } from "../asana/start-asana.ts";
import { readPatch } from "../asana/task-fields.ts";
import { HubSpotRefusal } from "../hubspot/errors.ts";
import { OBJECT_KINDS, type ObjectType } from "../hubspot/object-types.ts";
import type { HubSpotStore } from "../hubspot/start-hubspot.ts";
import type { PineconeStore } from "../pinecone/start-pinecone.ts";
import type { PulumiStore } from "../pulumi/start-pulumi.ts";
import type { SnowflakeStore } from "../snowflake/start-snowflake.ts";
import type { Person, World } from "../world/types.ts";
import { BadRequest, type Bodies, NotFound, readBody } from "./bodies.ts";

/** The stand-ins whose records can be changed, by Sophia and by others. */
export interface ChangingStores {
  hubspot: HubSpotStore;
  asana: AsanaStore;
  snowflake: SnowflakeStore;
  pinecone: PineconeStore;
  pulumi: PulumiStore;
}

type App = Hono<{ Bindings: HttpBindings }>;

/** Changes that somebody else makes in the services, and what has changed there since the start. */
export function changeRoutes(app: App, stores: ChangingStores, world: World, bodies: Bodies): void {
  app.post("/hubspot/objects/:type/:id", async (c) => {
    const { properties, by } = await readBody(c, bodies.changeRecord);
    const { type, id } = c.req.param();
    const email = by === undefined ? undefined : personNamed(by, world).email;
    const record = readable(() => changeRecord(stores.hubspot, { type, id, properties, by: email }));
    return c.json({ ok: true, type: record.type, id: record.id, properties: record.properties });
  });
  app.post("/asana/tasks/:gid", async (c) => {
    const { by, section, comment, ...fields } = await readBody(c, bodies.changeTask);
    if (section === undefined && comment === undefined && Object.keys(fields).length === 0) {
      throw new BadRequest(
        "Say what is to change: name, notes, assignee, completed, due_on, due_at, section, comment.",
      );
    }
    const { gid } = c.req.param();
    const task = readable(() => changeTask(stores.asana, world, { gid, section, comment, fields, by }));
    return c.json({ ok: true, gid: task.gid });
  });
  app.get("/changes", (c) => {
    const { service } = c.req.query();
    const names = Object.keys(stores);
    if (service && !names.includes(service)) {
      throw new BadRequest(`service: there is no "${service}"; there are ${names.join(", ")}`);
    }
    const changes = Object.entries(stores)
      .filter(([name]) => !service || name === service)
      .flatMap(([name, { changes: own }]: [string, { changes: readonly { at: string }[] }]) =>
        own.map((change) => ({ service: name, ...change })),
      );
    return c.json({ changes: changes.toSorted((a, b) => a.at.localeCompare(b.at)) });
  });
}

function changeRecord(
  store: HubSpotStore,
  change: { type: string; id: string; properties: Record<string, unknown>; by: string | undefined },
) {
  const { type, id, properties, by } = change;
  if (!Object.hasOwn(OBJECT_KINDS, type)) {
    throw new BadRequest(`type: there is no "${type}"; there are ${Object.keys(OBJECT_KINDS).join(", ")}`);
  }
  if (!store.find(type, id)) throw new NotFound(`HubSpot has no ${OBJECT_KINDS[type as ObjectType].singular} ${id}.`);
  return store.change(type, id, properties, by);
}

interface TaskChange {
  gid: string;
  /** Its name or gid, in one of the task's projects. */
  section: string | undefined;
  /** What somebody writes below it. */
  comment: string | undefined;
  fields: Record<string, unknown>;
  by: string | undefined;
}

function changeTask(store: AsanaStore, world: World, { gid, section, comment, fields, by }: TaskChange): TaskRecord {
  const task = store.task(gid);
  if (!task) throw new NotFound(`Asana has no task ${gid}.`);
  const who = by === undefined ? somebody(task, store, world) : accountOf(by, store, world);
  const { assignee } = fields;
  const given = typeof assignee === "string" ? { ...fields, assignee: accountOf(assignee, store, world) } : fields;
  const patch = readPatch(given, store, task);
  const place = section === undefined ? undefined : placeNamed(section, task, store);
  if (place) store.place(task, place.project, { sectionGid: place.sectionGid }, who);
  if (comment !== undefined) store.addComment(task, comment, false, who);
  return store.editTask(gid, patch, who);
}

/** Whoever has most to do with the task, and is not Sophia. */
function somebody({ assigneeGid, createdByGid }: TaskRecord, store: AsanaStore, world: World): string {
  const near = [assigneeGid, createdByGid].find((gid) => gid !== undefined && gid !== store.me.gid);
  return near ?? accountOf(world.people[0]?.id ?? "", store, world);
}

/** The gid of the account that a gid, an email, a handle or an id means. */
function accountOf(who: string, store: AsanaStore, world: World): string {
  const account = store.user(who) ?? store.user(personNamed(who, world).email);
  if (!account) throw new BadRequest(`"${who}" has no account in Asana.`);
  return account.gid;
}

function placeNamed(section: string, task: TaskRecord, store: AsanaStore) {
  const projects = task.memberships.flatMap(({ projectGid }) => store.project(projectGid) ?? []);
  const all = projects.flatMap((project) => project.sections.map(({ gid, name }) => ({ project, gid, name })));
  const found = all.find(({ gid, name }) => gid === section || name.toLowerCase() === section.toLowerCase());
  if (found) return { project: found.project, sectionGid: found.gid };
  const names = all.map(({ name }) => name).join(", ") || "none";
  throw new BadRequest(`section: there is no "${section}" in the task's projects; there are ${names}`);
}

/** By handle, id or email. */
function personNamed(who: string, { people }: World): Person {
  const wanted = who.toLowerCase();
  const person = people.find(({ id, handle, email }) => id === who || handle === wanted || email === wanted);
  if (person) return person;
  throw new BadRequest(`Nobody is called "${who}"; there are ${people.map(({ handle }) => handle).join(", ")}`);
}

/** What a service refuses is the caller's mistake, in words for people. */
function readable<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof HubSpotRefusal) throw new BadRequest(hubspotWords(error));
    if (error instanceof AsanaRefusal) throw new BadRequest(error.message);
    throw error;
  }
}

/** HubSpot's own message holds JSON, and each option of a list on five lines. */
function hubspotWords({ message, details: { errors = [] } }: HubSpotRefusal): string {
  const words = errors.map((one) => {
    const name = one.context?.propertyName?.[0];
    const said = one.message.replaceAll(/label: "([^"]*)"\nvalue: "([^"]*)"\n[^,\]]*/g, "$2 ($1)");
    return name === undefined ? said : `${name}: ${said}`;
  });
  return words.join("; ") || message;
}
