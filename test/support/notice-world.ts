/** What HubSpot, Asana and Slack know, the watch that looks at it and the writer that tells of it: what is posted is kept. */
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { ReplyButton, Step } from "../../src/agent/ports.ts";
import { PrivateError, ServiceError } from "../../src/core/errors.ts";
import { randomId } from "../../src/core/ids.ts";
import { createLogger } from "../../src/observability/log.ts";
import type { Database } from "../../src/storage/database.ts";
import { createEvents, type Events } from "../../src/storage/events.ts";
import { createNotices, type Notices } from "../../src/storage/notices.ts";
import { createReplies } from "../../src/storage/replies.ts";
import { createTurns, type TurnOutcome, type Turns } from "../../src/storage/turns.ts";
import type { AgentRun } from "../../src/turns/run-turn.ts";
import { createNoticeWatch, type NoticeWatch } from "../../src/workflows/notices/watch.ts";
import { createNoticeWriter } from "../../src/workflows/notices/writer.ts";
import type { ChannelFacts, Route } from "../../src/workflows/routes.ts";
import type { ToolReader } from "../../src/workflows/tool-reader.ts";
import { createLightHome, type EngineHome } from "./engines.ts";

export interface DealFacts {
  stage: string;
  amount: number;
}
export interface TaskFacts {
  due_on: string | null;
  projects: { id: string; name: string }[];
  parent_id: string | null;
  comments: { id: string; by: string; text: string }[];
  assignee?: { name: string; email: string | null } | null;
}
export interface Posted {
  channel: string;
  text: string;
  buttons: readonly ReplyButton[];
}

const who = { teamId: "T1", botUserId: "UBOT" };
const logger = createLogger({ level: "silent" });
const acme = { id: "1", name: "Acme", url: "https://app.hubspot.com/acme" };
const maya = { name: "Maya", email: "maya@payready.example" };

export class NoticeWorld {
  now = Date.parse("2026-11-23T10:00:00Z");
  readonly deals = new Map<string, DealFacts>();
  readonly tasks = new Map<string, TaskFacts>();
  /** Of one account each: whether it is known, and its open deals by id. */
  readonly contacts = new Map<string, { hasCompany: boolean; openDeals: string[] }>();
  /** Asana's projects; those that it refuses to list the tasks of. */
  projects: { id: string; name: string }[] = [];
  readonly refused = new Set<string>();
  readonly hidden = new Set<string>();
  /** Tools that do not answer, all of them where it has a `*`. */
  readonly away = new Set<string>();
  routes: Route[] = [];
  /** As Slack tells of every channel. */
  channel: ChannelFacts | "away" = { id: "C1", name: "deals", isShared: false, isPrivate: false, isMember: true };
  readonly reads: string[] = [];
  readonly waits: number[] = [];
  /** What happens while the writer pauses. */
  onWait = () => {};
  readonly posted: Posted[] = [];
  readonly events: Events;
  readonly notices: Notices;
  readonly turns: Turns;
  readonly #db: Database;
  readonly #watch: NoticeWatch;
  readonly #write: ReturnType<typeof createNoticeWriter>;
  #keys = 0;

  constructor(db: Database) {
    this.#db = db;
    const clock = { now: () => this.now };
    this.events = createEvents(db, clock);
    this.notices = createNotices(db);
    this.turns = createTurns(db, clock);
    const shared = { events: this.events, reader: this.#reader, who, timeZone: "UTC", clock, logger };
    this.#watch = createNoticeWatch({
      ...shared,
      notices: this.notices,
      routes: { all: () => Promise.resolve(this.routes) },
      personWith: (email) => Promise.resolve({ email, groups: [] }),
      wake: () => Promise.resolve(),
      newId: randomId,
      signal: new AbortController().signal,
    });
    this.#write = createNoticeWriter({
      ...shared,
      channelName: () => Promise.resolve("deals"),
      channels: { find: () => Promise.resolve(this.channel) },
      replies: createReplies(db, clock),
      wait: async (ms) => {
        this.waits.push(ms);
        this.onWait();
      },
      model: "m",
      linkHosts: ["app.hubspot.com"],
      calendar: { weekStart: "monday", fiscalYearStartMonth: 1 },
    });
  }

  route(id: string, fields: Partial<Route> = {}): Route {
    const place = { channel: "C1", isPublic: true };
    return { id, number: id, what: "deals", ...place, where: {}, origin: "config", ...fields };
  }

  /** HubSpot tells of it as well, with the value. */
  async change(id: string, fields: Partial<DealFacts>, user?: string): Promise<void> {
    const deal = this.deals.get(id) ?? { stage: "", amount: 0 };
    this.deals.set(id, { ...deal, ...fields });
    await this.tellOf(id, fields, user);
  }

  async tellOf(id: string, { stage, amount }: Partial<DealFacts>, user?: string): Promise<void> {
    const told = (property: string, value: string) => ({ property, value, ...(user !== undefined && { user }) });
    if (stage !== undefined) await this.tell(id, "deal.stage", told("dealstage", stage.toLowerCase()));
    if (amount !== undefined) await this.tell(id, "deal.amount", told("amount", String(amount)));
  }

  async tell(objectId: string, kind: string, data: Record<string, unknown> = {}): Promise<void> {
    const source = kind.startsWith("task") ? "asana" : "hubspot";
    const occurredAt = new Date(this.now);
    await this.events.add([{ key: `k${this.#keys++}`, source, kind, objectId, occurredAt, data }]);
  }

  /** So much later the watch looks; what it submits is run at once. */
  async later(seconds: number): Promise<void> {
    await this.look(seconds);
    await this.run();
  }

  async look(seconds: number): Promise<void> {
    this.now += seconds * 1_000;
    await this.#watch.sweep();
  }

  /** Runs what is queued, and gives how each ended. */
  async run(): Promise<TurnOutcome[]> {
    const rows = await this.#db.query<{ id: string }>(
      "SELECT id FROM sophia.turns WHERE status = 'queued' ORDER BY seq",
    );
    const outcomes: TurnOutcome[] = [];
    for (const { id } of rows) outcomes.push(await this.#runOne(id));
    return outcomes;
  }

  async #runOne(id: string): Promise<TurnOutcome> {
    const claim = await this.turns.claim(id, "w", 60_000);
    if (!claim) throw new Error(`${id} could not be claimed`);
    let [text, buttons]: [string, readonly ReplyButton[]] = ["", []];
    const reply = {
      write: (words: string) => void (text += words),
      buttons: (below: readonly ReplyButton[]) => void (buttons = below),
      finish: async () => {
        if (text !== "") this.posted.push({ channel: claim.turn.channel, text, buttons });
      },
    };
    const steps: Step[] = [];
    const run = { turn: claim.turn, attempt: 1, history: [], steps, reply, signal: new AbortController().signal };
    const checkpoint = (made: readonly Step[]) => this.turns.addSteps(claim, 0, made);
    const outcome = await this.#write({ ...run, checkpoint } as unknown as AgentRun);
    await this.turns.finish(claim, outcome);
    return outcome;
  }

  readonly #reader: ToolReader = async (tool, args, schema) => {
    this.reads.push(tool);
    const service = tool.split("__", 1)[0] ?? "";
    if (this.away.has(tool) || this.away.has("*")) throw new ServiceError("503", { service, retryable: true });
    const output = this.#answer(tool, args);
    return { text: JSON.stringify(output), isError: false, output: schema.parse(output) as never };
  };

  #answer(tool: string, args: Record<string, unknown>): unknown {
    const id = String(args["deal_id"] ?? args["contact_id"] ?? args["task_id"] ?? args["project"] ?? args["company"]);
    switch (tool) {
      case "hubspot__get_deal":
        return { deal: this.#deal(id), lost_reason: null };
      case "hubspot__get_deals":
        return { deals: (args["deal_ids"] as string[]).map((one) => this.#deal(one)) };
      case "hubspot__search_deals":
        return { deals: [...this.deals.keys()].map((one) => this.#deal(one)) };
      case "hubspot__get_contact":
        return { contact: this.#contact(id) };
      case "hubspot__get_company":
        return {
          open_deals: [...this.contacts.values()].flatMap(({ openDeals }) => openDeals).map((one) => this.#deal(one)),
        };
      case "hubspot__list_owners":
        return {
          owners: [
            { user_id: "9", name: "Priya *R*" },
            { user_id: null, name: "Gone" },
          ],
        };
      case "asana__find_user":
        return { users: [{ id: args["query"], name: `User ${String(args["query"])}` }] };
      case "asana__list_projects":
        return { projects: this.projects };
      case "asana__get_project_tasks":
        return { tasks: this.#tasksOf(id) };
      case "asana__get_task":
        return { task: this.#task(id), comments: this.tasks.get(id)?.comments };
      default:
        throw new Error(`there is no ${tool} here`);
    }
  }

  #deal(id: string) {
    const { stage, amount } = this.deals.get(id) ?? { stage: "", amount: 0 };
    if (this.hidden.has(id)) throw new PrivateError("Not for everybody here.");
    const status = stage === "Won" ? "won" : stage === "Lost" ? "lost" : "open";
    const named = { id, name: `Deal ${id}`, url: `https://app.hubspot.com/${id}`, owner: maya, company: acme };
    const more = { stage_id: stage.toLowerCase(), lost_reason: null };
    return { ...named, status, stage, amount: { amount, currency: "USD" }, ...more };
  }

  #contact(id: string) {
    const company = this.contacts.get(id)?.hasCompany ? acme : null;
    return { id, name: `Contact ${id}`, url: `https://app.hubspot.com/${id}`, job_title: null, owner: maya, company };
  }

  #task(id: string) {
    const task = this.tasks.get(id);
    if (!task) throw new ServiceError(`Asana has no task ${id}`, { service: "asana" });
    const { due_on, projects, parent_id, assignee = null } = task;
    return { id, name: `Task ${id}`, url: null, completed: false, assignee, due_on, projects, parent_id };
  }

  #tasksOf(project: string) {
    if (this.refused.has(project)) throw new ServiceError(`project "${project}" fits several`, { service: "asana" });
    const own = [...this.tasks].filter(([, { projects }]) => projects.some((one) => one.id === project));
    return own.map(([id]) => this.#task(id));
  }
}

/** For a suite: a database, emptied before each test, and a world with one route and forty deals in a proposal. */
export function useNoticeWorld() {
  let home: EngineHome;
  const on = {} as { db: Database; world: NoticeWorld };
  beforeAll(async () => {
    home = await createLightHome();
    on.db = (await home.createStorage()).database;
  });
  afterAll(() => home.drop());
  beforeEach(async () => {
    await on.db.script(
      "TRUNCATE sophia.events, sophia.turns, sophia.record_values, sophia.notice_changes, sophia.notice_paces, sophia.notice_mutes, sophia.notice_looks CASCADE",
    );
    on.world = new NoticeWorld(on.db);
    on.world.routes = [on.world.route("1")];
    for (let n = 0; n < 40; n++) on.world.deals.set(`${n}`, { stage: "Proposal", amount: n * 1_000 });
  });
  const texts = () => on.world.posted.map(({ text }) => text);
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute++) await on.world.later(60);
  };
  return Object.assign(on, { texts, minutes });
}
