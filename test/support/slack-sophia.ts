import type { Decisions } from "../../src/approvals/decisions.ts";
import type { Outcomes } from "../../src/approvals/outcomes.ts";
import type { InputSchema } from "../../src/slack/approvals/edit-modal.ts";
import { type Cards, createCards } from "../../src/slack/approvals/show-cards.ts";
import { MemoryApprovals } from "./memory-approvals.ts";
import { type NewId, randomId } from "../../src/core/ids.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createSlackApp, type SlackApp, slackPath } from "../../src/slack/app.ts";
import { createSlackClient, type SlackClient } from "../../src/slack/client.ts";
import { createPeople, type People } from "../../src/slack/people.ts";
import { createReplyOpener } from "../../src/slack/reply/open-reply.ts";
import type { Wait } from "../../src/slack/wait.ts";
import { identifyWorkspace, type Workspace } from "../../src/slack/workspace.ts";
import type { QueriedTurn } from "../../src/slack/listeners/show-query.ts";
import type { Turn } from "../../src/storage/turns.ts";
import type { OpenReply, ReplyEvents } from "../../src/turns/run-turn.ts";
import { APP_TOKEN, BOT_TOKEN, MAYA, SALES, SIGNING_SECRET, type StartedSlack } from "./slack-stand-in.ts";
import { createChannels } from "../../src/slack/channels.ts";
import { createDigests } from "../../src/slack/digests/digests.ts";
import { createDirectMessages } from "../../src/slack/direct-messages.ts";
import type { Accounts } from "../../src/slack/listeners/context.ts";
import { memoryAccounts } from "./memory-accounts.ts";
import { MemoryAudit } from "./memory-audit.ts";
import { MemorySpending } from "./memory-spending.ts";
import { noRoutes } from "./no-routes.ts";
import { noSchedules } from "./no-schedules.ts";
import { MemoryTurns } from "./slack-records.ts";

export const quiet = createLogger({ level: "silent" });

/** Time that passes only when a test says so, or, with `rush`, at once. */
export class TestTime {
  #now = Date.parse("2026-09-14T15:00:00.000Z");
  readonly #waiting: { at: number; done: () => void }[] = [];
  /** Waits of at most this many milliseconds are over at once, without the clock moving. */
  rushMs = 0;

  readonly clock = { now: () => this.#now };

  readonly wait: Wait = (ms, signal) => {
    if (signal.aborted || ms <= this.rushMs) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const entry = { at: this.#now + ms, done: resolve };
      this.#waiting.push(entry);
      signal.addEventListener("abort", () => this.#end(entry), { once: true });
    });
  };

  /** Moves the clock in steps, letting what was waiting go on in between. */
  async pass(ms: number, stepMs = 1_000): Promise<void> {
    const end = this.#now + ms;
    while (this.#now < end) {
      this.#now = Math.min(end, this.#now + stepMs);
      for (const entry of this.#waiting.filter(({ at }) => at <= this.#now)) this.#end(entry);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #end(entry: { at: number; done: () => void }): void {
    const index = this.#waiting.indexOf(entry);
    if (index >= 0) this.#waiting.splice(index, 1);
    entry.done();
  }
}

const services = [
  { server: "gong", name: "Gong", offered: true },
  { server: "asana", name: "Asana", offered: true },
  { server: "hubspot", name: "Hubspot", offered: false, reason: "HUBSPOT_API_KEY not set" },
];

export interface Sophia {
  cards: Cards;
  app: SlackApp;
  workspace: Workspace;
  turns: MemoryTurns;
  audit: MemoryAudit;
  client: SlackClient;
  people: People;
  time: TestTime;
  open: (turn: Turn, attempt: number, signal: AbortSignal, events?: Partial<ReplyEvents>) => ReturnType<OpenReply>;
  stopped: Turn[];
  /** HTTP only: the address of `slackPath`. */
  url: string;
  close(): Promise<void>;
}

/** What is decided about, and by whom; nothing unless told. */
export interface TestLedger {
  approvals: MemoryApprovals;
  decisions: Decisions;
  outcomes?: Pick<Outcomes, "checkAgain">;
  inputSchema?: (agent: string, tool: string) => Promise<InputSchema>;
}

/** Our Slack side as `app.ts` wires it, with turns in memory, against a running stand-in. */
export async function startSophia(
  slack: Pick<StartedSlack, "apiUrl">,
  mode: "socket" | "http",
  options: {
    botToken?: string;
    ledger?: TestLedger;
    admins?: string[];
    accounts?: Partial<Accounts>;
    spending?: MemorySpending;
    /** Whatever turn is asked for. */
    queried?: QueriedTurn;
  } = {},
): Promise<Sophia> {
  const turns = new MemoryTurns();
  const audit = new MemoryAudit();
  const time = new TestTime();
  time.rushMs = 2_000;
  const { botToken: token = BOT_TOKEN } = options;
  const client = createSlackClient({ token, apiUrl: slack.apiUrl, logger: quiet, timeoutMs: 5_000 });
  const workspace = await identifyWorkspace(client);
  const people = createPeople({ client, workspace, clock: time.clock, logger: quiet });
  const settings = {
    apiUrl: slack.apiUrl,
    port: 0,
    ...(mode === "socket" ? { appToken: APP_TOKEN } : { signingSecret: SIGNING_SECRET }),
  };
  const clock = { now: () => Date.now() };
  const channels = createChannels({ client, clock, logger: quiet });
  const cards = createCards({
    client,
    people,
    clock: time.clock,
    logger: quiet,
    wait: time.wait,
    newId: numbered(),
    approvals: options.ledger?.approvals ?? new MemoryApprovals(time.clock, nowhere),
  });
  const app = createSlackApp({
    settings,
    client,
    workspace,
    turns,
    ...ledgerOf(options.ledger),
    cards,
    people,
    guests: "refuse",
    admins: options.admins ?? [],
    roles: { sophia: {} },
    accounts: memoryAccounts(people, options.accounts),
    directMessages: createDirectMessages(client, quiet),
    ...noRoutes,
    channels,
    digests: createDigests({
      schedules: noSchedules,
      client,
      people,
      channels,
      guests: "refuse",
      roles: { sophia: {} },
      admins: [],
      directMessages: createDirectMessages(client, quiet),
      logger: quiet,
    }),
    queriesOf: async () => options.queried,
    spending: options.spending ?? new MemorySpending(),
    audit,
    services: () => services,
    offers: () => [],
    digestsOf: async () => [],
    tasks: { projects: async () => [], named: async () => [] },
    calendar: { weekStart: "monday", fiscalYearStartMonth: 1 },
    logger: quiet,
    clock,
    newId: randomId,
    // Passes at once: what takes time is told after the acknowledgement.
    wait: time.wait,
  });
  const port = await app.start();
  const stopped: Turn[] = [];
  const openReply = createReplyOpener({
    client,
    workspace,
    replies: turns.replies,
    turns,
    people,
    logger: quiet,
    clock: time.clock,
    wait: time.wait,
    onStopped: (turn) => stopped.push(turn),
  });
  const unheard: ReplyEvents = { placed: () => undefined, refused: () => undefined };
  const open: Sophia["open"] = (turn, attempt, signal, events) =>
    openReply(turn, attempt, signal, { ...unheard, ...events });
  const url = `http://127.0.0.1:${port}${slackPath}`;
  return { app, cards, workspace, turns, audit, client, people, time, open, stopped, url, close: () => app.stop() };
}

/** A turn for a message that stands in #sales. */
export function turnFor(ts: string, fields: Partial<Turn> = {}): Turn {
  return {
    id: `turn_${ts}`,
    sourceKey: `message:T:${SALES}:${ts}`,
    source: "mention",
    teamId: "T0SANDB0X01",
    channel: SALES,
    threadTs: ts,
    messageTs: ts,
    userId: MAYA,
    text: "a question",
    agent: "sophia",
    audience: "channel",
    status: "running",
    attempt: 1,
    revision: 0,
    stopRequested: false,
    createdAt: new Date(0),
    ...fields,
  };
}

const nowhere = { teamId: "", channel: "", threadTs: "", userId: "" };

function ledgerOf(ledger: TestLedger | undefined) {
  const unknown = async () => ({ kind: "unknown" as const });
  const decisions: Decisions = {
    find: async () => undefined,
    waiting: async () => ({ forThem: [], ofTheirs: [] }),
    latestOf: async () => [],
    look: unknown,
    decide: unknown,
    edit: unknown,
  };
  return {
    decisions: ledger?.decisions ?? decisions,
    outcomes: ledger?.outcomes ?? { checkAgain: async () => undefined },
    inputSchema: ledger?.inputSchema ?? (async () => ({})),
  };
}

function numbered(): NewId {
  let made = 0;
  return (prefix) => `${prefix}_${++made}`;
}
