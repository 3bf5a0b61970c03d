import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { LogLevel, type Logger, WebClient, type WebClientOptions } from "@slack/web-api";
import { startSlack, type SlackOptions, type SlackStandIn } from "../../sandbox/slack/start-slack.ts";
import { createSandboxClock, Switchboard, type SandboxClock } from "../../sandbox/stand-in.ts";
import type { SlackWorld } from "../../sandbox/slack/workspace.ts";

export const SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
export const BOT_TOKEN = "xoxb-sandbox-1";
export const APP_TOKEN = "xapp-sandbox-1";

export const MAYA = "U07MAYA0001";
export const OLIVER = "U07OLIVER01";
export const SALES = "C07SALES001";
/** Private; Sophia is not in it. */
export const DEAL_DESK = "G07DEALDESK";
/** Public; Sophia is not in it. */
export const RANDOM = "C07RANDOM01";

const person = (id: string, handle: string, name: string, timeZone: string): SlackWorld["people"][number] => {
  const email = `${handle}@payready.example`;
  return { id, handle, name, email, title: "Account Executive", team: "sales", timeZone, gongUserId: "1" };
};

/** Two people and four channels: enough of a workspace for tests that say what they need of it. */
export const smallWorld: SlackWorld = {
  createdAt: "2026-09-14T15:00:00.000Z",
  people: [
    person(MAYA, "maya", "Maya Lindqvist", "America/New_York"),
    person(OLIVER, "oliver", "Oliver Hart", "Europe/London"),
  ],
  channels: [
    { id: "C07GENERAL1", name: "general", topic: "All", isPrivate: false, memberIds: [MAYA, OLIVER] },
    { id: SALES, name: "sales", topic: "Deals", isPrivate: false, memberIds: [MAYA, OLIVER] },
    { id: DEAL_DESK, name: "deal-desk", topic: "Terms", isPrivate: true, memberIds: [MAYA] },
    { id: RANDOM, name: "random", topic: "Lunch", isPrivate: false, memberIds: [MAYA, OLIVER] },
  ],
};

export interface StartedSlack extends SlackStandIn {
  board: Switchboard;
  clock: SandboxClock;
  /** The official client, which is not to retry by itself. */
  client(options?: WebClientOptions): WebClient;
}

export async function startTestSlack(options: Partial<SlackOptions> = {}): Promise<StartedSlack> {
  const clock = createSandboxClock(Date.parse(smallWorld.createdAt));
  const board = new Switchboard(clock);
  const tokens = { signingSecret: SIGNING_SECRET, botToken: BOT_TOKEN, appToken: APP_TOKEN };
  const slack = await startSlack({ world: smallWorld, board, ...tokens, ...options });
  const quiet: WebClientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger: silent };
  return { ...slack, board, clock, client: (more) => new WebClient(BOT_TOKEN, { ...quiet, ...more }) };
}

const nothing = (): void => {};
/** The tests provoke refusals; the client's words about them would drown the test's own. */
const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};

/** Slack's `error` of a refused call. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return String((error as { data?: { error?: unknown } }).data?.error ?? error);
  }
  return "ok";
}

const contracts = resolve(import.meta.dirname, "../../../shared/contracts/slack");
export const contractsPresent = existsSync(contracts);

/** A JSON file of the published contracts; only where `contractsPresent`. */
export function contract(path: string): unknown {
  return JSON.parse(readFileSync(resolve(contracts, path), "utf8"));
}
