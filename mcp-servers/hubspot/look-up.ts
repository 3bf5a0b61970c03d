import type { LookUp, SentWrite } from "../shared/define-tool.ts";
import { canBeOf, earliestOf, lookUpMade } from "../shared/look-up.ts";
import type { HubSpotRecord } from "./answers.ts";
import type { Diff } from "./changes.ts";
import { pageUrl } from "./directory.ts";
import type { HubSpotSession } from "./session.ts";
import { recordKinds, type Target } from "./targets.ts";

/** So many are looked through, at most 500 links and 100 records a request: more would take longer than a call may. */
const mostRecords = 2_000;

/** Set by HubSpot itself, other than the `createdate` of a deal. */
const createdAt = "hs_createdate";
/** `CRM_UI`: a person made it in HubSpot's own pages. */
const source = "hs_object_source_label";

/** Records of this kind have the fewest notes, tasks and deals, and so on. */
const fewestFirst = ["deal", "contact", "company"] as const;

/** What a create was to make, by which it is told from other records: no record of HubSpot's keeps a key of ours. */
export interface Wanted {
  type: "deals" | "notes" | "tasks";
  /** "deal". */
  kind: string;
  /** What it has to be associated with. */
  targets: readonly Target[];
  /** What has to be read of it for the two that follow. */
  properties: readonly string[];
  /** Whether it has the name, or the text, that was sent. */
  isAlike(record: HubSpotRecord): boolean;
  /** What is not as it was sent, as a person calls it: "Amount". Somebody may have changed it since. */
  differences(record: HubSpotRecord): Promise<string[]> | string[];
}

/** Of an update, by what would have to be set: what a person reads of it will not do, for two stages may share a name. */
export async function lookUpDiff<Output>({ properties }: Diff, read: () => Promise<Output>): Promise<LookUp<Output>> {
  if (Object.keys(properties).length > 0) return { state: "not_done" };
  return { state: "done", output: await read() };
}

/** Of a create. `present`: its output, by the record that it made. */
export async function lookUpCreate<Output>(
  session: HubSpotSession,
  wanted: Wanted,
  write: SentWrite,
  present: (record: HubSpotRecord) => Promise<Output> | Output,
): Promise<LookUp<Output>> {
  const { records, areAll } = await recordsAround(session, wanted, write);
  const alike = records.filter(
    (record) => record.properties[source] !== "CRM_UI" && isSince(write, record) && wanted.isAlike(record),
  );
  const judged = await judge(session, wanted, alike);
  const account = await session.account();
  const urlOf = ({ record }: Judged) => pageUrl(account, wanted.type, record.id);
  const found = lookUpMade<Judged, Judged>(
    { same: judged.filter(({ faults }) => faults.length === 0), alike: judged },
    { output: (one) => one, doubt: (ones) => doubtAbout(wanted.kind, ones, urlOf) },
  );
  if (found.state === "done") return { state: "done", output: await present(found.output.record) };
  return found.state === "not_done" && !areAll ? { state: "unknown", reason: tooMany(wanted) } : found;
}

function isSince(write: SentWrite, { properties }: HubSpotRecord): boolean {
  return canBeOf(write, properties[createdAt] ?? properties.createdate);
}

interface Judged {
  record: HubSpotRecord;
  /** Why it may be another one, or only half of what was wanted: "Amount differs", "not on Acme". */
  faults: string[];
}

async function judge(session: HubSpotSession, wanted: Wanted, alike: readonly HubSpotRecord[]): Promise<Judged[]> {
  const ids = alike.map(({ id }) => id);
  const kinds = [...new Set(wanted.targets.map(({ type }) => type))];
  const links = new Map(
    await Promise.all(
      kinds.map(async (kind) => [kind, await session.associated(wanted.type, ids, recordKinds[kind].type)] as const),
    ),
  );
  const isOn = (record: HubSpotRecord, { type, id }: Target) =>
    links
      .get(type)
      ?.get(record.id)
      ?.to.some(({ toObjectId }) => toObjectId === id) ?? false;
  return Promise.all(
    alike.map(async (record) => {
      const differences = await wanted.differences(record);
      const lacking = wanted.targets.filter((target) => !isOn(record, target));
      const faults = [...differences.map((name) => `${name} differs`), ...lacking.map(({ name }) => `not on ${name}`)];
      return { record, faults };
    }),
  );
}

/** Where it has to be if it is there, and whether these are all: searches lag behind, the two lists do not. */
async function recordsAround(
  session: HubSpotSession,
  wanted: Wanted,
  write: SentWrite,
): Promise<{ records: readonly HubSpotRecord[]; areAll: boolean }> {
  const { type, targets } = wanted;
  const properties = [...new Set([...wanted.properties, createdAt, "createdate", source])];
  const nearest = fewestFirst.flatMap((kind) => targets.find((target) => target.type === kind) ?? [])[0];
  const records = nearest
    ? await recordsOn(session, nearest, type, properties)
    : await session.list(type, properties, mostRecords);
  if (records) return { records, areAll: true };
  const filter = { propertyName: createdAt, operator: "GTE", value: String(earliestOf(write)) } as const;
  const sort = { propertyName: createdAt, direction: "DESCENDING" } as const;
  const { results } = await session.search(type, {
    filterGroups: [{ filters: [filter] }],
    sort,
    properties,
    limit: 200,
  });
  return { records: results, areAll: false };
}

/** Undefined where there are too many. */
async function recordsOn(
  session: HubSpotSession,
  target: Target,
  type: Wanted["type"],
  properties: readonly string[],
): Promise<readonly HubSpotRecord[] | undefined> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const from = { type: recordKinds[target.type].type, id: target.id };
    const page = await session.associations(from, type, { limit: 500, after });
    ids.push(...page.results.map(({ toObjectId }) => toObjectId));
    after = page.paging;
    if (ids.length > mostRecords) return undefined;
  } while (after !== undefined);
  return [...(await session.records(type, ids, properties)).values()];
}

function doubtAbout(kind: string, ones: readonly Judged[], urlOf: (one: Judged) => string): string {
  const list = ones.map((one) => [urlOf(one), one.faults.length > 0 ? ` (${one.faults.join(", ")})` : ""].join(""));
  const [many, which] =
    ones.length > 1 ? [`${ones.length} ${kind}s`, "which of them is"] : [`a ${kind}`, "whether it is"];
  return `HubSpot has ${many} like the one that was sent, made since then; ${which} the one cannot be told. Look there: ${list.join(", ")}.`;
}

function tooMany({ kind, targets: [target] }: Wanted): string {
  const where = target ? `${target.name} (${target.url})` : "The account";
  return `${where} has too many ${kind}s for Sophia to look through, and HubSpot's search does not show new ones at once. Look in HubSpot whether it is there.`;
}
