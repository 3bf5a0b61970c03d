import type { z } from "zod";
import { ServiceError } from "../../src/core/errors.ts";
import { parseExactJson } from "../shared/exact-json.ts";
import type { Scope } from "../shared/timer.ts";
import { unknownFormError, withUnknownChange, withUnknownOutcome } from "../shared/vendor-error.ts";
import type { VendorHttp, VendorRequest } from "../shared/vendor-http.ts";
import * as answers from "./answers.ts";
import { path, query } from "./paths.ts";
import type { StackRef } from "./stacks.ts";

const look = "Look at the stack with stack_status, and at its deployments in Pulumi, before starting it again.";

/**
 * Pulumi Cloud's REST API as far as it is used here, for one organization. 404 comes back as undefined: there is no such
 * thing, or the token does not see it. Source: Pulumi's OpenAPI description.
 */
export class PulumiApi {
  readonly #http: VendorHttp;
  readonly #org: string;

  constructor(http: VendorHttp, org: string) {
    this.#http = http;
    this.#org = org;
  }

  async stacks(
    filter: { project?: string | undefined; tagName?: string | undefined; tagValue?: string | undefined },
    page: { limit: number; token: string | undefined },
    scope: Scope,
  ) {
    const { limit: maxResults, token: continuationToken } = page;
    const parameters = { organization: this.#org, ...filter, maxResults, continuationToken };
    return needed(await this.#get(path`/api/user/stacks` + query(parameters), answers.stacksAnswer, scope));
  }

  stack(ref: StackRef, scope: Scope): Promise<answers.Stack | undefined> {
    return this.#get(this.#at(ref), answers.stackAnswer, scope);
  }

  /** Undefined where the stack was never updated as well. */
  latestUpdate(ref: StackRef, scope: Scope): Promise<answers.Update | undefined> {
    return this.#get(`${this.#at(ref)}/updates/latest`, answers.updateAnswer, scope);
  }

  /** Newest first; `page` counts from 1. */
  updates(ref: StackRef, { page, pageSize }: { page: number; pageSize: number }, scope: Scope) {
    // Any value of `output-type` gives the list with its total.
    const parameters = { "output-type": "service", page, pageSize };
    return this.#get(`${this.#at(ref)}/updates${query(parameters)}`, answers.updatesAnswer, scope);
  }

  resources(ref: StackRef, scope: Scope) {
    return this.#get(`${this.#at(ref)}/resources/latest`, answers.resourcesAnswer, scope);
  }

  drift(ref: StackRef, scope: Scope) {
    return this.#get(`${this.#at(ref)}/drift/status`, answers.driftAnswer, scope);
  }

  deployment(ref: StackRef, id: string, scope: Scope): Promise<answers.Deployment | undefined> {
    return this.#get(this.#deploymentAt(ref, id), answers.deploymentAnswer, scope);
  }

  /** Newest first; `page` counts from 1. Undefined where there is no such stack. */
  deployments(ref: StackRef, page: { page: number; pageSize: number }, scope: Scope) {
    return this.#get(`${this.#at(ref)}/deployments${query(page)}`, answers.deploymentsAnswer, scope);
  }

  /** The account that the token belongs to; undefined where Pulumi does not say. */
  self(scope: Scope): Promise<answers.Person | undefined> {
    return this.#get(path`/api/user`, answers.personAnswer, scope);
  }

  logs(
    ref: StackRef,
    id: string,
    { count, token }: { count: number; token: string | undefined },
    scope: Scope,
  ): Promise<answers.Logs | undefined> {
    const parameters = { count, continuationToken: token };
    return this.#get(`${this.#deploymentAt(ref, id)}/logs${query(parameters)}`, answers.logsAnswer, scope);
  }

  async search(words: string, { page, size }: { page: number; size: number }, scope: Scope) {
    const address = path`/api/orgs/${this.#org}/search/resourcesv2` + query({ query: words, page, size });
    return needed(await this.#get(address, answers.searchAnswer, scope));
  }

  /** Sent once. A ServiceError says where it is not known whether the deployment was started. */
  async deploy(ref: StackRef, operation: "preview" | "update", scope: Scope): Promise<answers.Created | undefined> {
    const body = { operation, inheritSettings: true };
    const request: VendorRequest = { method: "POST", path: `${this.#at(ref)}/deployments`, body, idempotent: false };
    try {
      return await this.#send(request, answers.createdAnswer, scope);
    } catch (error) {
      throw withUnknownOutcome(error, look);
    }
  }

  /** False where it is over already, or there is none of this id. */
  async cancel(ref: StackRef, id: string, scope: Scope): Promise<boolean> {
    const address = `${this.#deploymentAt(ref, id)}/cancel`;
    const request: VendorRequest = { method: "POST", path: address, idempotent: true };
    try {
      return (await this.#http.send(request, scope)).status !== 404;
    } catch (error) {
      throw withUnknownChange(error);
    }
  }

  #at({ project, stack }: StackRef): string {
    return path`/api/stacks/${this.#org}/${project}/${stack}`;
  }

  #deploymentAt(ref: StackRef, id: string): string {
    return this.#at(ref) + path`/deployments/${id}`;
  }

  #get<Form extends z.ZodType>(address: string, form: Form, scope: Scope): Promise<z.output<Form> | undefined> {
    return this.#send({ method: "GET", path: address, idempotent: true }, form, scope);
  }

  async #send<Form extends z.ZodType>(
    request: VendorRequest,
    form: Form,
    scope: Scope,
  ): Promise<z.output<Form> | undefined> {
    const { status, text } = await this.#http.send(request, scope);
    if (status === 404) return undefined;
    try {
      return form.parse(parseExactJson(text));
    } catch (cause) {
      throw unknownFormError("Pulumi", cause);
    }
  }
}

function needed<Value>(value: Value | undefined): Value {
  if (value !== undefined) return value;
  const message = "Pulumi has no such organization, or the token does not see it (404). Check PULUMI_ORG.";
  throw new ServiceError(message, { service: "Pulumi", status: 404 });
}
