import { ServiceError } from "../core/errors.ts";
import { exchange } from "../core/http.ts";

const timeoutMs = 10_000;

interface SlackAnswer {
  ok: boolean;
  error?: string;
  team?: string;
  user?: string;
}

/** What Slack says of the bot token: the workspace, and the scopes that it was granted. Throws ServiceError. */
export async function checkBotToken(
  apiUrl: string,
  token: string,
): Promise<{ team: string; user: string; scopes: string[] }> {
  const { answer, headers } = await post(apiUrl, "auth.test", token, "SLACK_BOT_TOKEN");
  const scopes = (headers.get("x-oauth-scopes") ?? "").split(",").map((scope) => scope.trim());
  return { team: answer.team ?? "", user: answer.user ?? "", scopes: scopes.filter(Boolean) };
}

/** Whether Slack opens a socket for the app token. Throws ServiceError. */
export async function checkAppToken(apiUrl: string, token: string): Promise<void> {
  await post(apiUrl, "apps.connections.open", token, "SLACK_APP_TOKEN");
}

/** `variable` holds the token: who reads the refusal is to check it. */
async function post(
  apiUrl: string,
  method: string,
  token: string,
  variable: string,
): Promise<{ answer: SlackAnswer; headers: Headers }> {
  const response = await exchange("Slack", {
    method: "POST",
    url: new URL(method, apiUrl).href,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
    timeoutMs,
  });
  const answer = parse(response.text);
  if (answer.ok) return { answer, headers: response.headers };
  const why = answer.error ?? `HTTP ${response.status}`;
  const message = `Slack refused ${method} (${why}). Check ${variable} and SLACK_API_URL.`;
  throw new ServiceError(message, { service: "Slack", status: response.status });
}

function parse(text: string): SlackAnswer {
  try {
    return JSON.parse(text) as SlackAnswer;
  } catch {
    return { ok: false };
  }
}
