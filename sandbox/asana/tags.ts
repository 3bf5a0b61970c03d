import type { TagRecord, TaskRecord } from "./records.ts";
import type { Ledger } from "./state.ts";

type TagPatch = Partial<Pick<TagRecord, "name" | "notes" | "color">>;

/** The workspace's tags. Of a tag by itself nobody is told; of one that a task gets or loses, whoever watches tasks is. */
export class Tags {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Oldest first. */
  get all(): readonly TagRecord[] {
    return this.#ledger.state().tags;
  }

  find(gid: string): TagRecord | undefined {
    return this.all.find((tag) => tag.gid === gid);
  }

  add(patch: TagPatch, followerGids: readonly string[]): TagRecord {
    const made = { gid: this.#ledger.gid(), createdAt: this.#ledger.now(), followerGids: [...followerGids] };
    const tag = { name: "", notes: "", color: null, ...patch, ...made };
    this.#ledger.state().tags.push(tag);
    return tag;
  }

  edit(tag: TagRecord, patch: TagPatch): void {
    Object.assign(tag, patch);
  }

  delete({ gid }: TagRecord): void {
    const state = this.#ledger.state();
    state.tags = state.tags.filter((tag) => tag.gid !== gid);
    for (const task of state.tasks.values()) task.tagGids = task.tagGids.filter((other) => other !== gid);
  }

  putOn(task: TaskRecord, tag: TagRecord, by: string): void {
    if (task.tagGids.includes(tag.gid)) return;
    task.tagGids.push(tag.gid);
    const told = { type: "task", id: task.gid, action: "added", field: "tags", parentId: tag.gid, by } as const;
    this.#ledger.tell({ ...told, after: tag.name });
    this.#ledger.write(task, "added_to_tag", `added to ${tag.name}`, by);
  }

  takeOff(task: TaskRecord, tag: TagRecord, by: string): void {
    if (!task.tagGids.includes(tag.gid)) return;
    task.tagGids = task.tagGids.filter((gid) => gid !== tag.gid);
    const told = { type: "task", id: task.gid, action: "removed", field: "tags", parentId: tag.gid, by } as const;
    this.#ledger.tell({ ...told, before: tag.name });
    this.#ledger.write(task, "removed_from_tag", `removed from ${tag.name}`, by);
  }
}
