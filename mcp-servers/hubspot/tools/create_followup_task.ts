import { z } from "zod";
import { sameText } from "../../shared/look-up.ts";
import type { HubSpotRecord } from "../answers.ts";
import { addsToHubSpot, hubspotTool, ownerArgument } from "../arguments.ts";
import { dueInstant, isoOf } from "../dates.ts";
import { asHtml, asText } from "../html.ts";
import { lookUpCreate, type Wanted } from "../look-up.ts";
import { ownerOutput, ownerText, presentOwner } from "../owners.ts";
import type { HubSpotSession } from "../session.ts";
import { associate, findTargets, targetArguments, targetOutput } from "../targets.ts";

const input = z.strictObject({
  title: z.string().min(1).max(500).describe("What is to be done"),
  due: z
    .string()
    .max(40)
    .describe(
      "A day (YYYY-MM-DD: 8:00 in the account's time zone) or a date-time with its offset (2026-03-09T14:00:00-05:00)",
    ),
  notes: z.string().min(1).max(20_000).optional().describe("What to know for it, as plain text"),
  owner: ownerArgument("Who is to do it; whoever asks unless told").optional(),
  priority: z.enum(["none", "low", "medium", "high"]).default("none"),
  type: z.enum(["todo", "call", "email"]).default("todo"),
  ...targetArguments,
});

export const createFollowupTask = hubspotTool({
  name: "create_followup_task",
  title: "Create a follow-up task",
  description:
    "Creates a follow-up task in HubSpot, which reminds somebody, on a contact, a deal and/or a company, due at a day or a time, for one of our people. Tasks of projects rather than of sales belong elsewhere.",
  input,
  output: z.strictObject({
    task_id: z.string(),
    title: z.string(),
    due_at: z.string().nullable().describe("ISO 8601"),
    owner: ownerOutput,
    on: z.array(targetOutput),
  }),
  annotations: addsToHubSpot,
  progress: { one: "Creating a task in HubSpot", many: "Creating {count} tasks in HubSpot" },

  async preview(input, context) {
    const session = context.client.session(context);
    const { targets, owner, dueAt } = await plan(session, input);
    const [{ name, url }] = targets;
    const rows = [
      ["Task", input.title],
      ["Due", isoOf(dueAt)],
      ["Owner", owner ? ownerText(owner) : null],
      ["Priority", input.priority === "none" ? null : input.priority],
      ["Notes", input.notes ?? null],
    ] as const;
    return {
      summary: `Create a task on ${targets.map((target) => target.name).join(", ")}`,
      record: { name, url },
      changes: rows.flatMap(([field, after]) => (after === null ? [] : [{ field, before: null, after }])),
    };
  },

  async run(input, context) {
    const session = context.client.session(context);
    const planned = await plan(session, input);
    const { targets, properties } = planned;
    const id = await session.create("tasks", { properties, associations: associate("task", targets) });
    return present(id, input.title, planned);
  },

  async lookUp(input, write, context) {
    const session = context.client.session(context);
    const planned = await plan(session, input);
    const { targets, properties } = planned;
    const wanted: Wanted = {
      type: "tasks",
      kind: "task",
      targets,
      properties: Object.keys(properties),
      isAlike: (record) => sameText(record.properties.hs_task_subject, input.title),
      differences: (record) => differences(record, properties),
    };
    return lookUpCreate(session, wanted, write, ({ id }) => present(id, input.title, planned));
  },
});

function present(id: string, title: string, { targets, owner, dueAt }: Awaited<ReturnType<typeof plan>>) {
  return { task_id: id, title, due_at: isoOf(dueAt), owner: presentOwner(owner), on: targets };
}

/** That it is done by now is no difference. */
function differences(
  { properties: found }: HubSpotRecord,
  sent: Awaited<ReturnType<typeof plan>>["properties"],
): string[] {
  const same = {
    Due: isoOf(found.hs_timestamp) === isoOf(sent.hs_timestamp),
    Owner: sent.hubspot_owner_id === undefined || found.hubspot_owner_id === sent.hubspot_owner_id,
    Priority: (found.hs_task_priority || "NONE") === sent.hs_task_priority,
    Type: (found.hs_task_type || "TODO") === sent.hs_task_type,
    Notes: sameText(asText(found.hs_task_body), asText(sent.hs_task_body)),
  };
  return Object.entries(same).flatMap(([name, isSame]) => (isSame ? [] : [name]));
}

async function plan(session: HubSpotSession, wanted: z.output<typeof input>) {
  const [targets, owner, account] = await Promise.all([
    findTargets(session, wanted),
    wanted.owner === undefined ? session.ownOwner() : session.owner(wanted.owner),
    session.account(),
  ]);
  const dueAt = dueInstant("due", wanted.due, account.timeZone);
  const properties = {
    hs_timestamp: dueAt,
    hs_task_subject: wanted.title,
    hs_task_status: "NOT_STARTED",
    hs_task_priority: wanted.priority.toUpperCase(),
    hs_task_type: wanted.type.toUpperCase(),
    ...(wanted.notes === undefined ? {} : { hs_task_body: asHtml(wanted.notes) }),
    ...(owner ? { hubspot_owner_id: owner.id } : {}),
  };
  return { targets, owner, dueAt, properties };
}
