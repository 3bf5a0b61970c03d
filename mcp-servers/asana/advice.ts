import { z } from "zod";
import type { HttpResponse } from "../../src/core/http.ts";
import type { VendorAdvice } from "../shared/vendor-error.ts";

const errorsAnswer = z.object({ errors: z.array(z.object({ message: z.string() })) });

/** What Asana's refusals mean. Its messages quote what was sent, so only fields, reasons and scopes are taken from them. */
export const advice: VendorAdvice = {
  service: "Asana",
  credentials: "Check ASANA_ACCESS_TOKEN (Asana: app.asana.com/0/my-apps).",
  permission:
    "The account of ASANA_ACCESS_TOKEN has to be a member of the project or task, with the right to do this; share it with that account in Asana.",
  recognise(response) {
    const messages = messagesOf(response);
    return recogniseBy(response.status, messages.join("\n"));
  },
};

function recogniseBy(status: number, messages: string): { message: string; retryable: boolean } | undefined {
  if (status === 402) {
    return { message: "This is only in Asana's paid plans, and this workspace has none (402).", retryable: false };
  }
  const [scope] = /\b[a-z_]+:(?:read|write|delete)\b/.exec(messages) ?? [];
  if (status === 403 && scope) {
    const message = `The token lacks the scope ${scope} (403). Give it to the app in Asana's developer console; mcp-servers/asana/README.md lists all that are needed.`;
    return { message, retryable: false };
  }
  if (status !== 400) return undefined;
  if (/^offset\b|pagination token/im.test(messages)) {
    return { message: "Asana no longer knows this cursor. Ask again without `cursor`.", retryable: false };
  }
  const fields = fieldReasons(messages);
  if (fields === "") return undefined;
  return { message: `Asana did not accept this (400): ${fields}.`, retryable: false };
}

/** "due_on: Value is not a valid date: 2026-13-01" -> "due_on: Value is not a valid date". */
function fieldReasons(messages: string): string {
  const reasons = messages.matchAll(/^([a-z_.]{1,60}): ([A-Z][A-Za-z ]{0,80}?)(?=[^A-Za-z ]|$)/gm);
  return [...reasons]
    .slice(0, 5)
    .map(([, field, reason]) => `${field}: ${reason?.trim()}`)
    .join("; ");
}

function messagesOf({ text }: HttpResponse): string[] {
  try {
    const answer = errorsAnswer.safeParse(JSON.parse(text));
    return answer.success ? answer.data.errors.map(({ message }) => message) : [];
  } catch {
    // Not Asana's own words, such as a proxy's page: the status alone says what it can.
    return [];
  }
}
