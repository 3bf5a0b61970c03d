import type { ChangeLog } from "../change-log.ts";
import type { World } from "../world/types.ts";
import type { Catalog } from "./catalog.ts";
import { createEngine, type Engine } from "./engine.ts";
import type { Compiled } from "./dialect.ts";

/** The database as it stands: made when the first statement comes, changed by whoever may, and as it was after a reset. */
export class Warehouse {
  readonly createdAt: number;
  readonly #world: World;
  readonly #changes: ChangeLog;
  #engine: Promise<Engine> | undefined;
  #catalog: Promise<Catalog> | undefined;
  #isChanged = false;

  constructor(world: World, changes: ChangeLog) {
    this.#world = world;
    this.#changes = changes;
    this.createdAt = Date.parse(world.createdAt);
  }

  engine(): Promise<Engine> {
    this.#engine ??= createEngine(this.#world);
    return this.#engine;
  }

  catalog(): Promise<Catalog> {
    this.#catalog ??= this.engine().then((engine) => engine.catalog());
    return this.#catalog;
  }

  /** A statement is about to change something. */
  willChange(): void {
    this.#isChanged = true;
  }

  /** Notes that a statement changed `count` rows, or a table as a whole. */
  changed({ kind, target = "" }: Pick<Compiled, "kind" | "target">, count: number, by: string): void {
    this.#catalog = undefined;
    this.#changes.note({
      type: "table",
      id: target,
      field: kind,
      before: undefined,
      after: count,
      by,
    });
  }

  /** Forgets what was changed, for whatever comes from now on; what `running` waits for may still use what was. */
  async reset(running: Promise<void>): Promise<void> {
    if (this.#isChanged) await this.close(running);
    else await running;
  }

  /** Lets go of the engine when what `running` waits for is done; the next statement makes another. */
  async close(running: Promise<void>): Promise<void> {
    const engine = this.#engine;
    this.#isChanged = false;
    this.#engine = undefined;
    this.#catalog = undefined;
    await running;
    (await engine)?.close();
  }
}
