import type { TaskRecord } from "./records.ts";
import { type Ledger, type Position, reorder } from "./state.ts";

/** What ties tasks to each other. */
export class TaskLinks {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The tasks that wait for this one. */
  dependentsOf({ gid }: TaskRecord): TaskRecord[] {
    return [...this.#ledger.state().tasks.values()].filter((task) => task.dependencyGids.includes(gid));
  }

  dependenciesOf({ dependencyGids }: TaskRecord): TaskRecord[] {
    return dependencyGids.flatMap((gid) => this.#ledger.state().tasks.get(gid) ?? []);
  }

  /** Whether this one waits for the other, be it over others. */
  waitsFor(task: TaskRecord, other: TaskRecord): boolean {
    return task.gid === other.gid || this.dependenciesOf(task).some((next) => this.waitsFor(next, other));
  }

  isBelow(task: TaskRecord, other: TaskRecord): boolean {
    if (task.gid === other.gid) return true;
    const parent = task.parentGid === undefined ? undefined : this.#ledger.state().tasks.get(task.parentGid);
    return parent !== undefined && this.isBelow(parent, other);
  }

  addDependency(task: TaskRecord, on: TaskRecord, by: string): void {
    if (task.dependencyGids.includes(on.gid)) return;
    task.dependencyGids.push(on.gid);
    const told = { type: "task", id: task.gid, field: "dependencies", parentId: on.gid, by } as const;
    this.#ledger.tell({ ...told, action: "added", after: on.name });
    this.#ledger.write(task, "dependency_added", `marked as blocked by ${on.name}`, by);
    this.#ledger.write(on, "dependent_added", `marked as blocking ${task.name}`, by);
  }

  removeDependency(task: TaskRecord, on: TaskRecord, by: string): void {
    if (!task.dependencyGids.includes(on.gid)) return;
    task.dependencyGids = task.dependencyGids.filter((gid) => gid !== on.gid);
    const told = { type: "task", id: task.gid, field: "dependencies", parentId: on.gid, by } as const;
    this.#ledger.tell({ ...told, action: "removed", before: on.name });
    this.#ledger.write(task, "dependency_removed", `no longer blocked by ${on.name}`, by);
    this.#ledger.write(on, "dependent_removed", `no longer blocking ${task.name}`, by);
  }

  /** Below another task, in its place among the subtasks; undefined: below none. `siblings`: the parent's subtasks so far. */
  setParent(
    task: TaskRecord,
    parent: TaskRecord | undefined,
    siblings: readonly TaskRecord[],
    position: Position,
    by: string,
  ): void {
    const state = this.#ledger.state();
    const nameOf = (gid: string | undefined): string | undefined => (gid ? state.tasks.get(gid)?.name : undefined);
    const before = nameOf(task.parentGid);
    const hasMoved = task.parentGid !== parent?.gid;
    task.parentGid = parent?.gid;
    const gids = siblings.map(({ gid }) => gid);
    if (parent) reorder(state, parent.gid, gids, task.gid, position);
    if (!hasMoved) return;
    const told = { type: "task", id: task.gid, action: "changed", field: "parent", by } as const;
    this.#ledger.tell({ ...told, before, after: parent?.name });
    const words = parent ? `added to ${parent.name}` : `removed from ${before}`;
    this.#ledger.write(task, parent ? "added_to_task" : "removed_from_task", words, by);
  }
}
