import type { Approval } from "../../storage/approvals.ts";
import { isAdmin } from "../admission.ts";
import { spendLines } from "../commands/usage.ts";
import { identityLines } from "../commands/whoami.ts";
import type { DigestSummary, ListenerContext, Service } from "../listeners/context.ts";
import type { Person } from "../people.ts";

/** What stands on somebody's Home tab. */
export interface HomeData {
  /** When it was put together. */
  at: Date;
  isAdmin: boolean;
  services: readonly Service[];
  /** In Slack's own markup; undefined where it could not be found out, as with the others. */
  identities: readonly string[] | undefined;
  digests: readonly DigestSummary[] | undefined;
  /** Undecided: for this person to decide, and theirs for others. */
  waiting: { forThem: readonly Approval[]; ofTheirs: readonly Approval[] } | undefined;
  latest: readonly Approval[] | undefined;
  spend: readonly string[] | undefined;
  /** The address of Slack's messages. */
  url: string | undefined;
}

/** Milliseconds for each part: who opens a tab does not wait for a service that is away. */
const patienceMs = 4_000;
/** Writes that are told of. */
const mostLatest = 10;

/** Reads all of it at once. A part that fails, or takes too long, is logged and left out; it never rejects. */
export async function gatherHome(person: Person, context: ListenerContext): Promise<HomeData> {
  const { workspace, decisions, clock, services, digestsOf } = context;
  const who = { ...person, teamId: workspace.teamId };
  const part = <T>(name: string, finding: () => Promise<T>) => inTime(name, finding, context);
  const [identities, digests, waiting, latest, spend] = await Promise.all([
    part("identities", () => identityLines(person, person, context)),
    part("digests", () => digestsOf(person.userId)),
    part("approvals", () => decisions.waiting(who)),
    part("actions", () => decisions.latestOf(who, mostLatest)),
    // In private: what is left of a channel's budget is no part of it.
    part("spend", () => spendLines(person.userId, "D", context)),
  ]);
  const admin = isAdmin(person, context);
  const at = new Date(clock.now());
  return { at, isAdmin: admin, services: services(), identities, digests, waiting, latest, spend, url: workspace.url };
}

async function inTime<T>(
  name: string,
  finding: () => Promise<T>,
  { wait, logger }: Pick<ListenerContext, "wait" | "logger">,
): Promise<T | undefined> {
  const found = new AbortController();
  const late = wait(patienceMs, found.signal).then((): undefined => {
    if (!found.signal.aborted) logger.warn({ part: name }, "a part of the Home tab took too long");
    return undefined;
  });
  try {
    return await Promise.race([finding(), late]);
  } catch (error) {
    logger.error({ err: error, part: name }, "a part of the Home tab could not be read");
    return undefined;
  } finally {
    found.abort();
  }
}
