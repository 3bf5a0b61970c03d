import { viewBlockProblems } from "./blocks.ts";
import { checkLength, checkText, type Report } from "./checks.ts";
import { refusalWithReasons, SlackRefusal } from "./refusal.ts";
import type { Block } from "./types.ts";

const WORDS_LIMIT = 24;
const ID_LIMIT = 255;
const METADATA_LIMIT = 3000;
const VIEW_BYTES = 250_000;

/** Checks a view as Slack does and returns its blocks. Throws SlackRefusal with each reason and where it stands. */
export function checkView(given: unknown, type: "modal" | "home"): Block[] {
  const view = given as Record<string, unknown>;
  const reasons: string[] = [];
  const report: Report = (reason, pointer) => reasons.push(`${reason} [json-pointer:${pointer}]`);
  if (view["type"] !== type) report("must be a valid enum value", "/view/type");
  const blocks = view["blocks"];
  if (Array.isArray(blocks)) reasons.push(...viewBlockProblems(blocks));
  else report("missing required field: blocks", "/view");
  if (type === "modal") checkModal(view, report);
  checkOptional(view, "private_metadata", METADATA_LIMIT, report);
  checkOptional(view, "callback_id", ID_LIMIT, report);
  checkOptional(view, "external_id", ID_LIMIT, report);
  if (reasons.length > 0) throw refusalWithReasons("invalid_arguments", reasons);
  if (Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES) throw new SlackRefusal("view_too_large");
  return blocks as Block[];
}

function checkModal(view: Record<string, unknown>, report: Report): void {
  if (view["title"] === undefined) report("missing required field: title", "/view");
  for (const field of ["title", "submit", "close"]) {
    const words = view[field];
    if (words !== undefined && words !== null) checkText(words, `/view/${field}`, report, WORDS_LIMIT, "plain_text");
  }
  const blocks = Array.isArray(view["blocks"]) ? (view["blocks"] as (Block | undefined)[]) : [];
  const hasInputs = blocks.some((block) => block?.type === "input");
  if (hasInputs && !view["submit"]) report("must define `submit` to use an `input` block in modals", "/view");
}

function checkOptional(view: Record<string, unknown>, field: string, most: number, report: Report): void {
  const value = view[field];
  if (value === undefined || value === null) return;
  if (typeof value === "string") checkLength(value, `/view/${field}`, report, most);
  else report("must be a string", `/view/${field}`);
}
