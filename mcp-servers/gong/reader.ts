import { PrivateError, UserError } from "../../src/core/errors.ts";
import type { ToolCaller } from "../shared/define-tool.ts";
import type { Scope } from "../shared/timer.ts";
import type { CallFilter, GongApi, StatsFilter } from "./api.ts";
import { type GongCall, isForOwnEyes, maySee } from "./calls.ts";
import type { CallBatch, GongClient, GongUser, Monologue } from "./client.ts";

/** How private calls that the asker may not see would count in somebody's figures. */
export interface HiddenCalls {
  hosted: number;
  attended: number;
}

/** At most 1,000 calls are read to answer about one range at once. */
const maxPages = 10;

/** Gong as one person may see it, for one tool call: the only way from a tool to calls. */
export class GongReader {
  readonly #client: GongClient;
  readonly #caller: ToolCaller | undefined;
  readonly #scope: Scope;

  constructor(client: GongClient, caller: ToolCaller | undefined, scope: Scope) {
    this.#client = client;
    this.#caller = caller;
    this.#scope = scope;
  }

  /** Visible calls by start: up to ten pages of Gong's, and the cursor to the next ten. `again`: not the answer's first page. */
  async pagedBatch(filter: CallFilter, options: { cursor?: string | undefined; again: boolean }): Promise<CallBatch> {
    const batch = await this.#client.pagedBatch(filter, { ...options, maxPages }, this.#scope);
    return { calls: this.#visible(batch.calls), next: batch.next };
  }

  /** All visible calls of a range, as long as the deadline allows. */
  async allCalls(filter: CallFilter): Promise<GongCall[]> {
    const { calls } = await this.#client.callBatch(filter, { maxPages: Infinity }, this.#scope);
    return this.#visible(calls);
  }

  /**
   * Throws UserError, with the same words whether there is no such call or it is somebody else's private one, and PrivateError
   * for the asker's own where others read along.
   */
  async call(id: string): Promise<GongCall> {
    return this.#allowed(id, await this.#client.call(id, this.#scope));
  }

  async detailedCall(id: string): Promise<GongCall> {
    const known = this.#client.cachedCall(id);
    if (known) this.#allowed(id, known);
    return this.#allowed(id, await this.#client.detailedCall(id, this.#scope));
  }

  /** An empty list where Gong has no transcript (yet). Both requests go out at once. */
  async transcript(id: string): Promise<{ call: GongCall; monologues: Monologue[] }> {
    const known = this.#client.cachedCall(id);
    if (known) this.#allowed(id, known);
    const [call, monologues] = await Promise.all([this.call(id), this.#client.transcript(id, this.#scope)]);
    return { call, monologues: monologues ?? [] };
  }

  users(): Promise<GongUser[]> {
    return this.#client.users(this.#scope);
  }

  /** By id; empty where the key may not list users. */
  async usersById(): Promise<ReadonlyMap<string, GongUser>> {
    return new Map((await this.#client.usersIfAllowed(this.#scope)).map((user) => [user.id, user]));
  }

  /** Throws UserError naming the first address that nobody in Gong has. */
  async userIds(emails: readonly string[]): Promise<string[]> {
    const users = await this.users();
    return emails.map((email) => {
      const wanted = email.trim().toLowerCase();
      const user = users.find((candidate) => addresses(candidate).includes(wanted));
      if (user) return user.id;
      throw new UserError(`Nobody in Gong has the e-mail address ${email}. Look the person up with find_user.`);
    });
  }

  trackers(): ReturnType<GongApi["trackers"]> {
    return this.#client.api.trackers(this.#scope);
  }

  activity(filter: StatsFilter): ReturnType<GongApi["activity"]> {
    return this.#client.api.activity(filter, this.#scope);
  }

  interaction(filter: StatsFilter): ReturnType<GongApi["interaction"]> {
    return this.#client.api.interaction(filter, this.#scope);
  }

  /**
   * Gong counts private calls in everybody's figures (help.gong.io, "Set a call as private"), so whoever shows figures must
   * know which of them come from calls that the asker may not see. By user id, where there are any. Throws UserError for a
   * range too long to tell.
   */
  async hiddenCalls(filter: CallFilter): Promise<ReadonlyMap<string, HiddenCalls>> {
    const people = new Map<string, HiddenCalls>();
    for (const call of await this.#wholeRange(filter, "outline")) {
      if (!maySee(call, this.#caller)) countHidden(call, people);
    }
    return people;
  }

  /** Visible calls that these people hosted, with how they talked. Throws UserError for a range too long to read. */
  async hostedCalls(filter: CallFilter & { ownerIds: readonly string[] }): Promise<GongCall[]> {
    return this.#visible(await this.#wholeRange(filter, "interaction"));
  }

  async #wholeRange(filter: CallFilter, what: "outline" | "interaction"): Promise<GongCall[]> {
    const { calls, next } = await this.#client.callBatch(filter, { maxPages, what }, this.#scope);
    if (next === undefined) return calls;
    throw new UserError(
      `There are more than ${maxPages * 100} calls in this range, too many to leave private ones out of the figures. Ask for a shorter range.`,
    );
  }

  #visible(calls: readonly GongCall[]): GongCall[] {
    return calls.filter((call) => maySee(call, this.#caller));
  }

  #allowed(id: string, call: GongCall | undefined): GongCall {
    if (call && maySee(call, this.#caller)) return call;
    if (call && isForOwnEyes(call, this.#caller)) {
      throw new PrivateError(
        "This call is private, and others read along here. Say so; the same question to Sophia in a direct message is answered.",
      );
    }
    throw new UserError(`Gong has no call with the id ${id}. Take an id from get_calls or find_calls.`);
  }
}

function addresses(user: GongUser): string[] {
  return [user.emailAddress, ...(user.emailAliases ?? [])].flatMap((email) => (email ? [email.toLowerCase()] : []));
}

function countHidden(call: GongCall, people: Map<string, HiddenCalls>): void {
  const userIds = new Set(call.participants.map(({ userId }) => userId));
  userIds.add(call.ownerId);
  for (const userId of userIds) {
    if (userId === undefined) continue;
    const counts = people.get(userId) ?? { hosted: 0, attended: 0 };
    people.set(userId, counts);
    if (userId === call.ownerId) counts.hosted++;
    else counts.attended++;
  }
}
