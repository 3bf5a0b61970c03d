import { readFile } from "node:fs/promises";
import { z } from "zod";
import { isTimeZone } from "../core/calendar-day.ts";
import { ConfigError } from "../core/errors.ts";
import { readVariable } from "../core/variables.ts";
import type { Environment } from "./settings.ts";

const server = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/)
    .describe("Prefix of the server's tools on the gateway: name__tool"),
  type: z
    .enum(["builtin", "process", "http"])
    .describe("builtin: one of ours, in this process; process: a stdio child; http: Streamable HTTP"),
  command: z.string().optional().describe("process: the program"),
  args: z.array(z.string()).default([]).describe("process: its arguments"),
  url: z.url().optional().describe("http: the address of its /mcp"),
  token: z.string().optional().describe("http: bearer token, such as ${VARIABLE}"),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe("The only variables that the server gets; ${VARIABLE} is taken from the environment"),
  prefix: z.string().optional().describe("Prefix of its tools instead of name__; may be empty for one server"),
  trusted: z.boolean().optional().describe("process, http: a server of ours, which is told who asks"),
  sessions: z
    .enum(["shared", "own"])
    .optional()
    .describe("own: a connection for each client, for servers that ask the client back"),
  budget: z
    .strictObject({ perSecond: z.number().positive(), burst: z.number().positive() })
    .optional()
    .describe("Calls that the service behind the server allows"),
});

const people = z
  .array(z.string())
  .describe("Slack user ids, e-mail addresses, or user groups as @handle or id; of whoever is in one of them");
const channels = z.array(z.string()).describe("Channels by id or #name");

const agent = z.strictObject({
  people: people.optional().describe("Who may ask this role: as in access; everybody unless told"),
  description: z.string(),
  prompt: z.string().default("").describe("Added to Sophia's own instructions"),
  tools: z.array(z.string()).describe("Allowed tools; * stands for any characters: gong__*"),
  hot: z
    .array(z.string())
    .optional()
    .describe(
      "Tools or patterns that are always in front of the model. Where a role has more than 30 tools the model searches for " +
        'the others; ["*"] loads all. Without it: about ten that most questions need',
    ),
});

const policy = z.strictObject({
  tools: z.string().describe("Tool or pattern: hubspot__*"),
  agents: z.array(z.string()).optional().describe("Only for calls of these roles"),
  askers: people.optional().describe("Only where one of these asks"),
  channels: channels.optional().describe("Only where it is asked there"),
  above: z
    .number()
    .min(0)
    .optional()
    .describe("Only where the record stands for more money than this, before or after"),
  policy: z.enum(["allow", "ask", "deny"]),
  approvers: people.optional().describe("ask: these decide, in place of whoever asks"),
});

const access = z.strictObject({
  tools: z.string().describe("Tool or pattern: gong__*"),
  people: people.describe("Slack user ids, e-mail addresses or user groups; nobody else may use these tools"),
});

const confidential = z.strictObject({
  tools: z.string().describe("Tool or pattern whose results are meant"),
  field: z.string().optional().describe("Only results in which a field of this name is above the limit"),
  above: z.number().optional().describe("That limit"),
  channels: channels.default([]).describe("Channels that may read them nonetheless"),
});

const names = z.array(z.string().min(1)).min(1);

const route = z.strictObject({
  what: z.enum(["calls", "deals", "contacts", "tasks"]).describe("What is told of there"),
  channel: z.string().min(1).describe("By id or #name"),
  where: z
    .strictObject({
      teams: names.optional().describe("User groups of whose it is, as @handle or id"),
      owners: people.min(1).optional(),
      accounts: names.optional().describe("The customer's name, or how it begins"),
      stages: names.optional().describe("Of the deal, as HubSpot shows them"),
      minAmount: z.number().min(0).optional().describe("Of the deal, in its own currency"),
      minMinutes: z.number().min(0).optional().describe("calls: so long at least"),
      trackers: names.optional().describe("calls: one of these of Gong's trackers was heard"),
      projects: names.optional().describe("tasks: Asana's projects"),
    })
    .prefault({})
    .describe("All that is given must fit; without anything, all of them"),
});

const client = z.strictObject({
  name: z.string(),
  token: z.string().describe("Bearer token, such as ${VARIABLE}"),
  tools: z.array(z.string()),
});

const calendar = z.strictObject({
  weekStart: z.enum(["monday", "sunday", "saturday"]).default("monday"),
  fiscalYearStartMonth: z.int().min(1).max(12).default(1),
});

const budget = z.strictObject({
  steps: z.int().min(1).max(50).default(12).describe("Model calls in one turn"),
  tokens: z.int().min(1000).default(400_000).describe("Tokens in one turn, cached ones included"),
  seconds: z.int().min(5).max(3600).default(240).describe("Wall time of one turn"),
  usd: z.number().positive().optional().describe("Cost of one turn, by the prices of spend"),
});

const price = z.number().min(0).describe("US dollars for a million tokens");
const cap = z.strictObject({
  tokens: z.int().positive().optional().describe("Tokens a day, cached ones included"),
  usd: z.number().positive().optional().describe("US dollars a day"),
});

const spend = z.strictObject({
  prices: z
    .record(z.string(), z.strictObject({ input: price, cacheWrite: price, cacheRead: price, output: price }))
    .default({})
    .describe("By model; the tokens of a model without prices count, and cost nothing here"),
  person: cap.prefault({}).describe("For each person"),
  channel: cap.prefault({}).describe("For each channel"),
  day: cap.prefault({}).describe("For all together"),
  warnAt: z.number().min(0.1).max(1).default(0.8).describe("The part of a cap at which it is said that it comes near"),
  timeZone: z
    .string()
    .refine(isTimeZone, "is no time zone: give one as Europe/Berlin or UTC")
    .default("UTC")
    .describe("Zone whose midnight begins a day of these caps"),
});

const retention = z.strictObject({
  auditDays: z.int().min(1).default(730).describe("Days for which the audit is kept"),
  conversationDays: z.int().min(1).default(365).describe("Days for which questions and answers are kept"),
});

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  servers: z.array(server).default([]),
  agents: z.record(z.string(), agent).default({}),
  policies: z
    .array(policy)
    .default([])
    .describe(
      "Whether a tool may be called: the first rule that fits decides; else reads are allowed and writes asked about",
    ),
  access: z.array(access).default([]),
  admins: people
    .default([])
    .describe("Who may use /sophia audit and correct others; Slack's own admins may in any case"),
  confidential: z
    .array(confidential)
    .default([])
    .describe("What is answered in a direct message where it is asked for in a channel"),
  linkHosts: z
    .array(z.string())
    .default([])
    .describe(
      "Hosts of your own pages (wiki.acme.com), to which answers may link besides the services' records and what the asker wrote",
    ),
  guests: z
    .enum(["refuse", "answer"])
    .default("refuse")
    .describe("Whether guests of the workspace are answered, and people of whom Slack does not say that they are none"),
  routes: z.array(route).default([]).describe("Where call summaries and notices go; /sophia route adds others"),
  followUpProject: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe(
      "Asana's project for tasks out of calls and talks with accounts that have no project of their own, by its name",
    ),
  clients: z.array(client).default([]),
  calendar: calendar.prefault({}),
  budget: budget.prefault({}),
  spend: spend.prefault({}),
  retention: retention.prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type ServerConfig = Config["servers"][number];

/** Reads sophia.config.json. Throws a ConfigError that names each wrong option. */
export async function readConfigFile(file: string): Promise<Config> {
  const parsed = configSchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(
      (issue) => `${file}: ${issue.path.join(".") || "the file"}: ${issue.message} (SOPHIA_CONFIG)`,
    ),
  );
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? `is not JSON: ${withoutQuote(error.message)}` : "cannot be read";
    throw new ConfigError([`${file} ${why} (SOPHIA_CONFIG names the configuration file)`]);
  }
}

/** What V8 says, but for the piece of the file that it quotes: a token may stand there. */
function withoutQuote(message: string): string {
  return message.replace(/, (?:\.\.\.)?"[^]*"(?:\.\.\.)? is not valid JSON$/, "");
}

/** The variables that a server declares, with ${NAME} filled in; `absent` lists those that have no value. */
export function declaredEnvironment(
  declared: Readonly<Record<string, string>>,
  env: Environment,
): { values: Record<string, string>; absent: string[] } {
  const absent = new Set<string>();
  const values: Record<string, string> = {};
  for (const [name, template] of Object.entries(declared)) {
    const value = fillIn(template, env, absent);
    if (value !== "") values[name] = value;
  }
  return { values, absent: [...absent] };
}

/** Replaces each ${NAME}; a name without a value is added to `absent` and becomes empty. `${NAME:-}` marks an optional one. */
export function fillIn(template: string, env: Environment, absent: Set<string>): string {
  return template.replaceAll(/\$\{([A-Z0-9_]+)(:-)?\}/g, (_, name: string, optional: string | undefined) => {
    const value = readVariable(env, name);
    if (value === undefined && !optional) absent.add(name);
    return value ?? "";
  });
}
