import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLAUDE_API_KEY, type ClaudeStore, type Pace, startClaude } from "./claude/index.ts";
import { startControl } from "./control/control.ts";
import type { ChangingStores } from "./control/outside-routes.ts";
import { type GongOptions, type GongStore, startGong } from "./gong/start-gong.ts";
import { type SlackOptions, type SlackStandIn, startSlack } from "./slack/start-slack.ts";
import { type AsanaStandIn, startAsana } from "./asana/start-asana.ts";
import { type HubSpotStandIn, startHubSpot, WEBHOOK_SECRET } from "./hubspot/start-hubspot.ts";
import { type PineconeStore, startPinecone } from "./pinecone/start-pinecone.ts";
import { type PulumiStore, startPulumi } from "./pulumi/start-pulumi.ts";
import { type SnowflakeStore, startSnowflake } from "./snowflake/start-snowflake.ts";
import { createSandboxClock, type SandboxClock, type ServiceStandIn, type StandIn, Switchboard } from "./stand-in.ts";
import { gongKeys } from "./webhooks/gong-rule.ts";
import { Outbox } from "./webhooks/outbox.ts";
import { createWebhooks, type Webhooks } from "./webhooks/webhooks.ts";
import { createWorld } from "./world/create-world.ts";
import type { World } from "./world/types.ts";

export interface SandboxOptions {
  /** The same seed and instant give the same world. */
  seed?: number | undefined;
  /** The instant at which the sandbox starts, epoch ms; the present one unless told. */
  now?: number | undefined;
  /** Any free ones unless told. */
  ports?: Partial<Record<"control" | "slack" | "claude" | "gong" | keyof Services, number>> | undefined;
  /** How fast the scripted model speaks; at once unless told. */
  pace?: Pace | undefined;
  /** What tests and benches set of one stand-in. */
  slack?: Partial<Omit<SlackOptions, "world" | "board" | "port">> | undefined;
  gong?: Pick<GongOptions, "rateLimitPerSecond" | "dailyQuota"> | undefined;
}

/** The stand-ins that bring their own settings. */
interface Services {
  hubspot: HubSpotStandIn;
  asana: AsanaStandIn;
  snowflake: ServiceStandIn<SnowflakeStore>;
  pinecone: ServiceStandIn<PineconeStore>;
  pulumi: ServiceStandIn<PulumiStore>;
}

/** The settings that point Sophia, or anybody's client, at the sandbox; beside these, those of each service. */
interface SandboxSettings extends Record<string, string> {
  SLACK_BOT_TOKEN: string;
  SLACK_APP_TOKEN: string;
  SLACK_SIGNING_SECRET: string;
  SLACK_API_URL: string;
  ANTHROPIC_API_KEY: string;
  ANTHROPIC_BASE_URL: string;
  GONG_API_KEY: string;
  GONG_API_SECRET: string;
  GONG_BASE_URL: string;
  GONG_TIME_ZONE: string;
  GONG_WEBHOOK_PUBLIC_KEY: string;
  SANDBOX_CONTROL_URL: string;
}

export interface Sandbox extends Services {
  env: SandboxSettings;
  world: World;
  clock: SandboxClock;
  board: Switchboard;
  slack: SlackStandIn;
  claude: StandIn<ClaudeStore>;
  gong: StandIn<GongStore>;
  /** What the services send by themselves. */
  webhooks: Webhooks;
  /** The page for a browser, which is also the control server's address. */
  pageUrl: string;
  /** Everything as it was at the start; the clock runs on as if nobody had moved it. */
  reset(): void;
  close(): Promise<void>;
}

interface Manifest {
  oauth_config: { scopes: { bot: string[] } };
  settings: { event_subscriptions: { bot_events: string[] } };
}

const manifestFile = join(import.meta.dirname, "../manifest.json");
const SERVICES = ["slack", "claude", "gong", "hubspot", "asana", "snowflake", "pinecone", "pulumi"] as const;
/** They open nothing but the sandbox. */
const CREDENTIALS = {
  SLACK_BOT_TOKEN: "xoxb-sandbox-bot-token",
  SLACK_APP_TOKEN: "xapp-sandbox-app-token",
  SLACK_SIGNING_SECRET: "sandbox-signing-secret",
  ANTHROPIC_API_KEY: CLAUDE_API_KEY,
  GONG_API_KEY: "sandbox-gong-key",
  GONG_API_SECRET: "sandbox-gong-secret",
};
/** Of Sophia herself, so that people can connect their accounts in the sandbox; the port 0 stands for the one that she takes. */
const OWN = {
  SOPHIA_SECRET_KEY: "c2FuZGJveC1zYW5kYm94LXNhbmRib3gtc2FuZGJveCE=",
  SOPHIA_PUBLIC_URL: "http://127.0.0.1:0",
};

/** Starts the world, a stand-in for each service, the control server and the page. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { seed, now = Date.now(), ports = {}, pace } = options;
  const startedAt = Date.now();
  const makingKeys = gongKeys();
  const clock = createSandboxClock(now);
  const board = new Switchboard(clock);
  const world = createWorld({ seed, now });
  const running: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  };
  const started = async <Server extends { close(): Promise<void> }>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    running.push(server);
    return server;
  };
  try {
    const slack = await started(startSlack({ ...slackOptions(), ...options.slack, world, board, port: ports.slack }));
    const claude = await started(startClaude({ board, pace, port: ports.claude }));
    const gong = await started(startGong({ ...options.gong, ...gongOptions(), world, board, port: ports.gong }));
    const outbox = new Outbox();
    const services = await startServices({ world, board, outbox }, ports, started);
    const keys = await makingKeys;
    const stores = { gong: gong.store, hubspot: services.hubspot.store };
    const webhooks = createWebhooks({ ...stores, gongKeys: keys, hubspotSecret: WEBHOOK_SECRET, outbox });
    const reset = (): void => {
      clock.set(now + (Date.now() - startedAt));
      board.reset();
      webhooks.reset();
      for (const standIn of [gong, claude, slack, ...Object.values(services)]) standIn.reset();
    };
    const shared = {
      world,
      board,
      slack: slack.store,
      gong: gong.store,
      webhooks,
      changing: storesOf(services),
      services: SERVICES,
      // Asked each time: sessions make secrets as they go.
      secrets: () => [...secrets(), ...Object.values(services).flatMap((service) => service.secrets)],
      reset,
    };
    const control = await started(startControl({ ...shared, port: ports.control }));
    const env = {
      ...Object.assign({}, ...Object.values(services).map((service) => service.env)),
      ...CREDENTIALS,
      ...OWN,
      ...addresses({ slack, claude, gong, control }),
      GONG_TIME_ZONE: world.companyTimeZone,
      GONG_WEBHOOK_PUBLIC_KEY: keys.publicKey,
    };
    const standIns = { slack, claude, gong, ...services };
    return { env, world, clock, board, ...standIns, webhooks, pageUrl: `${control.url}/`, reset, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function storesOf({ hubspot, asana, snowflake, pinecone, pulumi }: Services): ChangingStores {
  return {
    hubspot: hubspot.store,
    asana: asana.store,
    snowflake: snowflake.store,
    pinecone: pinecone.store,
    pulumi: pulumi.store,
  };
}

async function startServices(
  shared: { world: World; board: Switchboard; outbox: Outbox },
  ports: NonNullable<SandboxOptions["ports"]>,
  started: <Server extends { close(): Promise<void> }>(starting: Promise<Server>) => Promise<Server>,
): Promise<Services> {
  const [hubspot, asana, snowflake, pinecone, pulumi] = await Promise.all([
    started(startHubSpot({ ...shared, port: ports.hubspot })),
    started(startAsana({ ...shared, port: ports.asana })),
    started(startSnowflake({ ...shared, port: ports.snowflake })),
    started(startPinecone({ ...shared, port: ports.pinecone })),
    started(startPulumi({ ...shared, port: ports.pulumi })),
  ]);
  return { hubspot, asana, snowflake, pinecone, pulumi };
}

/** The app is installed as the project's manifest says: it has those scopes and gets those events, and no others. */
function slackOptions(): Pick<SlackOptions, "botToken" | "appToken" | "signingSecret" | "scopes" | "events"> {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = CREDENTIALS;
  const { oauth_config, settings } = JSON.parse(readFileSync(manifestFile, "utf8")) as Manifest;
  const events = settings.event_subscriptions.bot_events;
  return { botToken, appToken, signingSecret, scopes: oauth_config.scopes.bot, events };
}

function gongOptions(): Pick<GongOptions, "credentials"> {
  return { credentials: { key: CREDENTIALS.GONG_API_KEY, secret: CREDENTIALS.GONG_API_SECRET } };
}

/** What must not be seen in the request log: the credentials, also in the form in which Basic sends them. */
function secrets(): string[] {
  const basic = Buffer.from(`${CREDENTIALS.GONG_API_KEY}:${CREDENTIALS.GONG_API_SECRET}`).toString("base64");
  return [...Object.values(CREDENTIALS), OWN.SOPHIA_SECRET_KEY, basic];
}

function addresses(servers: {
  slack: SlackStandIn;
  claude: { url: string };
  gong: { url: string };
  control: { url: string };
}) {
  return {
    SLACK_API_URL: servers.slack.apiUrl,
    ANTHROPIC_BASE_URL: servers.claude.url,
    GONG_BASE_URL: servers.gong.url,
    SANDBOX_CONTROL_URL: servers.control.url,
  };
}
