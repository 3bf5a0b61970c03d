import { ServiceError } from "../core/errors.ts";
import { exchange } from "../core/http.ts";

/** Whether the key and the model are accepted: counts the tokens of one word, which costs nothing. Throws ServiceError. */
export async function checkClaude(baseUrl: string, apiKey: string, model: string): Promise<void> {
  const response = await exchange("Claude", {
    method: "POST",
    url: new URL("/v1/messages/count_tokens", baseUrl).href,
    headers: {
      authorization: `Bearer ${apiKey}`,
      "anthropic-version": "2026-10-21",
      "content-type": "application/json",
    },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hello" }] }),
    timeoutMs: 15_000,
  });
  if (response.status === 200) return;
  const hints: Record<number, string> = {
    401: "refused the key: check ANTHROPIC_API_KEY",
    403: "does not let this key use the API: check its workspace and permissions",
    404: `does not know the model ${model}: check SOPHIA_MODEL`,
    400: `refused the request: check that SOPHIA_MODEL (${model}) is a current model`,
    429: "is limiting this key: raise its limits or wait",
  };
  const why = hints[response.status] ?? `answered HTTP ${response.status}: try again in a minute`;
  throw new ServiceError(`Claude ${why}.`, { service: "Claude", status: response.status, cause: response.text });
}
