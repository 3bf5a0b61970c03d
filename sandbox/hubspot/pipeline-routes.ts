import type { Context, Hono } from "hono";
import { HubSpotRefusal } from "./errors.ts";
import { kindOf } from "./object-types.ts";
import { PIPELINE_ID, PIPELINE_LABEL, PORTAL_CREATED, type Stage, STAGES } from "./portal.ts";
import type { HubSpotEnv, HubSpotStore } from "./store.ts";
import { DATED } from "./views.ts";

const BASES = ["/crm/v3/pipelines", `/crm/pipelines/${DATED}`] as const;

export function pipelineRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore): void {
  for (const base of BASES) {
    app.get(`${base}/:type`, (c) => c.json({ results: pipelinesOf(c, store) }));
    app.get(`${base}/:type/:pipeline`, (c) => c.json(wanted(c, store)));
    app.get(`${base}/:type/:pipeline/stages`, (c) => c.json({ results: wanted(c, store).stages }));
    app.get(`${base}/:type/:pipeline/stages/:stage`, (c) => {
      const id = c.req.param("stage");
      const stage = wanted(c, store).stages.find((candidate) => candidate.id === id);
      if (stage) return c.json(stage);
      throw new HubSpotRefusal(404, `No stage with ID '${id}' found`, { category: "OBJECT_NOT_FOUND" });
    });
  }
}

/** Of what is modelled here, only deals have one. */
function pipelinesOf(c: Context, store: HubSpotStore) {
  const kind = kindOf(c.req.param("type") ?? "");
  store.needScope(`crm.objects.${kind.scope}.read`, `crm.schemas.${kind.scope}.read`);
  if (kind.type !== "deals") return [];
  return [
    {
      label: PIPELINE_LABEL,
      displayOrder: 0,
      id: PIPELINE_ID,
      stages: STAGES.map(stageView),
      createdAt: PORTAL_CREATED,
      updatedAt: PORTAL_CREATED,
      archived: false,
    },
  ];
}

function wanted(c: Context, store: HubSpotStore) {
  const id = c.req.param("pipeline");
  const pipeline = pipelinesOf(c, store).find((candidate) => candidate.id === id);
  if (pipeline) return pipeline;
  throw new HubSpotRefusal(404, `No pipeline with ID '${id}' found`, { category: "OBJECT_NOT_FOUND" });
}

function stageView({ id, label, probability, isClosed }: Stage, displayOrder: number) {
  return {
    label,
    displayOrder,
    metadata: { isClosed: String(isClosed), probability: probability.toFixed(1) },
    id,
    createdAt: PORTAL_CREATED,
    updatedAt: PORTAL_CREATED,
    archived: false,
    writePermissions: "CRM_PERMISSIONS_ENFORCEMENT",
  };
}
