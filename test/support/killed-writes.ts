import { setTimeout as sleep } from "node:timers/promises";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Sandbox } from "../../sandbox/start.ts";
import { hasButtons, isCard, reported, tasksNamed, taskScript } from "./consent.ts";
import type { Engine, EngineHome } from "./engines.ts";
import { answersIn, type Asked, houseEnvironment, houseSandbox } from "./house.ts";
import { type PrivateServer, startRedis, until } from "./servers.ts";
import { type SophiaProcess, startSophiaProcess } from "./sophia-process.ts";

/** Milliseconds that a write takes at the vendor. */
const writeMs = 300;
/** A lost write that is not there is believed after 25 s; then it is sent, and told. */
const endsWithinMs = 90_000;

/** What stands at the end of one turn whose write was granted. */
export interface Fate {
  /** At the vendor. */
  tasks: number;
  /** Messages of Sophia's in the thread: what came before the card, the card, what came after. */
  messages: number;
  /** Whether the card says that it was done, and has no buttons any more. */
  isTold: boolean;
}

export const expectedFate: Fate = { tasks: 1, messages: 3, isTold: true };

/** Numbers from 0 to 1, the same in every run. */
function* fractions(seed: number): Generator<number, never> {
  for (let state = seed; ; state = (state * 16_807) % 2_147_483_647) yield state / 2_147_483_647;
}

/** Turns that write, in processes that are killed. On Redis with Postgres two replicas share the work, and either is killed. */
export class KilledWrites {
  readonly sandbox: Sandbox;
  readonly #home: EngineHome;
  readonly #redis: PrivateServer | undefined;
  readonly #replicas: (SophiaProcess | undefined)[];
  readonly #moments: Generator<number, never>;
  kills = 0;

  static async open(engine: Engine, seed: number): Promise<KilledWrites> {
    const sandbox = await houseSandbox({ slack: { retryDelaysMs: [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000] } });
    sandbox.claude.store.script(taskScript);
    sandbox.board.addFault({ service: "asana", path: "/tasks", latencyMs: writeMs, times: Number.MAX_SAFE_INTEGER });
    const home = await engine.create();
    // Wake-ups of other houses on the same Redis would be heard here, and ours there.
    const redis = engine.name === "PGlite" ? undefined : await startRedis();
    return new KilledWrites(sandbox, home, redis, seed);
  }

  private constructor(sandbox: Sandbox, home: EngineHome, redis: PrivateServer | undefined, seed: number) {
    this.sandbox = sandbox;
    this.#home = home;
    this.#redis = redis;
    this.#replicas = [undefined, ...(redis ? [undefined] : [])];
    this.#moments = fractions(seed);
  }

  async close(): Promise<void> {
    for (const replica of this.#replicas) await replica?.kill();
    await this.sandbox.close();
    await this.#home.drop();
    await this.#redis?.kill();
  }

  /** Ends one replica as a power cut would, and starts it again. */
  async restart(index = 0): Promise<void> {
    if (this.#replicas[index]) this.kills++;
    await this.#replicas[index]?.kill();
    const home = this.#redis ? { ...this.#home, redisUrl: this.#redis.url } : this.#home;
    this.#replicas[index] = await startSophiaProcess(houseEnvironment(this.sandbox, home, "socket"));
    await this.sandbox.slack.store.waitFor(() => this.sandbox.slack.store.connected, 10_000);
  }

  async startAll(): Promise<void> {
    for (const index of this.#replicas.keys()) await this.restart(index);
  }

  /** Asks for tasks of these names, all at once; kills while they are asked for and while they are written. */
  async run(names: readonly string[]): Promise<Fate[]> {
    const asked = names.map((name) => ({ name, asked: this.ask(name) }));
    await this.#pauseUpTo(1_500);
    await this.#killOne();
    for (const { asked: one } of asked) await this.card(one);
    const presses: Promise<boolean>[] = [];
    for (const { asked: one } of asked) {
      presses.push(this.press(one));
      await this.#pauseUpTo((2 * writeMs) / names.length);
    }
    await this.#killOne();
    await Promise.all(presses);
    for (const { asked: one } of asked) await this.pressUntilHeard(one);
    return Promise.all(asked.map(async ({ name, asked: one }) => this.fate(name, one)));
  }

  ask(name: string): Asked {
    const text = `@sophia create a task ${name}`;
    const { ts, channel } = this.sandbox.slack.store.send({ user: "maya", channel: "sales", text });
    return { ts, channel, threadTs: ts };
  }

  async card(asked: Asked): Promise<MessageView> {
    await this.sandbox.slack.store.waitFor(() => this.answers(asked).find(isCard), endsWithinMs);
    return this.answers(asked).find(isCard) as MessageView;
  }

  answers({ channel, threadTs }: Asked): MessageView[] {
    return answersIn(this.sandbox, channel, threadTs);
  }

  /** A press that the process did not live to acknowledge is no press to the person, who presses again. */
  async press(asked: Asked): Promise<boolean> {
    const { ts } = await this.card(asked);
    const press = { user: "maya", channel: asked.channel, ts, actionId: "sophia_approve" };
    return (await this.sandbox.slack.store.press(press)).ok;
  }

  async pressUntilHeard(asked: Asked): Promise<void> {
    while (hasButtons(await this.card(asked))) {
      if (await this.press(asked)) return;
      await sleep(200);
    }
  }

  /** Once the answer has come to its end. */
  async fate(name: string, asked: Asked): Promise<Fate> {
    const words = () => JSON.stringify(this.answers(asked).map(({ text, blocks }) => [text, blocks]));
    await until(() => words().includes(reported), `the end of the answer about ${name}`, endsWithinMs);
    const isTold = (card: MessageView) => !hasButtons(card) && JSON.stringify(card.blocks).includes("Done.");
    const cards = () => this.answers(asked).filter(isCard);
    await until(() => cards().every(isTold), `the card of ${name} to say what came of it`, endsWithinMs);
    return {
      tasks: tasksNamed(this.sandbox, name),
      messages: this.answers(asked).length,
      isTold: cards().length === 1 && cards().every(isTold),
    };
  }

  async #pauseUpTo(ms: number): Promise<void> {
    await sleep(this.#moments.next().value * ms);
  }

  async #killOne(): Promise<void> {
    await this.restart(Math.floor(this.#moments.next().value * this.#replicas.length));
  }
}
