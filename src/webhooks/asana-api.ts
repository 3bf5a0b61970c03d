import { z } from "zod";
import { ServiceError, UserError } from "../core/errors.ts";
import { exchange } from "../core/http.ts";

export interface AsanaApiOptions {
  /** Ends in `/api/1.0`. */
  baseUrl: string;
  accessToken: string;
  fetchFn?: typeof fetch;
}

export interface AsanaProject {
  gid: string;
  name: string;
}

export interface AsanaWebhook {
  gid: string;
  /** Null for one that this account may not see any more. */
  resource: { gid: string } | null;
  target: string;
  active: boolean;
}

/** What may be asked of a webhook's events. */
export interface AsanaFilter {
  resource_type: string;
  resource_subtype?: string;
  action: string;
  fields?: readonly string[];
}

/** The few requests of Asana's API that concern webhooks; all else is for its MCP server. */
export interface AsanaApi {
  workspaces(): Promise<AsanaProject[]>;
  /** Those that are not archived. */
  projects(workspaceGid: string): Promise<AsanaProject[]>;
  /** Those of this account. */
  webhooks(workspaceGid: string): Promise<AsanaWebhook[]>;
  /** Resolves once the target has shaken hands; the secret is what Asana says that it gave it. */
  createWebhook(
    resource: string,
    target: string,
    filters: readonly AsanaFilter[],
  ): Promise<{ gid: string; secret?: string }>;
  deleteWebhook(gid: string): Promise<void>;
}

/** Asana waits ten seconds for the handshake while a webhook is made. */
const timeoutMs = 20_000;
const mostPages = 20;

const named = z.object({ gid: z.string(), name: z.string() });
const webhook = z.object({
  gid: z.string(),
  resource: z.object({ gid: z.string() }).nullable(),
  target: z.string(),
  active: z.boolean(),
});
const created = z.object({ data: z.object({ gid: z.string() }), "X-Hook-Secret": z.string().optional() });
const refusal = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });

export function createAsanaApi(options: AsanaApiOptions): AsanaApi {
  const list = async <Item>(path: string, item: z.ZodType<Item>): Promise<Item[]> => {
    const schema = z.object({ data: z.array(item), next_page: z.object({ offset: z.string() }).nullish() });
    const items: Item[] = [];
    let offset = "";
    for (let page = 0; page < mostPages; page++) {
      const { data, next_page } = await call(options, "GET", `${path}&limit=100${offset}`, schema);
      items.push(...data);
      if (!next_page) break;
      offset = `&offset=${encodeURIComponent(next_page.offset)}`;
    }
    return items;
  };
  const inWorkspace = (gid: string): string => `workspace=${encodeURIComponent(gid)}`;
  return {
    workspaces: () => list("/workspaces?opt_fields=name", named),
    projects: (gid) => list(`/projects?${inWorkspace(gid)}&archived=false&opt_fields=name`, named),
    webhooks: (gid) => list(`/webhooks?${inWorkspace(gid)}&opt_fields=active,resource,target`, webhook),
    createWebhook: async (resource, target, filters) => {
      const made = await call(options, "POST", "/webhooks", created, { data: { resource, target, filters } });
      const secret = made["X-Hook-Secret"];
      return { gid: made.data.gid, ...(secret === undefined ? {} : { secret }) };
    },
    deleteWebhook: async (gid) => {
      await call(options, "DELETE", `/webhooks/${encodeURIComponent(gid)}`, z.unknown());
    },
  };
}

async function call<Answer>(
  { baseUrl, accessToken, fetchFn }: AsanaApiOptions,
  method: string,
  path: string,
  schema: z.ZodType<Answer>,
  body?: unknown,
): Promise<Answer> {
  const headers: Record<string, string> = { authorization: `Bearer ${accessToken}`, accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const request = { method, url: `${baseUrl}${path}`, headers, timeoutMs };
  const sent = body === undefined ? request : { ...request, body: JSON.stringify(body) };
  const { status, text } = await exchange("Asana", sent, fetchFn);
  const answer = jsonOf(text);
  if (status >= 400) {
    const said = refusal.safeParse(answer).data?.errors[0]?.message ?? `status ${status}`;
    throw new ServiceError(`Asana refused ${method} ${path.split("?", 1)[0]}: ${said}`, { service: "Asana", status });
  }
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  throw new ServiceError("Asana answered in a form that is not known.", {
    service: "Asana",
    status,
    cause: read.error,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The workspace by its name or gid; the only one where none is named. */
export async function findWorkspace(api: Pick<AsanaApi, "workspaces">, wanted: string | undefined): Promise<string> {
  const all = await api.workspaces();
  const found = wanted === undefined ? all : all.filter(({ gid, name }) => gid === wanted || name === wanted);
  const [only, ...others] = found;
  if (only && others.length === 0) return only.gid;
  throw new UserError("ASANA_WORKSPACE must name one of the workspaces that Sophia's Asana account is in.");
}
