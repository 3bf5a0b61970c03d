import { randomBytes } from "node:crypto";
import { SealError, type Sealer } from "../accounts/sealing.ts";
import type { Clock } from "../core/clock.ts";
import { safeMessage } from "../core/errors.ts";
import type { Logger } from "../observability/log.ts";
import { type AsanaHook, type AsanaHooks, mostHooks } from "../storage/asana-hooks.ts";
import { type AsanaApi, type AsanaFilter, type AsanaProject, type AsanaWebhook, findWorkspace } from "./asana-api.ts";
import { isSame } from "./delivery.ts";
import { hookContext } from "./known-hooks.ts";
import { asanaFolder } from "./paths.ts";

/** Of which projects somebody wants to hear. */
export interface WantedProjects {
  /** By name or gid. */
  named: readonly string[];
  /** All others of the workspace as well, as far as there is room for them. */
  andOthers: boolean;
}

export interface AsanaHooksOptions {
  api: AsanaApi;
  hooks: AsanaHooks;
  sealer: Sealer;
  /** Name or gid, where the account is in several. */
  workspace?: string | undefined;
  /** Where Asana reaches us. */
  publicUrl: () => string | undefined;
  projects: () => Promise<WantedProjects>;
  clock: Clock;
  logger: Logger;
  /** Of a hook: 128 bits that nobody can guess, in hex. */
  newHookId?: () => string;
}

/** What we want to be told of; `src/webhooks/asana.ts` reads these and no others. */
const filters: readonly AsanaFilter[] = [
  { resource_type: "task", action: "changed", fields: ["completed", "assignee", "due_on", "due_at"] },
  { resource_type: "story", resource_subtype: "comment_added", action: "added" },
];

/** How long Asana may take to make a hook. */
const makingMs = 60_000;
/** A record this old whose hook Asana does not know has lost it. */
const settledMs = 10 * 60_000;

/** Sees to it that Asana tells us of the projects that somebody wants to hear of, and of no others. */
export function createAsanaHooks(options: AsanaHooksOptions): { ensure(): Promise<void> } {
  return {
    ensure: async () => {
      const asked = await options.projects();
      if (isNone(asked) && (await options.hooks.all()).length === 0) return;
      const base = baseOf(options.publicUrl());
      if (base === undefined) {
        options.logger.warn(
          "Asana sends its webhooks only where SOPHIA_PUBLIC_URL is an https address: tasks are not told of",
        );
        return;
      }
      const workspace = await findWorkspace(options.api, options.workspace);
      const wanted = await wantedProjects(workspace, asked, options);
      // In this order: whoever makes one records it first, so that none here is without a record that is being made elsewhere.
      const there = await options.api.webhooks(workspace);
      const records = await options.hooks.all();
      const kept = await keepUseful({ there, records, base, wanted }, options);
      for (const gid of wanted) if (!kept.has(gid)) await make(gid, base, options);
    },
  };
}

/** Below which the hooks' addresses are; undefined where Asana would not send to it. The sandbox does, to this machine. */
function baseOf(publicUrl: string | undefined): string | undefined {
  if (publicUrl === undefined) return undefined;
  const { protocol, hostname } = new URL(publicUrl);
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return protocol === "https:" || isHere ? `${publicUrl.replace(/\/$/, "")}${asanaFolder}` : undefined;
}

async function wantedProjects(
  workspace: string,
  asked: WantedProjects,
  { api, logger }: AsanaHooksOptions,
): Promise<Set<string>> {
  if (isNone(asked)) return new Set();
  const all = await api.projects(workspace);
  const named = asked.named.flatMap((name) => projectNamed(name, all, logger) ?? []);
  // Named ones first: a route that wants all must not take from another one what that wants.
  const gids = [...new Set([...named, ...(asked.andOthers ? all : [])].map(({ gid }) => gid))];
  if (gids.length > mostHooks) {
    logger.warn(
      { projects: gids.length },
      `Asana tells of ${mostHooks} projects at most: name those that matter in routes`,
    );
  }
  return new Set(gids.slice(0, mostHooks));
}

function isNone({ named, andOthers }: WantedProjects): boolean {
  return named.length === 0 && !andOthers;
}

function projectNamed(wanted: string, all: readonly AsanaProject[], logger: Logger): AsanaProject | undefined {
  const found = all.find(({ gid, name }) => gid === wanted || name.toLowerCase() === wanted.trim().toLowerCase());
  if (!found) logger.warn({ project: wanted }, "a route names a project that Asana does not have");
  return found;
}

interface Standing {
  there: readonly AsanaWebhook[];
  records: readonly AsanaHook[];
  base: string;
  wanted: ReadonlySet<string>;
}

/** Takes away what is of no use, here and at Asana; gives the projects of the hooks that stay, or are being made. */
async function keepUseful(
  { there, records, base, wanted }: Standing,
  options: AsanaHooksOptions,
): Promise<Set<string>> {
  const { api, hooks, clock } = options;
  const kept = new Set<string>();
  const known = new Map(records.map((record) => [record.id, record]));
  for (const hook of there.filter(({ target, gid }) => target.startsWith(base) || records.some((r) => r.gid === gid))) {
    const record = known.get(hook.target.slice(base.length));
    known.delete(record?.id ?? "");
    const isMaking = record?.gid === null && (record.pendingUntil?.getTime() ?? 0) > clock.now();
    const isGood = record?.gid === hook.gid && hook.active && wanted.has(record.projectGid);
    if (record && (isMaking || (isGood && (await secretOf(record.id, options)) !== undefined))) {
      kept.add(record.projectGid);
      continue;
    }
    await attempt(hook.gid, "deleted", () => api.deleteWebhook(hook.gid), options);
    if (record) await hooks.remove(record.id);
  }
  for (const { id, projectGid, begunAt } of known.values()) {
    if (begunAt.getTime() + settledMs > clock.now()) kept.add(projectGid);
    else await hooks.remove(id);
  }
  return kept;
}

/** Undefined where there is none, or another SOPHIA_SECRET_KEY has sealed it: then nothing of the hook could be verified. */
async function secretOf(id: string, { hooks, sealer }: AsanaHooksOptions): Promise<string | undefined> {
  const sealed = await hooks.secretOf(id);
  try {
    return sealed && sealer.open(sealed, hookContext(id));
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}

async function make(projectGid: string, base: string, options: AsanaHooksOptions): Promise<void> {
  const { api, hooks, newHookId = () => randomBytes(16).toString("hex") } = options;
  const id = newHookId();
  if (!(await hooks.begin(id, projectGid, makingMs))) return;
  const isMade = await attempt(
    projectGid,
    "made",
    async () => {
      const { gid, secret } = await api.createWebhook(projectGid, `${base}${id}`, filters);
      const offered = await secretOf(id, options);
      const isOurs = offered !== undefined && isSame(offered, secret ?? offered);
      if (isOurs) return hooks.made(id, gid);
      // Somebody else has shaken hands, or nobody: what it sends could be anybody's.
      await api.deleteWebhook(gid);
      await hooks.remove(id);
    },
    options,
  );
  if (!isMade) await hooks.remove(id);
}

/** One project that cannot be heard of must not keep the others from it. */
async function attempt(
  about: string,
  what: "made" | "deleted",
  work: () => Promise<void>,
  { logger }: AsanaHooksOptions,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    logger.warn({ about, reason: safeMessage(error), err: error }, `a webhook of Asana's could not be ${what}`);
    return false;
  }
}
