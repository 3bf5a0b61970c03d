import { z } from "zod";
import type { HttpResponse } from "../../src/core/http.ts";
import type { VendorAdvice } from "../shared/vendor-error.ts";

type Words = { message: string; retryable: boolean };

const where = "Pulumi: app.pulumi.com > Settings > Access tokens";

/** What Pulumi Cloud's refusals mean. Its words quote what was sent, so that only reasons are taken from them. */
export const advice: VendorAdvice = {
  service: "Pulumi",
  credentials: `Check PULUMI_ACCESS_TOKEN, which may have expired (${where}).`,
  permission: `The token's account needs the permissions that mcp-servers/pulumi/README.md lists (${where}).`,
  recognise(response) {
    return recogniseBy(response.status, wordsOf(response));
  },
};

function recogniseBy(status: number, words: string): Words | undefined {
  if (status === 402)
    return forGood(
      "This is not part of the organization's Pulumi plan (402). Say so; only a larger plan would change it.",
    );
  if (status === 409) {
    const message =
      "Another operation is running on this stack (409). stack_status shows it; try again when it is over.";
    return { message, retryable: true };
  }
  if (status !== 400 && status !== 422) return undefined;
  if (/source context|deployment settings|agent pool/i.test(words)) return forGood(noSettings);
  if (/not allowed for this token/i.test(words))
    return forGood(`The token may not run this operation (400). ${advice.permission}`);
  if (/continuation ?token|cursor/i.test(words))
    return forGood("Pulumi no longer knows this cursor. Ask again without `cursor`.");
  if (/unknown field|query/i.test(words)) {
    return forGood(
      "Pulumi did not take the query (400). Send plain words in `query`, and type, project, stack or package in their own arguments.",
    );
  }
  if (status === 422)
    return {
      message: "Pulumi's search cannot be reached for the moment (422). Try again in a minute.",
      retryable: true,
    };
  return undefined;
}

const noSettings =
  "This stack has no deployment settings that say where its program is, so Pulumi cannot run it. Somebody has to set them: the stack's page > Settings > Deploy.";

function forGood(message: string): Words {
  return { message, retryable: false };
}

const refusal = z.object({ message: z.string() });

function wordsOf({ text }: HttpResponse): string {
  try {
    return refusal.safeParse(JSON.parse(text)).data?.message ?? "";
  } catch {
    // A proxy's page, an empty body: the status alone has to say it.
    return "";
  }
}
