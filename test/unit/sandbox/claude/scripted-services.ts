import { standardTools, type Tools } from "./scripted-thread.ts";

export const twoWeeks = {
  phrase: "in 14 days",
  from: "2026-11-07T00:00:00-05:00",
  to: "2026-11-21T00:00:00-05:00",
  days: "Sat 7 Nov - Fri 20 Nov 2026",
};
export const friday = {
  phrase: "due Friday",
  from: "2026-11-27T00:00:00-05:00",
  to: "2026-11-28T00:00:00-05:00",
  days: "Fri 27 Nov 2026",
};
export const lastMonth = {
  phrase: "last month",
  from: "2026-10-01T00:00:00-04:00",
  to: "2026-11-01T00:00:00-04:00",
  days: "Thu 1 Oct - Sat 31 Oct 2026",
};

export const deal = (id: string, company: string | null, amount: number, currency = "USD", stage = "Proposal") => ({
  id,
  name: `${company ?? "Nobody"}: rollout`,
  url: `https://crm.example/${id}`,
  status: "open",
  stage,
  amount: { amount, currency },
  close_date: "2027-01-05",
  owner: { name: "Sam Ortiz", email: "sam@sophia.example" },
  company: company && { id: `9${id}`, name: company, url: `https://crm.example/9${id}` },
});
export const deals = [
  deal("1", "Acme", 90_000),
  deal("2", "Borealis", 70_000, "EUR"),
  deal("3", "Cirrus & Co", 50_000),
];
const company = {
  company: { id: "91", name: "Acme", url: "https://crm.example/91", owner: deals[0]?.owner },
  open_deals: [deals[0]],
};
const revenueRow = {
  CURRENCY: "USD",
  BILLED: "1000.50",
  BILLED_TO: "2026-10-01",
  CONTRACTED_LEFT: "200.00",
  FORECAST_LEFT: "300.00",
  LEFT_FROM: "2026-11-01",
  LEFT_TO: "2026-12-01",
  WHOLE: "1300.50",
};
const stages = [
  { id: "a", name: "Proposal", status: "open" },
  { id: "b", name: "Negotiation", status: "open" },
  { id: "c", name: "Closed Won", status: "won" },
];
const task = {
  id: "5",
  name: "Call Acme",
  url: "https://tasks.example/5",
  due_on: "2026-11-27",
  projects: [{ id: "7", name: "Deal follow-ups" }],
  assignee: { name: "Sam Ortiz" },
};

export const tools: Tools = {
  ...standardTools,
  hubspot__search_deals: () => ({ deals, total: 3, truncated: false }),
  hubspot__get_company: () => company,
  hubspot__list_pipelines: () => ({ pipelines: [{ id: "p", name: "Sales", stages }] }),
  hubspot__add_note: () => ({ note_id: "1", on: [] }),
  hubspot__update_deal: ({ stage = "Proposal", amount = 90_000 }) => ({
    deal: deal("1", "Acme", amount, "USD", stage),
    changed: [],
  }),
  snowflake__execute_query: () => ({ status: "succeeded", rows: [revenueRow] }),
  pinecone__semantic_search: () => ({ passages: [], truncated: false }),
  asana__list_projects: () => ({ projects: [{ id: "7", name: "Deal follow-ups" }], truncated: false }),
  asana__create_task: () => ({ task }),
  asana__search_tasks: () => ({ tasks: [task], truncated: false }),
  asana__update_task_status: () => ({ task }),
  asana__get_my_tasks: () => ({
    assignee: task.assignee,
    counts: { overdue: 1 },
    tasks: [{ ...task, due: "overdue" }],
  }),
  pulumi__list_stacks: () => ({
    stacks: [{ name: "billing/prod", url: "https://stacks.example/1" }, { name: "data/prod" }],
  }),
  pulumi__drift_status: () => ({ drifted: true, looking_now: false }),
  slack__send_message: () => ({ message: { url: "https://slack.example/1", channel: { name: "#sales" } } }),
};

export const inputsOf = (steps: { name: string; input: any }[][], name: string): any[] =>
  steps.flat().flatMap((step) => (step.name === name ? [step.input] : []));
