import { UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import type { PipelineAnswer } from "./answers.ts";

export type DealStatus = "open" | "won" | "lost";

export interface Stage {
  id: string;
  name: string;
  status: DealStatus;
  /** From 0 to 1; null where the account sets none. */
  probability: number | null;
}

export interface Pipeline {
  id: string;
  name: string;
  /** In the order in which deals go through them. */
  stages: Stage[];
}

export function toPipelines(found: readonly PipelineAnswer[]): Pipeline[] {
  return found.toSorted(byOrder).map(({ id, label, stages }) => ({
    id,
    name: label,
    stages: stages.toSorted(byOrder).map((stage) => {
      const probability = stage.metadata?.probability ? Number(stage.metadata.probability) : null;
      const isClosed = stage.metadata?.isClosed === "true";
      const status = isClosed ? (probability === 1 ? "won" : "lost") : "open";
      return { id: stage.id, name: stage.label, status, probability };
    }),
  }));
}

function byOrder(left: { displayOrder?: number | null | undefined }, right: typeof left): number {
  return (left.displayOrder ?? 0) - (right.displayOrder ?? 0);
}

/** By id, or by name without regard to case. Throws UserError with the nearest known one. */
export function findPipeline(wanted: string, pipelines: readonly Pipeline[]): Pipeline {
  const found = byIdOrName(wanted, pipelines);
  if (found.length === 1 && found[0]) return found[0];
  if (found.length > 1)
    throw new UserError(`Several pipelines are called "${wanted}": give the id of one (${ids(found)}).`);
  throw new UserError(`HubSpot has no deal pipeline "${wanted}"; ${hint(wanted, pipelines)}`);
}

/** The stages that are meant: one in each pipeline that has one of this id or name. Throws UserError where none has. */
export function findStages(wanted: string, pipelines: readonly Pipeline[]): Stage[] {
  const stages = pipelines.flatMap((pipeline) => pipeline.stages);
  const found = byIdOrName(wanted, stages);
  if (found.length > 0) return found;
  const [only] = pipelines;
  const where = pipelines.length === 1 && only ? `The pipeline ${only.name} has` : "HubSpot's deal pipelines have";
  throw new UserError(`${where} no stage "${wanted}"; ${hint(wanted, stages)}`);
}

/** The same within one pipeline, for a deal that is to stand in it. */
export function findStage(wanted: string, pipeline: Pipeline): Stage {
  const [found, second] = findStages(wanted, [pipeline]);
  if (found && !second) return found;
  throw new UserError(
    `Several stages of ${pipeline.name} are called "${wanted}": give the id of one (list_pipelines).`,
  );
}

function byIdOrName<Named extends { id: string; name: string }>(wanted: string, all: readonly Named[]): Named[] {
  const name = wanted.trim().toLowerCase();
  const byId = all.filter(({ id }) => id === wanted);
  return byId.length > 0 ? byId : all.filter((one) => one.name.trim().toLowerCase() === name);
}

function hint(wanted: string, known: readonly { name: string }[]): string {
  const names = [...new Set(known.map(({ name }) => name))];
  const nearest = nearestName(wanted, names);
  return nearest ? `did you mean "${nearest}"?` : `there are: ${names.slice(0, 20).join(", ")}.`;
}

function ids(all: readonly { id: string }[]): string {
  return all.map(({ id }) => id).join(", ");
}

/** A stage that is in no pipeline any more keeps its id as its name; it counts as open, as in HubSpot's own pages. */
export function stageOf(id: string | null | undefined, pipelines: readonly Pipeline[]): Stage {
  const stage = pipelines.flatMap(({ stages }) => stages).find((one) => one.id === id);
  return stage ?? { id: id ?? "", name: id || "none", status: "open", probability: null };
}

export function pipelineName(id: string | null | undefined, pipelines: readonly Pipeline[]): string {
  return pipelines.find((pipeline) => pipeline.id === id)?.name ?? (id || "none");
}
