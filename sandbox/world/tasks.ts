/** What the project manager holds: the promises of the calls, the customers that were won, the work around them. */
import { isOpen } from "./deals.ts";
import { COMPANY_NAME } from "./people.ts";
import { createRandom, type Random } from "./random.ts";
import { ONBOARDING_ROWS, PROJECT_ROWS, type ProjectRow, TASK_ROWS, TEAM_ROWS, type TaskRow } from "./task-rows.ts";
import type { Account, Call, Deal, Person } from "./types.ts";
import type { Work, WorkField, WorkProject, WorkTask, WorkTeam, WorkUser } from "./work-types.ts";
import { addDays, instantAt } from "./zones.ts";

export interface WorkSources {
  seed: number;
  /** Epoch ms. */
  now: number;
  /** YYYY-MM-DD, where the first person is. */
  today: string;
  companyTimeZone: string;
  people: readonly Person[];
  accounts: readonly Account[];
  deals: readonly Deal[];
  calls: readonly Call[];
}

const DAY_MS = 86_400_000;
const FOLLOW_UPS = 46;
const DOMAIN = "payready.example";

/** The account that Sophia's token belongs to. */
export const SOPHIA_EMAIL = `sophia@${DOMAIN}`;

/** 16 digits, the same on every machine for the same key. */
export const gidFor = (...key: (string | number)[]): string => `1208${createRandom("asana", ...key).digits(12)}`;

type TaskFields = Partial<WorkTask> & Pick<WorkTask, "gid" | "name" | "createdAt" | "createdByGid">;

/** The frame is the same for every seed; the tasks follow the deals and the calls. Nothing of private calls gets in. */
export function createWork(sources: WorkSources): Work {
  const users = createUsers(sources.people);
  const teams = createTeams(users);
  const fields = createFields();
  const projects = PROJECT_ROWS.map((row) => createProject(row, users, teams, fields, sources.now));
  const frame: Frame = { ...sources, users, projects, fields };
  const tasks = [...followUps(frame), ...onboarding(frame), ...renewals(frame), ...written(frame)];
  return {
    workspace: { gid: gidFor("workspace"), name: COMPANY_NAME, domain: DOMAIN },
    users,
    teams,
    fields,
    projects,
    tasks,
  };
}

interface Frame extends WorkSources {
  users: WorkUser[];
  projects: WorkProject[];
  fields: WorkField[];
}

function createUsers(people: readonly Person[]): WorkUser[] {
  const sophia = { gid: gidFor("user", "sophia"), name: "Sophia", email: SOPHIA_EMAIL };
  return [
    ...people.map((p) => ({ gid: gidFor("user", p.handle), name: p.name, email: p.email, personId: p.id })),
    sophia,
  ];
}

function createTeams(users: readonly WorkUser[]): WorkTeam[] {
  return TEAM_ROWS.map(([name, description, handles]) => ({
    gid: gidFor("team", name),
    name,
    description,
    memberGids: [...handles, "sophia"].map((handle) => userGid(users, handle)),
  }));
}

function createFields(): WorkField[] {
  const option = (name: string, color: string) => ({ gid: gidFor("option", name), name, color });
  const priorities = [option("High", "red"), option("Medium", "orange"), option("Low", "yellow-orange")];
  return [
    { gid: gidFor("field", "Priority"), name: "Priority", type: "enum", options: priorities },
    { gid: gidFor("field", "Account"), name: "Account", type: "text", options: [] },
  ];
}

function createProject(
  row: ProjectRow,
  users: readonly WorkUser[],
  teams: readonly WorkTeam[],
  fields: readonly WorkField[],
  now: number,
): WorkProject {
  const team = teams.find((t) => t.name === row.team);
  const gid = gidFor("project", row.name);
  const [type, title, text, author, daysAgo] = row.status ?? [];
  const status = type && title && text && author && daysAgo ? { type, title, text, author, daysAgo } : undefined;
  return {
    gid,
    name: row.name,
    notes: row.notes,
    teamGid: team?.gid ?? "",
    ownerGid: userGid(users, row.owner),
    memberGids: row.members?.map((handle) => userGid(users, handle)) ?? [...(team?.memberGids ?? [])],
    isPrivate: row.members !== undefined,
    isArchived: row.isArchived === true,
    color: row.color,
    createdAt: new Date(now - 400 * DAY_MS).toISOString(),
    sections: row.sections.map((name) => ({ gid: gidFor("section", row.name, name), name })),
    statuses: status
      ? [
          {
            gid: gidFor("status", row.name),
            title: status.title,
            text: status.text,
            type: status.type,
            authorGid: userGid(users, status.author),
            at: new Date(now - status.daysAgo * DAY_MS).toISOString(),
          },
        ]
      : [],
    customFieldGids: fields.map((field) => field.gid),
  };
}

function userGid(users: readonly WorkUser[], handle: string): string {
  const user = users.find((u) => u.email === `${handle}@${DOMAIN}`);
  if (!user) throw new RangeError(`nobody is called ${handle}`);
  return user.gid;
}

/** What was promised on the last calls about deals that are open: ours to do, or to wait for. */
function followUps(frame: Frame): WorkTask[] {
  const { accounts, deals, calls } = frame;
  const wanted = accounts.filter((account) => deals.some((deal) => deal.accountId === account.id && isOpen(deal)));
  const tasks = wanted.flatMap((account) => {
    const held = calls.filter((call) => call.accountId === account.id && !call.isPrivate);
    return held.slice(account.name === "Acme" ? -4 : -1).flatMap((call) => promises(frame, account, call));
  });
  const newest = tasks.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const acme = newest.filter((task) => task.name.startsWith("Acme:"));
  return [...acme, ...newest.filter((task) => !acme.includes(task))].slice(0, FOLLOW_UPS);
}

function promises(frame: Frame, account: Account, call: Call): WorkTask[] {
  const { seed, users, today } = frame;
  const owner = users.find((u) => u.personId === call.ownerId);
  if (!owner) return [];
  const createdAt = new Date(Date.parse(call.startedAt) + call.durationSeconds * 1000).toISOString();
  return call.nextSteps.map((step, index) => {
    const random = createRandom(seed, "tasks", call.id, index);
    const ours = users.find((u) => u.name === step.owner);
    const due = step.due ?? addDays(createdAt.slice(0, 10), 5);
    // Most of what is due is done; the newest of Acme's that are late stay open, for somebody to ask about.
    const isDone = due < today && (account.name === "Acme" ? due < addDays(today, -14) : random.chance(0.7));
    return createTask(frame, {
      gid: gidFor("task", seed, call.id, index),
      name: `${account.name}: ${ours ? "" : `${step.owner} to `}${ours ? step.text : lowerFirst(step.text)}`,
      notes: `Promised on the call "${call.title}" of ${call.startedAt.slice(0, 10)}.`,
      createdAt,
      createdByGid: owner.gid,
      assigneeGid: (ours ?? owner).gid,
      dueOn: due,
      ...(isDone ? { completedAt: doneAt(due, createdAt) } : {}),
      memberships: [place(frame, "Deal follow-ups", isDone ? "Done" : ours ? "To do" : "Waiting on customer")],
      fields: fieldsOf(frame, random.pick(["High", "Medium", "Low"]), account.name),
      comments: isDone || random.chance(0.7) ? [] : [remark(seed, call.id, owner, createdAt, random)],
    });
  });
}

const REMARKS = [
  "Reminded them by mail.",
  "Half done, the rest tomorrow.",
  "Waiting for legal.",
  "They asked for one more day.",
];

function remark(seed: number, key: string, author: WorkUser, after: string, random: Random) {
  const at = new Date(Date.parse(after) + random.int(1, 5) * 3_600_000).toISOString();
  return { gid: gidFor("comment", seed, key, at), authorGid: author.gid, at, text: random.pick(REMARKS) };
}

/** Five steps for every deal that was won, the one after the other. */
function onboarding(frame: Frame): WorkTask[] {
  const { seed, users, accounts, deals, today } = frame;
  return deals
    .filter((deal) => deal.stage === "closed_won")
    .flatMap((deal) => {
      const account = accounts.find((a) => a.id === deal.accountId);
      const owner = users.find((u) => u.personId === deal.ownerId);
      if (!account || !owner) return [];
      return ONBOARDING_ROWS.map(([section, words, who, days, notes], index) => {
        const due = addDays(deal.closeDate, days);
        const isDone = due < today && createRandom(seed, "tasks", deal.id, index).chance(0.75);
        const createdAt = `${deal.closeDate}T14:00:00.000Z`;
        return createTask(frame, {
          gid: gidFor("task", seed, deal.id, index),
          name: `${account.name}: ${words.replace("{system}", account.propertySystem).replace("{units}", deal.units.toLocaleString("en-US"))}`,
          notes,
          subtype: section === "Live" ? "milestone" : "default_task",
          createdAt,
          createdByGid: userGid(users, "ruth"),
          assigneeGid: who === "owner" ? owner.gid : userGid(users, who),
          dueOn: due,
          ...(section === "Training" ? { startOn: addDays(due, -7) } : {}),
          ...(isDone ? { completedAt: doneAt(due, createdAt) } : {}),
          memberships: [place(frame, "Customer onboarding", section)],
          fields: fieldsOf(frame, "Medium", account.name),
        });
      });
    });
}

/** A review before the end of the first year of what was won, and before the close of what is being renewed. */
function renewals(frame: Frame): WorkTask[] {
  const { seed, users, accounts, deals, now } = frame;
  const due = deals.filter((deal) => deal.stage === "closed_won" || (isOpen(deal) && deal.name.endsWith("renewal")));
  return due.map((deal) => {
    const account = accounts.find((a) => a.id === deal.accountId);
    const owner = users.find((u) => u.personId === deal.ownerId);
    const isNow = isOpen(deal);
    return createTask(frame, {
      gid: gidFor("task", seed, deal.id, "renewal"),
      name: `${account?.name}: ${isNow ? "agree on the terms of the renewal" : "renewal review"}`,
      notes: isNow ? `For the deal "${deal.name}".` : "Usage, open questions, prices for the next term.",
      createdAt: new Date(now - 20 * DAY_MS).toISOString(),
      createdByGid: userGid(users, "oliver"),
      assigneeGid: owner?.gid,
      dueOn: addDays(deal.closeDate, isNow ? -7 : 320),
      memberships: [place(frame, "Renewals", isNow ? "In conversation" : "Upcoming")],
      fields: fieldsOf(frame, isNow ? "High" : "Low", account?.name),
    });
  });
}

function written(frame: Frame): WorkTask[] {
  return TASK_ROWS.map((row) => fromRow(frame, row));
}

function fromRow(frame: Frame, row: TaskRow): WorkTask {
  const { seed, users, today, now, companyTimeZone } = frame;
  const { due, at, start, assignee } = row;
  const createdAt = new Date(now - (Math.max(0, -(due ?? 0)) + 12) * DAY_MS).toISOString();
  const day = due === undefined ? undefined : addDays(today, due);
  const author = userGid(users, assignee ?? "ruth");
  const dueAt = day && at !== undefined ? new Date(instantAt(day, at, companyTimeZone)).toISOString() : undefined;
  return createTask(frame, {
    gid: gidFor("task", seed, row.name),
    name: row.name,
    notes: row.notes ?? "",
    createdAt,
    createdByGid: author,
    assigneeGid: assignee && author,
    ...(dueAt ? { dueAt } : { dueOn: day }),
    ...(start === undefined ? {} : { startOn: addDays(today, start) }),
    ...(row.isDone && day ? { completedAt: doneAt(day, createdAt) } : {}),
    memberships: row.project ? [place(frame, row.project, row.section)] : [],
    fields: row.project ? fieldsOf(frame, row.priority, undefined) : {},
    comments: (row.comments ?? []).map(([handle, text], index) => ({
      gid: gidFor("comment", seed, row.name, index),
      authorGid: userGid(users, handle),
      at: new Date(now - (3 - index) * 3_600_000).toISOString(),
      text,
    })),
  });
}

/** With what follows from the rest: who follows it, when it was last touched. */
function createTask(frame: Frame, fields: TaskFields): WorkTask {
  const { assigneeGid, createdByGid, createdAt, completedAt, comments = [] } = fields;
  const followers = [createdByGid, assigneeGid, ...comments.map((c) => c.authorGid)];
  const touched = [createdAt, completedAt ?? "", ...comments.map((c) => c.at)].toSorted().at(-1) ?? createdAt;
  return {
    notes: "",
    subtype: "default_task",
    memberships: [],
    fields: {},
    ...fields,
    comments: comments.filter((comment) => Date.parse(comment.at) <= frame.now),
    modifiedAt: new Date(Math.min(Date.parse(touched), frame.now)).toISOString(),
    followerGids: [...new Set(followers.filter((gid) => gid !== undefined))],
    ...(completedAt ? { completedByGid: assigneeGid ?? createdByGid } : {}),
  };
}

function place({ projects }: Frame, projectName: string, sectionName: string) {
  const project = projects.find((p) => p.name === projectName);
  const section = project?.sections.find((s) => s.name === sectionName);
  if (!project || !section) throw new RangeError(`no section ${sectionName} in ${projectName}`);
  return { projectGid: project.gid, sectionGid: section.gid };
}

function fieldsOf(
  { fields }: Frame,
  priority: string | undefined,
  account: string | undefined,
): Record<string, string> {
  const values = fields.map((field) => {
    const value = field.type === "enum" ? field.options.find((o) => o.name === priority)?.gid : account;
    return [field.gid, value] as const;
  });
  return Object.fromEntries(values.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** In the afternoon of the day before it was due, and not before it was there. */
function doneAt(due: string, createdAt: string): string {
  const wanted = `${addDays(due, -1)}T20:10:00.000Z`;
  return wanted > createdAt ? wanted : new Date(Date.parse(createdAt) + 3_600_000).toISOString();
}

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
