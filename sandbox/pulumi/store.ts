import type { HttpBindings } from "@hono/node-server";
import { type Change, ChangeLog } from "../change-log.ts";
import { uuid } from "../world/infrastructure.ts";
import { createRandom } from "../world/random.ts";
import type { InfraChange, InfraStack, Person, World } from "../world/types.ts";
import { type Deployment, endOf, statusOf, writeLog } from "./deployment.ts";
import { notFound, PulumiRefusal } from "./errors.ts";

export type PulumiEnv = { Bindings: HttpBindings };

export interface PulumiStore {
  readonly org: string;
  readonly people: readonly Person[];
  /** Of type `deployment`, with its id, and of type `stack`, with `org/project/stack` as id. */
  readonly changes: readonly Change[];
  stacks(): readonly InfraStack[];
  /** Throws the service's own refusal where there is none. */
  stack(org: string, project: string, name: string): InfraStack;
  deployment(stack: InfraStack, id: string): Deployment;
  /** That of the stack's deployments which is not over yet. */
  running(stack: InfraStack): Deployment | undefined;
  /** Oldest first. */
  deployments(stack: InfraStack): readonly Deployment[];
  /** How many deployments the stack has had. */
  deploymentCount(stack: InfraStack): number;
  /** `by`: a person's handle; that of whoever owns Sophia's token unless told. */
  deploy(stack: InfraStack, operation: Deployment["operation"], by?: string): Deployment;
  cancel(deployment: Deployment): void;
  /** The next deployment of the stack (`org/project/stack`) will fail. */
  failNext(stack: string): void;
  /** Somebody updates the stack from a machine of their own: its version rises. Throws RangeError where there is no such stack. */
  updateElsewhere(
    stack: string,
    options?: { by?: string | undefined; changes?: readonly InfraChange[] | undefined },
  ): void;
  /** What the last look for drift found; an empty list: nothing. Throws RangeError where there is no such stack. */
  setDrift(stack: string, changes: readonly InfraChange[], by?: string): void;
  /** Calls back at each change and reset, until the function that it gives is called. */
  subscribe(listener: () => void): () => void;
}

export interface StoreOptions {
  org: string;
  /** How long a deployment takes by the sandbox's clock. */
  deploymentMs: number;
  now: () => number;
}

/** Handle of the person whose token Sophia has. */
export const TOKEN_OWNER = "arjun";

const keyOf = (stack: InfraStack): string => `${stack.org}/${stack.project}/${stack.name}`;
export const versionOf = (stack: InfraStack): number => stack.updates.at(-1)?.version ?? 0;

export function createPulumiStore(world: World, options: StoreOptions): PulumiStore & { reset(): void } {
  const log = new ChangeLog(options.now);
  const fleet = new Fleet(world, options, log);
  const named = (key: string): InfraStack => {
    const found = fleet.stacks().find((stack) => keyOf(stack) === key);
    if (!found) throw new RangeError(`no stack is called ${key}`);
    return found;
  };
  return {
    org: options.org,
    people: world.people,
    get changes() {
      return log.all;
    },
    stacks: () => fleet.stacks(),
    stack: (org, project, name) => {
      const found = fleet.stacks().find((s) => s.org === org && s.project === project && s.name === name);
      if (!found) throw notFound(`Stack '${org}/${project}/${name}'`);
      return found;
    },
    deployment: (stack, id) => {
      const found = fleet.deploymentsOf(stack).find((d) => d.id === id);
      if (!found) throw notFound(`Deployment '${id}'`);
      return found;
    },
    running: (stack) => fleet.running(stack),
    deployments: (stack) => fleet.deploymentsOf(stack),
    deploymentCount: (stack) => fleet.deploymentsOf(stack).length,
    deploy: (stack, operation, by) => fleet.deploy(stack, operation, by),
    cancel: (deployment) => {
      const now = options.now();
      const before = statusOf(deployment, now);
      deployment.cancelledAt = now;
      const after = statusOf(deployment, now);
      log.note({ type: "deployment", id: deployment.id, field: "status", before, after, by: "api" });
    },
    failNext: (stack) => fleet.failing.add(keyOf(named(stack))),
    updateElsewhere: (key, { by = "arjun", changes = [] } = {}) => fleet.finish(named(key), changes, by),
    setDrift: (key, changes, by = "arjun") => {
      const { drift } = named(key);
      const before = drift.changes.length;
      drift.changes = [...changes];
      log.note({ type: "stack", id: key, field: "drift", before, after: changes.length, by });
    },
    subscribe: (listener) => log.subscribe(listener),
    reset: () => {
      fleet.reset();
      log.clear();
    },
  };
}

/** The stacks and what is being done to them. An update takes effect when somebody looks after its end. */
class Fleet {
  /** Stacks whose next deployment fails. */
  readonly failing = new Set<string>();
  readonly #world: World;
  readonly #options: StoreOptions;
  readonly #log: ChangeLog;
  readonly #deployments: Deployment[] = [];
  #stacks: InfraStack[] | undefined;

  constructor(world: World, options: StoreOptions, log: ChangeLog) {
    this.#world = world;
    this.#options = options;
    this.#log = log;
  }

  reset(): void {
    this.failing.clear();
    this.#deployments.length = 0;
    this.#stacks = undefined;
  }

  stacks(): InfraStack[] {
    this.#stacks ??= structuredClone(this.#world.infrastructure);
    for (const deployment of this.#deployments) this.#settle(deployment, this.#stacks);
    return this.#stacks;
  }

  deploymentsOf(stack: InfraStack): Deployment[] {
    return this.#deployments.filter((d) => d.stack === keyOf(stack));
  }

  running(stack: InfraStack): Deployment | undefined {
    const now = this.#options.now();
    return this.deploymentsOf(stack).find((d) => endOf(d, now) === undefined);
  }

  deploy(stack: InfraStack, operation: Deployment["operation"], by = TOKEN_OWNER): Deployment {
    if (this.running(stack)) throw new PulumiRefusal(409, "Conflict: Another update is currently in progress.");
    const random = createRandom(this.#world.seed, "deployment", this.#deployments.length, keyOf(stack));
    const plan = {
      stack: keyOf(stack),
      operation,
      createdAt: this.#options.now(),
      durationMs: this.#options.deploymentMs,
      willFail: this.failing.delete(keyOf(stack)),
      changes: [...stack.pending],
    };
    const version = this.deploymentsOf(stack).length + 1;
    const lines = writeLog(plan, stack.resources.length);
    const id = uuid(random);
    const deployment: Deployment = { ...plan, id, version, by, lines, isSettled: false };
    this.#deployments.push(deployment);
    this.#log.note({ type: "deployment", id, field: "", before: undefined, after: operation, by: "api" });
    return deployment;
  }

  /** An update that is done: the stack is what its program says, one version on. */
  finish(
    stack: InfraStack,
    changes: readonly InfraChange[],
    by: string,
    at = this.#options.now(),
    took = 60_000,
  ): void {
    const before = versionOf(stack);
    const random = createRandom(this.#world.seed, "finished", keyOf(stack), before);
    for (const { urn, property, after } of changes) {
      const resource = stack.resources.find((r) => r.urn === urn);
      if (resource) {
        resource.inputs = { ...resource.inputs, [property]: after };
        resource.outputs = { ...resource.outputs, [property]: after };
      }
    }
    stack.pending = stack.pending.filter((p) => !changes.some((c) => c.urn === p.urn && c.property === p.property));
    const updated = new Set(changes.map((change) => change.urn)).size;
    const same = stack.resources.length - updated;
    stack.updates.push({
      id: uuid(random),
      version: before + 1,
      kind: "update",
      hasSucceeded: true,
      startedAt: new Date(at - took).toISOString(),
      endedAt: new Date(at).toISOString(),
      message: by === "api" ? "Updated by a deployment" : "Updated from the command line",
      commit: stack.updates.at(-1)?.commit ?? "",
      personId: this.#world.people.find((p) => p.handle === (by === "api" ? "arjun" : by))?.id ?? "",
      changes: updated > 0 ? { update: updated, same } : { same },
    });
    this.#log.note({ type: "stack", id: keyOf(stack), field: "version", before, after: before + 1, by });
  }

  #settle(deployment: Deployment, stacks: readonly InfraStack[]): void {
    const now = this.#options.now();
    const end = endOf(deployment, now);
    if (deployment.isSettled || end === undefined) return;
    deployment.isSettled = true;
    const stack = stacks.find((s) => keyOf(s) === deployment.stack);
    const isDone = deployment.operation === "update" && statusOf(deployment, now) === "succeeded";
    if (stack && isDone) this.finish(stack, deployment.changes, "api", end, deployment.durationMs);
  }
}
