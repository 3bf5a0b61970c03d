import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventCallback } from "../../sandbox/slack/events.ts";
import type { SlackStore } from "../../sandbox/slack/store.ts";
import type { Sandbox } from "../../sandbox/start.ts";
import type { Script } from "../../sandbox/claude/store.ts";
import { isLastOfAnswer, paragraphs, questionOf, squeeze, wholeText } from "../support/answers.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { answersIn, type Asked, type House, houseEnvironment, houseSandbox, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";
import { type SophiaProcess, startSophiaProcess } from "../support/sophia-process.ts";

const textOf = (name: string): string => paragraphs(name, 5);
const script: Script = (request) => [{ type: "text", text: textOf(questionOf(request)) }];

interface Held extends Asked {
  name: string;
  events: EventCallback[];
}

/** A hundred questions that nobody has delivered yet: mentions in three channels, in threads of ten, and direct messages. */
function holdQuestions(store: SlackStore): Held[] {
  const held: Held[] = [];
  const hold = (user: string, channel: string, threadTs?: string): Held => {
    const name = `question-${held.length}`;
    const text = channel === "dm" ? name : `@sophia ${name}`;
    const { ts, channel: id, events } = store.send({ user, channel, text, threadTs, hold: true });
    const one = { name, events, ts, channel: id, threadTs: threadTs ?? ts };
    held.push(one);
    return one;
  };
  for (const channel of ["sales", "general", "product-feedback"]) {
    for (let n = 0; n < 20; n++) hold(["maya", "grace"][n % 2] ?? "", channel);
  }
  for (const channel of ["sales", "general"]) {
    const { threadTs } = hold("zoe", channel);
    for (let n = 0; n < 9; n++) hold("tomas", channel, threadTs);
  }
  for (const user of ["daniel", "ruth", "ben", "arjun"]) for (let n = 0; n < 5; n++) hold(user, "dm");
  return held;
}

/** Delivers each of them several times in mixed orders, some of them again while they are being answered. */
async function deliverAll(store: SlackStore, held: readonly Held[]): Promise<void> {
  const [early, late] = [held.filter((_, n) => n % 2 === 0), held.filter((_, n) => n % 2 === 1)];
  const eventsOf = (some: readonly Held[]): EventCallback[] => some.flatMap(({ events }) => events);
  // A mention is two events, so a hundred messages are 180 of them.
  const first = store.deliver(eventsOf(early), { times: 2, shuffle: 1 });
  const second = store.deliver(eventsOf(late), { times: 3, shuffle: 2 });
  const acknowledged = [...(await first), ...(await second)];
  acknowledged.push(...(await store.deliver(eventsOf(held.slice(0, 30)), { shuffle: 3 })));
  expect(acknowledged.length).toBeGreaterThanOrEqual(500);
  expect(acknowledged.every(Boolean)).toBe(true);
}

describe.each(["http", "socket"] as const)("over %s", (mode) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ mode, sandbox: { slack: { retryDelaysMs: [0, 200, 400, 800] } } });
    house.sandbox.claude.store.script(script);
  });
  afterAll(() => house.close());

  it("500 doubled, reordered and repeated deliveries of 100 messages give 100 answers, each once", async () => {
    const { store } = house.sandbox.slack;
    const held = holdQuestions(store);
    await deliverAll(store, held);
    await until(() => endedTurns(house) >= 100, "the end of every turn", 25_000);
    // And once more when everything is over.
    await store.deliver(
      held.flatMap(({ events }) => events),
      { shuffle: 4 },
    );
    expect(await house.turns()).toHaveLength(100);
    expect(endedTurns(house)).toBe(100);
    expectEachOnce(house.sandbox, held);
  });

  it("answers once what Slack could deliver only at a later attempt", async () => {
    const { store } = house.sandbox.slack;
    const url = `http://127.0.0.1:${house.app.port}/slack/events`;
    if (mode === "http") store.setRequestUrl(`${url}-that-is-not-there`);
    const names = ["late-0", "late-1", "late-2"];
    const asked = names.map((name) => house.ask(name));
    // Over a socket the connection is replaced meanwhile, as Slack does every few hours.
    if (mode === "http") store.setRequestUrl(url);
    else store.refreshSockets();
    await store.settled();
    for (const [n, one] of asked.entries()) {
      expect((await house.ended(one)).status).toBe("done");
      expect(wholeText(house.answers(one))).toBe(squeeze(textOf(names[n] ?? "")));
    }
  });
});

const engines = await availableEngines();

describe.each(engines.filter(({ name }) => name === "Postgres"))("with two replicas on $name", (engine) => {
  let sandbox: Sandbox;
  let home: EngineHome;
  let replicas: SophiaProcess[];
  beforeAll(async () => {
    [sandbox, home] = await Promise.all([houseSandbox(), engine.create()]);
    const env = houseEnvironment(sandbox, home, "socket");
    replicas = await Promise.all([startSophiaProcess(env), startSophiaProcess(env)]);
    sandbox.claude.store.script(script);
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.kill()));
    await sandbox.close();
    await home.drop();
  });

  it("each message is answered once, whichever of them hears of it how often", async () => {
    const { store } = sandbox.slack;
    expect(store.connections).toBe(2);
    const held = holdQuestions(store);
    await deliverAll(store, held);
    const ended = () => replicas.flatMap(({ output }) => output.filter((line) => line.includes('"a turn ended"')));
    await until(() => ended().length >= 100, "the end of every turn", 25_000);
    expect(await Promise.all(replicas.map((replica) => replica.stop()))).toEqual([0, 0]);
    expect(ended()).toHaveLength(100);
    expectEachOnce(sandbox, held);
    const { database } = await home.createStorage();
    const rows = await database.query("SELECT status, attempt, count(*)::int FROM sophia.turns GROUP BY 1, 2");
    expect(rows).toEqual([{ status: "done", attempt: 1, count: 100 }]);
  });
});

function endedTurns({ log }: House): number {
  return log.filter(({ msg }) => msg === "a turn ended").length;
}

/** In each thread stands exactly the text of its questions' answers. */
function expectEachOnce(sandbox: Sandbox, held: readonly Held[]): void {
  const threads = Map.groupBy(held, ({ channel, threadTs }) => `${channel} ${threadTs}`);
  let answers = 0;
  for (const [place, questions] of threads) {
    const [channel = "", threadTs = ""] = place.split(" ");
    const messages = answersIn(sandbox, channel, threadTs);
    // Questions of one thread are answered in the order in which they reached Sophia, which was mixed.
    const texts = messages.map((message) => wholeText([message]));
    expect(new Set(texts)).toEqual(new Set(questions.map(({ name }) => squeeze(textOf(name)))));
    expect(messages).toHaveLength(questions.length);
    expect(messages.every(isLastOfAnswer)).toBe(true);
    answers += messages.length;
  }
  expect(answers).toBe(100);
}
