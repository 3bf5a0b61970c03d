import { z } from "zod";
import type { HttpResponse } from "../../src/core/http.ts";
import type { VendorAdvice } from "../shared/vendor-error.ts";

type Words = { message: string; retryable: boolean };

const where = "Pinecone: app.pinecone.io > the project > API keys";

/** What Pinecone's refusals mean. Their words quote what was sent, so that only numbers and reasons are taken from them. */
export const advice: VendorAdvice = {
  service: "Pinecone",
  credentials: `Check PINECONE_API_KEY, which belongs to one project (${where}).`,
  permission: `Give the key the roles that mcp-servers/pinecone/README.md lists (${where}).`,
  recognise(response) {
    return recogniseBy(response.status, wordsOf(response));
  },
};

function recogniseBy(status: number, words: string): Words | undefined {
  if (status === 402) return forGood("This is not part of the Pinecone plan of this organization (402). Say so.");
  if (status === 429 && /\b(month|upgrade|plan)\b/i.test(words)) {
    return forGood(
      "What the Pinecone plan allows in a month is used up (429). Say so; only a larger plan or a new month helps.",
    );
  }
  if (status === 403 && /quota|limit|upgrade/i.test(words)) {
    return forGood("A quota of this Pinecone project is used up (403). Whoever runs Sophia can raise it.");
  }
  return status === 400 ? recogniseBadRequest(words) : undefined;
}

function recogniseBadRequest(words: string): Words | undefined {
  const [, sent, wanted] = /dimension (\d+) does not match the dimension of the index (\d+)/i.exec(words) ?? [];
  if (sent && wanted) return forGood(`vector has ${sent} numbers; this index takes ${wanted}.`);
  if (/metadata size/i.test(words))
    return forGood("text and metadata together are larger than the 40 KB that Pinecone keeps of a record.");
  if (/\boperator\b|\bfilter\b/i.test(words)) return forGood(badFilter);
  if (/integrated (inference|embedding)/i.test(words))
    return forGood("This index has no model of its own, so it takes vectors, not text.");
  return undefined;
}

const badFilter =
  "Pinecone did not take the filter (400). $gt, $gte, $lt, $lte take a number; $in, $nin a list; $eq, $ne a text, number or boolean.";

function forGood(message: string): Words {
  return { message, retryable: false };
}

const refusal = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

function wordsOf({ text }: HttpResponse): string {
  try {
    const parsed = refusal.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : "";
  } catch {
    // Its gatekeeper's plain words, or a proxy's page: the status alone has to say it.
    return "";
  }
}
