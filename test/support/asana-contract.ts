/** Asana's published description, with what is known to be wrong or narrow in it set right. */
import { type Contract, loadContract, type OpenApiDocument } from "./openapi.ts";

type Node = Record<string, unknown>;

const COMPACT =
  /^#\/components\/schemas\/(Task|Project|User|Team|Workspace|Section|Story|StatusUpdate|ProjectStatus)Compact$/;

/** Undefined where ../shared/contracts is not on this machine. */
export function loadAsanaContract(): Contract | undefined {
  return loadContract("asana/asana_oas.yaml", {
    correct,
    // Its list of values leaves out fields inside of others, which Asana gives: "assignee.email".
    looseQuery: ["opt_fields", "due_on", "start_on"],
    // Described in words: a page's size in a search, and the company's own fields. The SDK, besides, repeats in the query
    // a body that it takes for optional, and Asana ignores it.
    furtherQuery: /^(limit|custom_fields\..+|body)$/,
    // Search describes no 402, and nothing a 429.
    errorSchema: "ErrorResponse",
  });
}

function correct(document: OpenApiDocument): void {
  widenLists(document);
  const schemas = document.components.schemas as Record<string, Node>;
  // Wherever a person stands inside of something else, `opt_fields` brings an address as well.
  Object.assign((schemas.UserCompact as { properties: Node }).properties, {
    email: { type: "string", format: "email" },
  });
  const task = (schemas.TaskCompact as { properties: Node }).properties;
  task.created_by = { $ref: "#/components/schemas/UserCompact" };
  // Described as they are shown only; they are written as gids.
  const [, base] = (schemas.TaskBase as { allOf: { properties: Node }[] }).allOf;
  const shown = (name: string): Node => ({ anyOf: [{ $ref: `#/components/schemas/${name}` }, { type: "string" }] });
  const membership = { project: shown("ProjectCompact"), section: shown("SectionCompact") };
  Object.assign(base?.properties.memberships ?? {}, { items: { type: "object", properties: membership } });
  // What a new status must have is no part of a status that is shown.
  const [, status] = (schemas.StatusUpdateBase as { allOf: Node[] }).allOf;
  const [, request] = (schemas.StatusUpdateRequest as { allOf: Node[] }).allOf;
  Object.assign(request ?? {}, { required: ["parent", "text", "status_type"] });
  delete status?.required;
  const project = (schemas.ProjectBase as { allOf: { properties: Node }[] }).allOf[1]?.properties;
  Object.assign(project ?? {}, { current_status_update: nullable("StatusUpdateResponse") });
  // Its own example of a new webhook has null for what has not happened yet.
  const [, webhook] = (schemas.WebhookResponse as { allOf: { properties: Record<string, Node> }[] }).allOf;
  for (const name of ["last_success_at", "last_failure_at", "last_failure_content"]) {
    Object.assign(webhook?.properties[name] ?? {}, { nullable: true });
  }
  schemas.AsanaNamedResource = {
    anyOf: ["UserResponse", "ProjectResponse", "TaskResponse"].map((name) => ({
      $ref: `#/components/schemas/${name}`,
    })),
  };
}

const nullable = (name: string): Node => ({ allOf: [{ $ref: `#/components/schemas/${name}` }, { nullable: true }] });

/** Lists are described as compact, and give with `opt_fields` whatever the whole record has. */
function widenLists(document: OpenApiDocument): void {
  for (const item of Object.values(document.paths)) {
    const get = item.get;
    if (!get || Array.isArray(get)) continue;
    const schema = get.responses[200]?.content?.["application/json"]?.schema as
      | { properties?: { data?: { items?: { $ref?: string } } } }
      | undefined;
    const items = schema?.properties?.data?.items;
    if (items?.$ref && COMPACT.test(items.$ref)) items.$ref = items.$ref.replace("Compact", "Response");
  }
}
