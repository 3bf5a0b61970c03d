import type { Service } from "../listeners/context.ts";
import type { Person } from "../people.ts";
import { type Roles, rolesFor } from "../roles.ts";

/** As Slack shows it above an empty message box. */
export interface Prompt {
  title: string;
  message: string;
}

/** `needs`: the server without which there would be no answer. */
interface Offered extends Prompt {
  needs: string;
}

/** Slack takes four. */
const most = 4;

const ofEverybody: readonly Offered[] = [
  { needs: "gong", title: "Yesterday's calls", message: "Summarize yesterday's calls" },
  { needs: "hubspot", title: "Deals that went quiet", message: "Which of my deals have had no call in 14 days?" },
  { needs: "asana", title: "My tasks", message: "What are my tasks?" },
  { needs: "gong", title: "Next steps", message: "Which next steps did we promise this week?" },
  { needs: "gong", title: "Objections", message: "Which objections came up since Monday?" },
];

const ofRoles: Readonly<Record<string, readonly Offered[]>> = {
  "sales-analyst": [
    { needs: "hubspot", title: "The pipeline", message: "As sales analyst, show the pipeline" },
    { needs: "snowflake", title: "Revenue", message: "As sales analyst, show revenue by month" },
  ],
  "project-manager": [
    { needs: "asana", title: "Overdue", message: "As project manager, which tasks are overdue?" },
    { needs: "gong", title: "Tasks from calls", message: "As project manager, which next steps have no task yet?" },
  ],
};

/** Those of the roles that name this person first: whoever everybody may ask is nobody's own. */
export function promptsFor(person: Person, roles: Roles, services: readonly Service[]): Prompt[] {
  const offered = new Set(services.flatMap(({ server, offered: is }) => (is ? [server] : [])));
  const own = rolesFor(person, roles).filter((name) => roles[name]?.people !== undefined);
  const all = [...own.flatMap((name) => ofRoles[name] ?? []), ...ofEverybody];
  return all
    .filter(({ needs }) => offered.has(needs))
    .slice(0, most)
    .map(({ title, message }) => ({ title, message }));
}
