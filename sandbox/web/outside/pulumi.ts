import type { Change } from "../../change-log.ts";
import { type Deployment, endOf, statusOf } from "../../pulumi/deployment.ts";
import type { PulumiStore } from "../../pulumi/start-pulumi.ts";
import type { InfraStack } from "../../world/types.ts";
import { BY_API, CREATED, type Fact, type FieldChange, type OutsideRecord } from "./record.ts";
import { instantWords } from "./words.ts";

const LABELS: Readonly<Record<string, string>> = {
  status: "Status",
  version: "Version",
  drift: "Drifted properties",
};

/** `now` is epoch ms, instants are told in `timeZone`. */
export function pulumiRecords(store: PulumiStore, now: number, timeZone: string): OutsideRecord[] {
  // Looking settles what has ended meanwhile, which is a change of its own.
  const stacks = store.stacks();
  const byRecord = Map.groupBy(store.changes, ({ type, id }) => `${type}/${id}`);
  return [...byRecord.values()].flatMap((all) => {
    const [first, last] = [all[0], all.at(-1)];
    if (!first || !last) return [];
    const told = { id: first.id, at: last.at, changes: all.map((change) => fieldChange(change, store)) };
    if (first.type === "deployment") {
      const deployment = deploymentOf(first.id, stacks, store);
      return deployment ? { ...told, ...deploymentRecord(deployment, now, timeZone) } : [];
    }
    const stack = stacks.find((one) => keyOf(one) === first.id);
    return stack ? { ...told, ...stackRecord(stack, timeZone) } : [];
  });
}

const keyOf = ({ org, project, name }: InfraStack): string => `${org}/${project}/${name}`;

function deploymentOf(id: string, stacks: readonly InfraStack[], store: PulumiStore): Deployment | undefined {
  return stacks.flatMap((stack) => store.deployments(stack)).find((deployment) => deployment.id === id);
}

type Shown = Pick<OutsideRecord, "kind" | "title" | "state" | "facts" | "isMoving">;

function deploymentRecord(deployment: Deployment, now: number, timeZone: string): Shown {
  const { operation, stack, createdAt, changes } = deployment;
  const facts = [
    { label: "Status", value: statusOf(deployment, now) },
    { label: "Stack", value: stack },
    { label: "Started", value: instantWords(createdAt, timeZone) },
    { label: operation === "preview" ? "Would change" : "Changes", value: count(changes.length) },
  ];
  const isMoving = endOf(deployment, now) === undefined;
  const title = `${operation === "preview" ? "Preview" : "Update"} of ${stack}`;
  return { kind: "Deployment", title, state: "new", facts, isMoving };
}

function stackRecord(stack: InfraStack, timeZone: string): Shown {
  const update = stack.updates.at(-1);
  const facts: Fact[] = [
    { label: "Version", value: String(update?.version ?? 0) },
    { label: "Last update", value: update ? `${instantWords(update.endedAt, timeZone)}: ${update.message}` : "never" },
    { label: "Drifted properties", value: String(stack.drift.changes.length) },
    { label: "Waiting to be applied", value: count(stack.pending.length) },
  ];
  return { kind: "Stack", title: keyOf(stack), state: "changed", facts };
}

const count = (changes: number): string => (changes === 1 ? "1 property" : `${changes} properties`);

function fieldChange({ at, field, before, after, by }: Change, store: PulumiStore): FieldChange {
  const told = { at, by: by === "api" ? BY_API : (store.people.find(({ handle }) => handle === by)?.name ?? by) };
  if (field === "") return { ...told, label: "", before: null, after: CREATED };
  return { ...told, label: LABELS[field] ?? field, before: String(before), after: String(after) };
}
