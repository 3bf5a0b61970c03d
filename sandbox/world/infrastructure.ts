/** What runs the company's own systems, as its Pulumi stacks declare it. */
import { PROGRAMS, type Program, type ProgramResource } from "./programs.ts";
import { createRandom, type Random } from "./random.ts";
import type { InfraResource, InfraStack, InfraUpdate, Person } from "./types.ts";

const HOUR_MS = 3_600_000;
const COMMITS = [
  "Raise the memory of the API's tasks",
  "Rotate the database password",
  "Add an alarm for the dead-letter queue",
  "Keep logs for 90 days",
  "Upgrade the cluster's version",
  "Tag every resource with its owner",
  "Narrow the ingress of the database",
  "Move the cron job to a schedule of its own",
  "Turn on deletion protection",
  "Use the new certificate",
] as const;

export interface InfrastructureSources {
  seed: number;
  /** Epoch ms. */
  now: number;
  people: readonly Person[];
}

/** All stacks that the company's token can see; one of them belongs to a person, not to the company. */
export function createInfrastructure({ seed, now, people }: InfrastructureSources): InfraStack[] {
  return PROGRAMS.map((program) => {
    const random = createRandom(seed, "infrastructure", program.project, program.stack);
    const keepers = ["arjun", "ruth"].flatMap((handle) => people.find((p) => p.handle === handle) ?? []);
    const resources = resourcesOf(program, random);
    return {
      id: uuid(random),
      org: program.org,
      project: program.project,
      name: program.stack,
      tags: { "pulumi:project": program.project, "pulumi:runtime": "nodejs", ...program.tags },
      config: program.config,
      resources,
      updates: updatesOf(program, { now, keepers, random, resourceCount: resources.length }),
      source: program.source,
      pending: program.pending.map((change) => ({ ...change, urn: urnOf(program, change.type, change.name) })),
      drift: {
        runId: program.updates > 0 ? uuid(random) : "",
        changes: program.drift.map((change) => ({ ...change, urn: urnOf(program, change.type, change.name) })),
      },
    };
  });
}

const urnOf = ({ stack, project }: Program, type: string, name: string): string =>
  `urn:pulumi:${stack}::${project}::${type}::${name}`;

function resourcesOf(program: Program, random: Random): InfraResource[] {
  if (program.updates === 0) return [];
  const root: InfraResource = {
    urn: urnOf(program, "pulumi:pulumi:Stack", `${program.project}-${program.stack}`),
    type: "pulumi:pulumi:Stack",
    isCustom: false,
    inputs: {},
    outputs: program.outputs,
    secretOutputs: program.secretOutputs,
    dependencies: [],
  };
  return [root, ...program.resources.map((resource) => resourceOf(program, resource, root.urn, random))];
}

function resourceOf(program: Program, resource: ProgramResource, parent: string, random: Random): InfraResource {
  const { type, name, inputs = {}, secrets = [], needs = [], isProtected } = resource;
  const id = `${name}-${random.int(0x1000000, 0xfffffff).toString(16)}`;
  return {
    urn: urnOf(program, type, name),
    type,
    id,
    parent,
    isCustom: true,
    isProtected,
    inputs,
    outputs: { ...inputs, arn: `arn:aws:${type.split(":")[1]?.split("/")[0]}:us-east-1:418223905517:${id}` },
    secretOutputs: secrets,
    dependencies: needs.flatMap((need) => {
      const found = program.resources.find((other) => other.name === need);
      return found ? [urnOf(program, found.type, found.name)] : [];
    }),
  };
}

interface HistorySources {
  now: number;
  keepers: readonly Person[];
  random: Random;
  resourceCount: number;
}

/** Oldest first; the last one was good, or there would be nothing to show of the stack. */
function updatesOf(program: Program, { now, keepers, random, resourceCount }: HistorySources): InfraUpdate[] {
  const updates: InfraUpdate[] = [];
  let end = now - random.int(20, 60) * HOUR_MS;
  for (let version = program.updates; version >= 1; version--) {
    const isLast = version === program.updates;
    const start = end - random.int(40, 260) * 1000;
    const changed = version === 1 ? 0 : random.int(1, Math.min(3, resourceCount));
    const person = random.pick(keepers);
    updates.unshift({
      id: uuid(random),
      version,
      kind: !isLast && version > 1 && random.chance(0.15) ? "refresh" : "update",
      hasSucceeded: isLast || version === 1 || random.chance(0.88),
      startedAt: new Date(start).toISOString(),
      endedAt: new Date(end).toISOString(),
      message: random.pick(COMMITS),
      commit: Array.from({ length: 40 }, () => random.int(0, 15).toString(16)).join(""),
      personId: person.id,
      changes: version === 1 ? { create: resourceCount } : { update: changed, same: resourceCount - changed },
    });
    end = start - random.int(9, 120) * HOUR_MS;
  }
  return updates;
}

/** A version 4 one. */
export function uuid(random: Random): string {
  const hex = (length: number): string => Array.from({ length }, () => random.int(0, 15).toString(16)).join("");
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}
