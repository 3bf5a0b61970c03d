import { Writable } from "node:stream";
import { pino } from "pino";
import type { MessageView } from "../../sandbox/slack/store.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/start.ts";
import { type App, type AppOptions, startApp } from "../../src/app.ts";
import { type Config, readConfigFile } from "../../src/config/config-file.ts";
import { type Environment, readSettings } from "../../src/config/settings.ts";
import { secretValues } from "../../src/config/secrets.ts";
import { randomId } from "../../src/core/ids.ts";
import { createSecrets } from "../../src/core/secrets.ts";
import type { Step } from "../../src/agent/ports.ts";
import type { Turn } from "../../src/storage/turns.ts";
import { slackPath } from "../../src/slack/app.ts";
import { createLightHome, type EngineHome } from "./engines.ts";
import { until } from "./servers.ts";

export const configFile = new URL("../../sophia.config.json", import.meta.url).pathname;

export interface HouseOptions {
  sandbox?: SandboxOptions;
  /** How events come in: Socket Mode unless told. */
  mode?: "socket" | "http";
  /** Where the records are: a new database on Postgres (PGlite where there is none) unless told. The house does not drop a home that it was given. */
  home?: EngineHome;
  env?: Environment;
  /** In place of what sophia.config.json says. */
  config?: Partial<Config>;
  wait?: AppOptions["wait"];
}

export interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

export interface Asked {
  channel: string;
  /** Of the person's message. */
  ts: string;
  /** The root of the thread that the answer stands in. */
  threadTs: string;
}

export interface Asking {
  user?: string;
  channel?: string;
  threadTs?: string;
}

/** Sophia and the sandbox, whole: the real app against the stand-ins over HTTP and WebSocket. */
export interface House {
  sandbox: Sandbox;
  app: App;
  log: LogLine[];
  /** A person writes; `@sophia` is put before it in a channel. */
  ask(text: string, asking?: Asking): Asked;
  /** The turn of a message, once it has ended. */
  ended(asked: Asked): Promise<Turn>;
  stepsOf(asked: Asked): Promise<Step[]>;
  /** What Sophia has written in a thread, oldest first. */
  answers(asked: Pick<Asked, "channel" | "threadTs">): MessageView[];
  /** Every turn that was stored, in the order in which it came. */
  turns(): Promise<Turn[]>;
  close(): Promise<void>;
}

/** The settings of a house: the sandbox's, records at `home`, free ports. */
export function houseEnvironment(sandbox: Sandbox, home: EngineHome, mode: "socket" | "http"): Record<string, string> {
  const { SLACK_APP_TOKEN, ...env } = sandbox.env;
  return {
    ...env,
    ...(mode === "socket" ? { SLACK_APP_TOKEN } : {}),
    ...(home.databaseUrl === undefined ? {} : { DATABASE_URL: home.databaseUrl }),
    ...(home.redisUrl === undefined ? {} : { REDIS_URL: home.redisUrl }),
    SOPHIA_QUEUE_PREFIX: home.prefix,
    SOPHIA_DATA_DIR: home.dataDir,
    SOPHIA_CONFIG: configFile,
    GONG_TIME_ZONE: sandbox.world.companyTimeZone,
    // The stand-in's limit is off in houses that do not ask for it, and so is ours: a test waits for nothing by the second.
    GONG_REQUESTS_PER_SECOND: "1000",
    PORT: "0",
    MCP_GATEWAY_PORT: "0",
  };
}

export function houseSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return startSandbox({ seed: 1, ...options, gong: { rateLimitPerSecond: 0, ...options.gong } });
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { mode = "socket" } = options;
  const [sandbox, home, config] = await Promise.all([
    houseSandbox(options.sandbox),
    options.home ?? createLightHome(),
    readConfigFile(configFile),
  ]);
  const env = { ...houseEnvironment(sandbox, home, mode), ...options.env };
  const log: LogLine[] = [];
  const turnIds: string[] = [];
  const app = await startApp({
    settings: readSettings(env),
    config: { ...config, followUpProject: "Deal follow-ups", ...options.config },
    env,
    // Signatures go by the machine's clock, questions by the world's: over HTTP a house has no clock of its own.
    clock: sandbox.clock,
    logger: pino({ level: "debug", base: undefined }, linesInto(log)),
    secrets: createSecrets(secretValues(env, config)),
    ...(options.wait && { wait: options.wait }),
    newId: (prefix) => {
      const id = randomId(prefix);
      if (prefix === "turn") turnIds.push(id);
      return id;
    },
  });
  const { store } = sandbox.slack;
  if (mode === "http") store.setRequestUrl(`http://127.0.0.1:${app.port}${slackPath}`);
  await store.waitFor(() => store.connected, 10_000);

  const turns = async (): Promise<Turn[]> => {
    const found = await Promise.all(turnIds.map((id) => app.turns.get(id)));
    return found.filter((turn) => turn !== undefined);
  };
  const ended = async (asked: Asked): Promise<Turn> => {
    let turn: Turn | undefined;
    let read = -1;
    const hasEnded = async (): Promise<boolean> => {
      // The records are asked only when there is news: asking all the time would slow down what is waited for.
      if (log.length === read) return false;
      read = log.length;
      turn = (await turns()).find(({ channel, messageTs }) => channel === asked.channel && messageTs === asked.ts);
      return turn !== undefined && !["queued", "running"].includes(turn.status);
    };
    await until(hasEnded, `the end of the turn of ${asked.ts}`, 45_000);
    return turn as Turn;
  };
  return {
    sandbox,
    app,
    log,
    turns,
    ended,
    ask: (text, { user = "maya", channel = "sales", threadTs } = {}) => {
      const words = channel === "dm" || threadTs !== undefined ? text : `@sophia ${text}`;
      const sent = store.send({ user, channel, text: words, threadTs });
      return { channel: sent.channel, ts: sent.ts, threadTs: threadTs ?? sent.ts };
    },
    stepsOf: async (asked) => app.turns.steps((await ended(asked)).id),
    answers: ({ channel, threadTs }) => answersIn(sandbox, channel, threadTs),
    close: async () => {
      await app.close();
      await sandbox.close();
      if (!options.home) await home.drop();
    },
  };
}

/** What Sophia has written in a thread, oldest first; what one person alone sees is left out. */
export function answersIn(sandbox: Sandbox, channel: string, threadTs: string): MessageView[] {
  const { store } = sandbox.slack;
  const isAnswer = ({ author, ts, ephemeralFor }: MessageView): boolean =>
    author.id === store.identity.userId && ts !== threadTs && ephemeralFor === null;
  return store.messages(channel, { threadTs }).filter(isAnswer);
}

function linesInto(log: LogLine[]): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (const line of chunk.toString("utf8").split("\n")) if (line) log.push(JSON.parse(line) as LogLine);
      done();
    },
  });
}
