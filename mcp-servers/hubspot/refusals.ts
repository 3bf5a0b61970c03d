import { z } from "zod";
import type { HttpResponse } from "../../src/core/http.ts";
import { refusalAnswer } from "./answers.ts";

type Refusal = z.output<typeof refusalAnswer>;
type Words = { message: string; retryable: boolean };

const where = "HubSpot: Settings > Integrations > Service Keys";

export const credentials = `Check HUBSPOT_API_KEY (${where}).`;
export const permission = `Give the key the scopes that mcp-servers/hubspot/README.md lists (${where}).`;

/** What HubSpot's own words say more exactly than the status; undefined where they say no more. Quotes no value of a record. */
export function recogniseRefusal({ status, text }: HttpResponse): Words | undefined {
  const refusal = readRefusal(text);
  if (!refusal) return undefined;
  const { category, policyName } = refusal;
  if (status === 401 && category === "EXPIRED_AUTHENTICATION") return forGood(`HubSpot's key has expired. ${newKey}`);
  if (status === 402 || category === "PAYMENT_REQUIRED") return forGood(planOnly);
  if (category === "MISSING_SCOPES") return forGood(missingScopes(refusal));
  if (status === 409) return forGood(conflict(refusal));
  if (status === 429 && policyName === "DAILY") return { message: dailyLimit, retryable: false };
  if (status === 423 || status === 477) return { message: locked, retryable: true };
  if (status === 400) return badFields(refusal);
  return undefined;
}

const newKey = `Make a new one and set HUBSPOT_API_KEY (${where}).`;
const planOnly = "This is not part of the HubSpot plan of this account. Say so; only a larger plan would change it.";
const dailyLimit =
  "HubSpot's requests of this day are used up; they begin anew at midnight in the account's time zone. Say so.";
const locked = "HubSpot has locked this record or account for a moment. Try again in a minute.";

function forGood(message: string): Words {
  return { message, retryable: false };
}

function readRefusal(text: string): Refusal | undefined {
  const parsed = refusalAnswer.safeParse(parseOrNothing(text));
  return parsed.success ? parsed.data : undefined;
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, an empty body: the status alone has to say it.
    return undefined;
  }
}

/** Any one of those that it names is enough. */
function missingScopes(refusal: Refusal): string {
  const contexts = [refusal.context, ...(refusal.errors ?? []).map(({ context }) => context)];
  const named = contexts.flatMap((context) => [
    ...(context?.requiredGranularScopes ?? []),
    ...(context?.requiredScopes ?? []),
  ]);
  const scopes = [...new Set(named)].filter((scope) => /^[\w.-]{1,80}$/.test(scope));
  if (scopes.length === 0) return `The HubSpot key lacks a scope for this (403). ${permission}`;
  return `The HubSpot key lacks a scope for this: ${scopes.join(" or ")}. Give it to the key (${where}).`;
}

function conflict({ message }: Refusal): string {
  const existing = /Existing ID: (\d+)/i.exec(message ?? "")?.[1];
  const which = existing ? `the record ${existing}` : "another record";
  return `HubSpot did not save it: ${which} already has a value that only one may have, such as this e-mail address (409).`;
}

/** HubSpot names fields in one of three places; the words beside them may quote what was sent, so only the codes are told. */
function badFields(refusal: Refusal): Words | undefined {
  const problems = [...invalidValues(refusal.message ?? ""), ...(refusal.errors ?? []).flatMap(problemsOfError)];
  const told = [...new Set(problems)].slice(0, 10);
  if (told.length === 0) return undefined;
  return forGood(`HubSpot did not accept these fields: ${told.join("; ")}.`);
}

type RefusalError = NonNullable<Refusal["errors"]>[number];

function problemsOfError({ message, code, context }: RefusalError): string[] {
  const fields = [
    ...(context?.propertyName ?? []),
    ...(context?.properties ?? []),
    ...(context?.missingProperties ?? []),
  ];
  const inner = invalidValues(message ?? "");
  if (inner.length > 0) return inner;
  return fields.filter(isName).map((field) => `${field} (${reason(code)})`);
}

const invalidValue = z.array(z.object({ name: z.string(), error: z.string().nullish() }));

/** `Property values were not valid: [{"isValid":false,"message":"...","error":"INVALID_INTEGER","name":"amount"}]`. */
function invalidValues(message: string): string[] {
  const start = message.indexOf("[{");
  if (start < 0) return [];
  const parsed = invalidValue.safeParse(parseOrNothing(message.slice(start)));
  if (!parsed.success) return [];
  return parsed.data.filter(({ name }) => isName(name)).map(({ name, error }) => `${name} (${reason(error)})`);
}

function isName(text: string): boolean {
  return /^\w{1,100}$/.test(text);
}

/** "INVALID_INTEGER" as "invalid integer". An administrator's rules may demand a property that no argument is for. */
function reason(code: string | null | undefined): string {
  if (!code || !isName(code)) return "not valid";
  if (code.includes("REQUIRED")) return "required by a rule of this account: give it in `properties`";
  return code.toLowerCase().replaceAll("_", " ");
}
