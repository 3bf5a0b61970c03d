import { z } from "zod";
import type { HttpResponse } from "../../src/core/http.ts";
import type { VendorAdvice } from "../shared/vendor-error.ts";

const app = "api.slack.com/apps > your app > OAuth & Permissions";

const refusalBody = z.object({ error: z.string(), needed: z.string().nullish() });

/** What Slack's refusals of the token mean. Codes and scopes are all that is taken from its answers. */
export const advice: VendorAdvice = {
  service: "Slack",
  credentials: `Check SLACK_BOT_TOKEN (Slack: ${app} > Bot User OAuth Token).`,
  permission: `Give the app the scopes that mcp-servers/slack/README.md lists and install it again (Slack: ${app}).`,
  recognise({ status, text }: HttpResponse) {
    if (status !== 401 && status !== 403) return undefined;
    const refusal = refusalBody.safeParse(parseOrNothing(text));
    if (!refusal.success) return undefined;
    const { error, needed } = refusal.data;
    const scope = needed && /^[a-z:._,]{1,200}$/.test(needed) ? needed : undefined;
    if (error === "missing_scope" && scope) {
      return { message: `Sophia's Slack app lacks the scope ${scope}. ${scopeAdvice}`, retryable: false };
    }
    if (status === 401) {
      return { message: `Slack does not take the bot token (${error}). ${advice.credentials}`, retryable: false };
    }
    return undefined;
  },
};

const scopeAdvice = `Paste manifest.json at api.slack.com/apps > your app > App Manifest and install the app again.`;

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page: the status alone has to say it.
    return undefined;
  }
}
