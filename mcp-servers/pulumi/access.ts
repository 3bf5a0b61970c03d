import { ServiceError, UserError } from "../../src/core/errors.ts";
import type { SentWrite } from "../shared/define-tool.ts";
import { canBeOf, type Found } from "../shared/look-up.ts";
import type { Scope } from "../shared/timer.ts";
import type { Created, Deployment, Logs, Stack } from "./answers.ts";
import type { PulumiApi } from "./api.ts";
import type { PulumiClient } from "./client.ts";
import { fromText } from "./outputs.ts";
import type { StartedPreview } from "./previews.ts";
import { nameOf, pickStack, readStackName, type StackRef, unknownStack } from "./stacks.ts";

const directoryPage = 200;
const directoryPages = 5;
/** Pulumi's largest. */
const deploymentPage = 100;
const deploymentPages = 5;

/** What may be carried out: a preview of this conversation that succeeded, on a stack that is as it was before. */
export interface ReadyPreview {
  ref: StackRef;
  stack: Stack;
  deployment: Deployment;
}

/** Pulumi for one tool call. Where something does not exist, its methods throw UserError with what to do. */
export class PulumiAccess {
  readonly api: PulumiApi;
  readonly scope: Scope;
  readonly #client: PulumiClient;
  readonly #threadId: string | undefined;

  constructor(client: PulumiClient, threadId: string | undefined, scope: Scope) {
    this.api = client.api;
    this.scope = scope;
    this.#client = client;
    this.#threadId = threadId;
  }

  /** Whether what is previewed here can be carried out: a conversation has to be known. */
  get hasThread(): boolean {
    return this.#threadId !== undefined;
  }

  /** `project/stack`, its link, or a name that only one has. Whether it exists, a whole name does not tell. */
  async find(text: string): Promise<StackRef> {
    return readStackName(text, this.#client.org) ?? pickStack(text, await this.#names());
  }

  async stack(ref: StackRef): Promise<Stack> {
    return this.existing(ref, await this.api.stack(ref, this.scope));
  }

  /** Throws UserError where there is no such stack; for answers that are undefined then. */
  async existing<Value>(ref: StackRef, value: Value | undefined): Promise<Value> {
    if (value !== undefined) return value;
    throw unknownStack(nameOf(ref), await this.#names());
  }

  async deployment(ref: StackRef, id: string): Promise<Deployment> {
    return foundIn(ref, id, await this.api.deployment(ref, id, this.scope));
  }

  async logs(ref: StackRef, id: string, page: { count: number; token: string | undefined }): Promise<Logs> {
    return foundIn(ref, id, await this.api.logs(ref, id, page, this.scope));
  }

  /** A stack on which nothing runs. */
  async idleStack(ref: StackRef): Promise<Stack> {
    const stack = await this.stack(ref);
    if (!stack.currentOperation) return stack;
    const { kind, author } = stack.currentOperation;
    const who = author ? ` by ${author}` : "";
    throw new UserError(
      `On ${nameOf(ref)} an operation is running (${kind}${who}). Wait until it is over: stack_status shows it.`,
    );
  }

  /** Starts a preview, and remembers how the stack stood before and from which conversation it was asked for. */
  async startPreview(ref: StackRef): Promise<{ created: Created; stack: Stack }> {
    const stack = await this.idleStack(ref);
    const created = await this.existing(ref, await this.api.deploy(ref, "preview", this.scope));
    if (this.#threadId !== undefined) {
      this.#client.previews.keep(created.id, { stack: ref, threadId: this.#threadId, stackVersion: stack.version });
    }
    return { created, stack };
  }

  /** All that has to hold before an update is started. Throws UserError with the first that does not. */
  async readyPreview(ref: StackRef, id: string): Promise<ReadyPreview> {
    const preview = this.#ownPreview(ref, id);
    const deployment = await this.deployment(ref, id);
    if (deployment.pulumiOperation !== "preview") {
      throw new UserError(`The deployment ${id} is no preview. Start one with preview, and read what it says first.`);
    }
    if (deployment.status !== "succeeded") throw new UserError(notReady(deployment));
    const stack = await this.idleStack(ref);
    if (stack.version === preview.stackVersion) return { ref, stack, deployment };
    this.#client.previews.take(id);
    throw new UserError(
      `${nameOf(ref)} has changed since this preview (version ${preview.stackVersion}, now ${stack.version}), so what it said no longer holds. Start a new one with preview.`,
    );
  }

  /** Starts the update that a ready preview showed. Each preview is good for one. */
  async startUpdate({ ref, deployment: { id } }: ReadyPreview): Promise<Created> {
    // Of two at the same moment one gets it.
    const preview = this.#client.previews.take(id);
    if (!preview) throw unknownPreview(id);
    try {
      return await this.existing(ref, await this.api.deploy(ref, "update", this.scope));
    } catch (error) {
      if (wasRefused(error)) this.#client.previews.keep(id, preview);
      throw error;
    }
  }

  /** Deployments of this kind that were started since; `alike` are those that somebody else may have started. */
  async startedSince(ref: StackRef, operation: "preview" | "update", write: SentWrite): Promise<Found<Deployment>> {
    const self = await this.api.self(this.scope);
    const since = await this.#deploymentsSince(ref, write);
    const { same = [], alike = [] } = Object.groupBy(
      since.filter(({ pulumiOperation }) => pulumiOperation === operation),
      ({ requestedBy: by }) => (self?.githubLogin && by?.githubLogin === self.githubLogin ? "same" : "alike"),
    );
    return { same, alike };
  }

  async #deploymentsSince(ref: StackRef, write: SentWrite): Promise<Deployment[]> {
    const found: Deployment[] = [];
    for (let page = 1; page <= deploymentPages; page++) {
      const answer = await this.api.deployments(ref, { page, pageSize: deploymentPage }, this.scope);
      const { deployments } = await this.existing(ref, answer);
      const since = deployments.filter(({ created }) => canBeOf(write, fromText(created)));
      found.push(...since);
      if (since.length < deploymentPage) return found;
    }
    const message = `More deployments of ${nameOf(ref)} were started since then than can be looked through. Look at its page: ${this.#client.url(ref, "deployments")}`;
    throw new ServiceError(message, { service: "Pulumi" });
  }

  #ownPreview(ref: StackRef, id: string): StartedPreview {
    if (this.#threadId === undefined) {
      const where = this.#client.url(ref);
      throw new UserError(
        `up works only within a conversation with Sophia, and this call comes from none. It can be run on the stack's page: ${where}`,
      );
    }
    const preview = this.#client.previews.find(id, { threadId: this.#threadId, stack: ref });
    if (preview) return preview;
    throw unknownPreview(id);
  }

  /** The names of the stacks, for those that are named in part or wrongly. */
  async #names(): Promise<StackRef[]> {
    const known = this.#client.stackNames.get("all");
    if (known) return known;
    const names: StackRef[] = [];
    let token: string | undefined;
    for (let pages = 0; pages < directoryPages; pages++) {
      const answer = await this.api.stacks({}, { limit: directoryPage, token }, this.scope);
      names.push(
        ...(answer.stacks ?? []).map(({ projectName, stackName }) => ({ project: projectName, stack: stackName })),
      );
      token = answer.continuationToken ?? undefined;
      if (token === undefined) break;
    }
    this.#client.stackNames.set("all", names);
    return names;
  }
}

/** Pulumi said no, so that nothing was started; anything else leaves that open. */
function wasRefused(error: unknown): boolean {
  if (error instanceof UserError) return true;
  return error instanceof ServiceError && error.status !== undefined && error.status < 500;
}

function unknownPreview(id: string): UserError {
  return new UserError(
    `No preview ${id} of this stack was started in this conversation, or it was carried out already, or it is forgotten (after 4 hours, and when Sophia starts anew). Start a new one with preview.`,
  );
}

function notReady({ id, status }: Deployment): string {
  const isOver = status === "failed" || status === "skipped";
  const next = isOver
    ? "deployment_logs says why; start a new one when that is mended."
    : "Wait for it: get_deployment.";
  return `The preview ${id} has not succeeded: it is ${status}. ${next}`;
}

function foundIn<Value>(ref: StackRef, id: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new UserError(`deployment_id: there is no deployment ${id} of the stack ${nameOf(ref)}.`);
}
