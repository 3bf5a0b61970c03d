import { toolName } from "./calls.ts";
import type { Conversation } from "./conversation.ts";

/** What can be asked, by the tool that it takes. */
const ABILITIES: readonly (readonly [tool: string, line: string])[] = [
  ["get_calls", "Summaries: _summarize yesterday's calls_, _what happened on calls last week_"],
  ["find_calls", "An account: _what did Acme say_, _last call with Acme_"],
  ["get_calls", "A person: _Maya's calls this week_, _my calls yesterday_"],
  ["get_calls", "What was heard: _objections this week_, _competitors mentioned last week_"],
  ["get_calls", "What comes next: _next steps from yesterday's calls_"],
  ["find_calls", "One topic: _what was said about pricing in the Acme call_"],
  ["semantic_search", "All customers: _what did customers say about pricing last month_"],
  [
    "get_rep_activity",
    "Figures of calls: _rep activity last week_, _talk ratio this week_, _which trackers do we have_",
  ],
  ["search_deals", "Changes: _what has changed in the pipeline since yesterday_, _what is on my day_"],
  ["search_tasks", "Late: _which tasks are overdue_"],
  ["search_deals", "Deals: _show the pipeline_, _which of my deals over 50k have had no call in 14 days_"],
  ["get_company", "Owners: _who owns Acme_"],
  ["execute_query", "Revenue: _what would losing Acme cost us this year_, _revenue by month for Acme_"],
  ["draw_chart", "A quarter: _what does it do to the quarter if Acme slips_"],
  ["get_my_tasks", "Tasks: _my tasks_, _create a task for the Acme follow-up due Friday_, _mark task X as done_"],
  [
    "update_deal",
    "Changes to deals: _move the Acme deal to negotiation and set it to 80k_, _add a note to the Acme deal: ..._",
  ],
  ["send_message", "Messages: _send a message to #sales: ..._"],
  ["list_stacks", "Infrastructure: _is the billing stack drifting_, _list our stacks_"],
  ["get_calls", "Follow-ups in a thread: _and the next steps?_, _only Acme's_, _make it shorter_"],
];

/** What can be asked with the tools that are offered, a line each. */
export function abilitiesOf(conversation: Conversation): string[] {
  return ABILITIES.filter(([tool]) => toolName(conversation, tool)).map(([, line]) => `- ${line}`);
}
