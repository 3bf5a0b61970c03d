import type { Step } from "../../agent/ports.ts";
import { textOf } from "../../agent/memory.ts";
import type { CalendarSettings } from "../../agent/calendar.ts";
import {
  callSchema,
  type CallFacts,
  companySchema,
  type CompanyFacts,
  type DealFacts,
  dealOf,
  dealsSchema,
  type Segment,
  transcriptSchema,
} from "./call-facts.ts";
import { checkSummary, isEnough } from "./check-summary.ts";
import { outputOf, type ResultStep } from "./recorded-reads.ts";
import { readSummary, type Summary } from "./summary.ts";

/** What a turn has read of a call, and what Claude made of it: all of it stands in the turn's steps. */
export interface CallRecord {
  call: CallFacts;
  segments: Segment[];
  company: CompanyFacts["company"] | undefined;
  deal: DealFacts | undefined;
  /** Further open deals of the account. */
  otherDeals: number;
  /** HubSpot was asked and did not say. */
  isDealUnknown: boolean;
  /** Of the last of Claude's answers of which enough holds, what does. */
  summary: Summary | undefined;
  /** What did not hold in the last answer; undefined where there is no answer. */
  wrong: string[] | undefined;
}

/** Undefined where the call itself was not read. */
export function recordOf(steps: readonly Step[], calendar: CalendarSettings): CallRecord | undefined {
  const results = steps.filter((step): step is ResultStep => step.kind === "tool_result");
  const of = (tool: string) => results.filter((result) => result.tool === tool);
  const call = outputOf(of("gong__get_call_summary")[0], callSchema);
  if (!call) return undefined;
  const segments = of("gong__get_call_transcript").flatMap((page) => outputOf(page, transcriptSchema)?.segments ?? []);
  const [companyResult] = of("hubspot__get_company");
  const company = outputOf(companyResult, companySchema);
  const [searchResult] = of("hubspot__search_deals");
  const searched = outputOf(searchResult, dealsSchema);
  const open = company?.open_deals ?? [];
  const deals = open.length > 0 ? open : (searched?.deals ?? []);
  return {
    call,
    segments,
    company: company?.company,
    deal: dealOf(deals, call.owner?.email),
    otherDeals: Math.max(0, open.length - 1),
    isDealUnknown: isUnsaid(companyResult, company) || isUnsaid(searchResult, searched),
    ...summaryIn(steps, { call, segments, records: recordsIn(results), calendar }),
  };
}

/** It was asked and did not answer. That there is no such company is an answer, told by its words: a step keeps no more of a failure. */
function isUnsaid(result: ResultStep | undefined, output: unknown): boolean {
  return result !== undefined && output === undefined && !result.text.includes("HubSpot has no company");
}

function recordsIn(results: readonly ResultStep[]): string {
  return results
    .filter(({ tool, isError }) => tool.startsWith("hubspot__") && !isError)
    .map(({ text }) => text)
    .join("\n");
}

function summaryIn(
  steps: readonly Step[],
  heard: Parameters<typeof checkSummary>[1],
): Pick<CallRecord, "summary" | "wrong"> {
  const texts = steps.flatMap((step) => (step.kind === "answer" ? textOf(step).trim() : []));
  const checked = texts.filter((text) => text !== "").map((text) => checkedText(text, heard));
  return { summary: checked.findLast((one) => one.summary)?.summary, wrong: checked.at(-1)?.wrong };
}

function checkedText(text: string, heard: Parameters<typeof checkSummary>[1]): { summary?: Summary; wrong: string[] } {
  const said = readSummary(text);
  if (!said) return { wrong: ["It is not the JSON that was asked for."] };
  const checked = checkSummary(said, heard);
  return { ...(isEnough(checked) && { summary: checked.kept }), wrong: checked.wrong };
}
