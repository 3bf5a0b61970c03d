/** What stands in the project manager whatever the deals are. Days count from the day of the world. */

export interface ProjectRow {
  name: string;
  team: "Sales" | "Customer operations";
  owner: string;
  notes: string;
  color: string;
  sections: readonly string[];
  /** Handles; everybody in the team and Sophia unless named: then it is private to them. */
  members?: readonly string[];
  isArchived?: boolean;
  status?: readonly [type: string, title: string, text: string, author: string, daysAgo: number];
}

export const TEAM_ROWS = [
  [
    "Sales",
    "Deals, forecasts and everything around them",
    ["maya", "daniel", "tomas", "grace", "oliver", "zoe", "priya", "jack", "hannah", "ben", "ruth"],
  ],
  ["Customer operations", "From signature to the first rent payment", ["ruth", "arjun", "maya", "oliver", "ben"]],
] as const;

export const PROJECT_ROWS: readonly ProjectRow[] = [
  {
    name: "Deal follow-ups",
    team: "Sales",
    owner: "maya",
    notes: "What we said on a call that we would do, and what the customer said. One task for each promise.",
    color: "dark-blue",
    sections: ["To do", "Waiting on customer", "Done"],
    status: ["on_track", "Follow-ups, this week", "Most promises are kept within two days. A few are late.", "maya", 6],
  },
  {
    name: "Customer onboarding",
    team: "Customer operations",
    owner: "arjun",
    notes: "Every signed customer, from kickoff to the first month in which rent is paid with us.",
    color: "dark-green",
    sections: ["Kickoff", "Integration", "Training", "Live"],
    status: [
      "at_risk",
      "Onboarding: interface users are late",
      "Two customers have not given us the interface user of their property system. Go-live may move by a week.",
      "arjun",
      3,
    ],
  },
  {
    name: "Renewals",
    team: "Sales",
    owner: "oliver",
    notes: "Reviews with customers whose term ends.",
    color: "light-orange",
    sections: ["Upcoming", "In conversation", "Renewed"],
  },
  {
    name: "Sales operations",
    team: "Sales",
    owner: "ruth",
    notes: "Reports, data and tools.",
    color: "light-purple",
    sections: ["Backlog", "This week", "Done"],
  },
  {
    name: "Deal desk",
    team: "Sales",
    owner: "ben",
    notes: "Discounts and terms that need a decision. Not for everybody.",
    color: "dark-red",
    sections: ["Requested", "Decided"],
    members: ["maya", "ben", "ruth", "daniel"],
  },
  {
    name: "Pricing review, spring",
    team: "Sales",
    owner: "ruth",
    notes: "Finished; kept for reference.",
    color: "light-warm-gray",
    sections: ["Tasks"],
    isArchived: true,
  },
];

/** For each deal that was won lately; `day` counts from its close date. */
export const ONBOARDING_ROWS = [
  ["Kickoff", "kickoff call", "owner", 7, "Who does what, and by when. Agenda in the deal's folder."],
  ["Integration", "create the {system} interface user", "arjun", 14, "With read and receipt permissions only."],
  ["Integration", "load the unit list for {units} homes", "ruth", 21, "Check the count against the contract."],
  ["Training", "train the site managers", "arjun", 35, "Two sessions of 45 minutes; record both."],
  ["Live", "go-live", "owner", 45, "First rent payments on the platform."],
] as const;

export interface TaskRow {
  project: string;
  section: string;
  name: string;
  assignee?: string;
  /** Days from today; with `at`, a moment on that day, by the wall clock of the company. */
  due?: number;
  /** Minutes after midnight. */
  at?: number;
  start?: number;
  isDone?: boolean;
  priority?: "High" | "Medium" | "Low";
  notes?: string;
  comments?: readonly (readonly [author: string, text: string])[];
}

const OPERATIONS = "Sales operations";

export const TASK_ROWS: readonly TaskRow[] = [
  {
    project: OPERATIONS,
    section: "This week",
    name: "Move close dates that lie in the past",
    assignee: "ruth",
    due: 1,
    priority: "High",
    notes: "The forecast counts them in the wrong quarter. Ask each owner before you change anything.",
    comments: [["maya", "Mine are done. Tomás and Grace still have some."]],
  },
  {
    project: OPERATIONS,
    section: "This week",
    name: "Forecast meeting: send the numbers beforehand",
    assignee: "ruth",
    due: 2,
    at: 9 * 60,
    priority: "High",
  },
  {
    project: OPERATIONS,
    section: "This week",
    name: "Check the list of trackers in Gong with the managers",
    assignee: "maya",
    due: -2,
    priority: "Medium",
  },
  {
    project: OPERATIONS,
    section: "This week",
    name: "Territories for next year: first draft",
    assignee: "ben",
    start: -5,
    due: 6,
  },
  {
    project: OPERATIONS,
    section: "This week",
    name: "Merge duplicate contacts",
    assignee: "hannah",
    due: 0,
    priority: "Low",
  },
  { project: OPERATIONS, section: "Backlog", name: "Report on deals without a next step", assignee: "ruth", due: 12 },
  { project: OPERATIONS, section: "Backlog", name: "Write down how discounts are approved" },
  { project: OPERATIONS, section: "Backlog", name: "Ask for a second seat in the analytics tool", assignee: "ruth" },
  {
    project: OPERATIONS,
    section: "Backlog",
    name: "Onboarding plan for the new account executive",
    assignee: "oliver",
    due: 20,
  },
  {
    project: OPERATIONS,
    section: "Backlog",
    name: "Clean up old pipelines",
    due: -9,
    assignee: "ruth",
    priority: "Low",
  },
  {
    project: OPERATIONS,
    section: "Done",
    name: "Quota letters for the quarter",
    assignee: "ruth",
    due: -30,
    isDone: true,
  },
  {
    project: OPERATIONS,
    section: "Done",
    name: "New one-pager for credit reporting",
    assignee: "hannah",
    due: -16,
    isDone: true,
  },
  {
    project: OPERATIONS,
    section: "Done",
    name: "Export last quarter's commissions",
    assignee: "ruth",
    due: -22,
    isDone: true,
  },
  { project: "Deal desk", section: "Requested", name: "Two-year term with a price hold", assignee: "ben", due: 2 },
  { project: "Deal desk", section: "Requested", name: "Waive the setup fee for a pilot", assignee: "maya", due: -1 },
  {
    project: "Deal desk",
    section: "Decided",
    name: "15 percent for three communities",
    assignee: "ben",
    due: -7,
    isDone: true,
  },
  {
    project: "Pricing review, spring",
    section: "Tasks",
    name: "Compare our list with the rivals'",
    assignee: "ruth",
    due: -190,
    isDone: true,
  },
  {
    project: "Pricing review, spring",
    section: "Tasks",
    name: "Interview five lost customers",
    assignee: "maya",
    due: -200,
    isDone: true,
  },
  { project: "", section: "", name: "Book the trip to the sales meeting", assignee: "maya", due: 9 },
  { project: "", section: "", name: "Expense report", assignee: "daniel", due: -4 },
  { project: "", section: "", name: "Read the new security questionnaire", assignee: "arjun" },
];
