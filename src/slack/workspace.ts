import { ServiceError } from "../core/errors.ts";
import { type SlackClient, slackError } from "./client.ts";

/** The one installation that this process serves, as `auth.test` tells it at the start. */
export interface Workspace {
  teamId: string;
  botUserId: string;
  botId?: string | undefined;
  /** Undefined where Slack does not say. */
  appId?: string | undefined;
  enterpriseId?: string | undefined;
  /** Address of its messages, with a slash at the end; undefined where Slack does not say. */
  url?: string | undefined;
}

/** Asks Slack once whose token this is. Throws ServiceError where it is refused. */
export async function identifyWorkspace(client: SlackClient): Promise<Workspace> {
  const outcome = await client.try("auth.test", {});
  if (outcome.kind === "refused") {
    const message = `Slack refused auth.test (${outcome.code}). Check SLACK_BOT_TOKEN and SLACK_API_URL.`;
    throw new ServiceError(message, { service: "Slack" });
  }
  if (outcome.kind !== "ok") throw slackError("auth.test", outcome);
  const { team_id, user_id, bot_id, app_id, enterprise_id, url } = outcome.data;
  const botUserId = String(user_id);
  return {
    teamId: String(team_id),
    botUserId,
    botId: optional(bot_id),
    appId: optional(app_id) ?? (await appIdOf(botUserId, client)),
    enterpriseId: optional(enterprise_id),
    url: optional(url),
  };
}

/** Slack does not tell every token its app; the bot's own profile does. */
async function appIdOf(botUserId: string, client: SlackClient): Promise<string | undefined> {
  const outcome = await client.try("users.info", { user: botUserId });
  if (outcome.kind !== "ok") return undefined;
  const user = outcome.data["user"] as { profile?: { api_app_id?: unknown } } | undefined;
  return optional(user?.profile?.api_app_id);
}

function optional(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export type Admission = { admitted: true } | { admitted: false; status: 400 | 403; reason: string };

/** Whether a verified delivery is well formed and meant for this workspace and app. */
export function admit(body: Record<string, unknown>, workspace: Workspace): Admission {
  if (body["type"] === "event_callback" && !hasType(body["event"])) return refuse(400, "event_without_type");
  if (typeof body["api_app_id"] === "string" && workspace.appId && body["api_app_id"] !== workspace.appId)
    return refuse(403, "other_app");
  if (!teamsOf(body).includes(workspace.teamId)) return refuse(403, "other_workspace");
  return { admitted: true };
}

function refuse(status: 400 | 403, reason: string): Admission {
  return { admitted: false, status, reason };
}

function hasType(event: unknown): boolean {
  return typeof event === "object" && event !== null && "type" in event && typeof event.type === "string";
}

/**
 * The workspaces that a delivery names. In a channel shared between companies the outer `team_id` may be the other one;
 * then `authorizations` holds the installation that the event is for.
 */
function teamsOf(body: Record<string, unknown>): unknown[] {
  const { authorizations, team } = body;
  if (Array.isArray(authorizations) && authorizations.length > 0)
    return authorizations.map((entry: { team_id?: unknown } | null) => entry?.team_id);
  if (typeof team === "object" && team !== null && "id" in team) return [team.id];
  return [body["team_id"]];
}

/** Whether the person who caused an event belongs to this workspace: a guest company in a shared channel does not. */
export function isOwnPerson(event: { team?: unknown; user_team?: unknown }, workspace: Workspace): boolean {
  const home = event.user_team ?? event.team;
  return home === undefined || home === workspace.teamId || home === workspace.enterpriseId;
}

/** Whether people of another company read the channel of an event: Slack says so beside the event. */
export function isExternallyShared(...said: readonly object[]): boolean {
  return said.some((part) => "is_ext_shared_channel" in part && part.is_ext_shared_channel === true);
}
