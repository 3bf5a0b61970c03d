import { createRandom, type Random } from "../world/random.ts";
import type { TaskRecord } from "./records.ts";
import type { AsanaStore } from "./store.ts";

/** How long a change takes to be found, in milliseconds: from, to. */
export type Lag = readonly [from: number, to: number];

interface Version {
  /** Epoch ms, from which it is what the search knows. */
  from: number;
  /** Undefined: it is gone. */
  task: TaskRecord | undefined;
}

/** What the search knows of the tasks, which is what they were a while ago. */
export class SearchIndex {
  readonly #store: AsanaStore;
  readonly #lag: Lag;
  readonly #now: () => number;
  readonly #versions = new Map<string, Version[]>();
  #random: Random;

  constructor(store: AsanaStore, lag: Lag, now: () => number) {
    this.#store = store;
    this.#lag = lag;
    this.#now = now;
    this.#random = createRandom(store.world.seed, "asana-search");
    this.reset();
    store.subscribe(({ type, id, parentId }) => {
      const gid = type === "task" ? id : type === "story" ? parentId : undefined;
      if (gid) this.#note(gid);
    });
  }

  reset(): void {
    this.#random = createRandom(this.#store.world.seed, "asana-search");
    this.#versions.clear();
    for (const task of this.#store.tasks) this.#versions.set(task.gid, [{ from: 0, task: copy(task) }]);
  }

  /** The tasks as the index has them now, in no order that could be relied on. */
  tasks(): TaskRecord[] {
    const now = this.#now();
    const known = [...this.#versions.values()].flatMap((versions) => {
      return versions.findLast((version) => version.from <= now)?.task ?? [];
    });
    // What is gone since is known to the database, which the records come from.
    return this.#random.shuffle(known.filter((task) => this.#store.task(task.gid)));
  }

  #note(gid: string): void {
    const [from, to] = this.#lag;
    const versions = this.#versions.get(gid) ?? [];
    const task = this.#store.task(gid);
    // A later change is never found before an earlier one.
    const earliest = versions.at(-1)?.from ?? 0;
    const at = Math.max(this.#now() + this.#random.int(from, to), earliest);
    versions.push({ from: at, task: task && copy(task) });
    this.#versions.set(gid, versions);
  }
}

const copy = (task: TaskRecord): TaskRecord => structuredClone(task);
