import { type Sandbox, startSandbox } from "../../sandbox/start.ts";
import { environment } from "../config/environment.ts";
import { ServiceError, UserError } from "../core/errors.ts";
import { type NewId, randomId } from "../core/ids.ts";
import { createLogger } from "../observability/log.ts";
import { actions } from "../slack/surface.ts";
import type { Turn } from "../storage/turns.ts";
import { type Answered, approvalsOf, readable, toolCallsOf, usageOf } from "./answered.ts";
import { type DemoHouse, openDemoHouse } from "./demo-house.ts";
import { shutdownRequested } from "./shutdown.ts";

export type Decision = "approve" | "deny";

export interface Question {
  /** Sent as a mention of Sophia, in a DM as it is, and as the slash command where it begins with `/sophia`. */
  text: string;
  /** Person of the world by handle, name, id or e-mail; the first one unless told. */
  user?: string | undefined;
  /** Channel name, or `dm`. */
  channel: string;
  /** What the asker says to every card that comes; undefined: nothing, and the cards are left. */
  press?: Decision | undefined;
  seed: number;
  /** Epoch milliseconds. */
  now: number;
}

/** A question whose person and channel are known to be there. */
interface Asking {
  text: string;
  user: string;
  /** As it was named. */
  channel: string;
  channelId: string;
  press: Decision | undefined;
}

interface Exchanged {
  answered: Answered;
  turn: Turn | undefined;
}

interface Place {
  channel: string;
  /** Undefined for a slash command, until its turn has a thread. */
  threadTs?: string | undefined;
}

/** Most that an answer may take; a turn's own budget ends well before. */
const deadlineMs = 300_000;
const pollMs = 10;
/** As shells count the end by Ctrl-C. */
const interruptedExitCode = 130;

/** `npm run demo -- --ask`: asks one question in the sandbox and prints the answer. The exit code says whether there was one. */
export async function ask(question: Question, asJson: boolean): Promise<number> {
  const { seed, now } = question;
  const sandbox = await startSandbox({ seed, now });
  try {
    const exchanged = await askIn(sandbox, question);
    if (!exchanged) return interruptedExitCode;
    const { answered, turn } = exchanged;
    console.log(asJson ? JSON.stringify(answered) : readable(answered));
    const hasEndedWell = turn === undefined || turn.status === "done" || turn.status === "suspended";
    return answered.replies.length > 0 && hasEndedWell ? 0 : 1;
  } finally {
    await sandbox.close();
  }
}

/** The same in a sandbox that runs. Undefined where a person ended the command before there was an answer. */
export async function askIn(
  sandbox: Sandbox,
  { text, user: wanted, channel, press }: Omit<Question, "seed" | "now">,
): Promise<Exchanged | undefined> {
  // Who mistyped a name is told before Sophia is started, which takes seconds.
  const user = personOf(sandbox, wanted);
  const channelId = channelOf(sandbox, channel, user);
  return askSophia(sandbox, { text, user, channel, channelId, press });
}

async function askSophia(sandbox: Sandbox, asking: Asking): Promise<Exchanged | undefined> {
  const interrupted = shutdownRequested().then(() => undefined);
  const turnIds: string[] = [];
  const newId: NewId = (prefix) => {
    const id = randomId(prefix);
    if (prefix === "turn") turnIds.push(id);
    return id;
  };
  const logger = createLogger({ level: "error", destination: 2 });
  const house = await openDemoHouse({ sandbox, env: environment(), logger, newId, gatewayPort: 0 });
  try {
    return await Promise.race([exchange(house, asking, turnIds), interrupted]);
  } finally {
    await house.close();
  }
}

async function exchange(house: DemoHouse, asking: Asking, turnIds: readonly string[]): Promise<Exchanged> {
  const { store } = house.sandbox.slack;
  await store.waitFor(() => store.connected, 10_000);
  const startedAt = performance.now();
  const elapsed = (): number => Math.round((performance.now() - startedAt) * 10) / 10;
  let firstVisibleMs: number | null = null;
  const unsubscribe = store.subscribe((change) => {
    const isSign = change.type === "status" || ("message" in change && change.message.botId !== undefined);
    if (isSign) firstVisibleMs ??= elapsed();
  });
  const asked = await send(house, asking);
  const ackMs = elapsed();
  const turn = await endOf(house, turnIds, asking);
  const timings = { ackMs, firstVisibleMs, totalMs: elapsed() };
  unsubscribe();
  const steps = turn ? await house.app.turns.steps(turn.id) : [];
  const answered: Answered = {
    question: asking.text,
    user: asking.user,
    channel: asking.channel,
    replies: repliesIn(house, turn ?? asked, asking.user),
    toolCalls: toolCallsOf(steps),
    approvals: turn ? approvalsOf(await house.app.approvals.ofTurn(turn.id), asking.user) : [],
    usage: usageOf(steps),
    timings,
  };
  return { answered, turn };
}

function personOf({ world: { people } }: Sandbox, wanted: string | undefined): string {
  const known = people.find((person) =>
    wanted === undefined ? true : [person.id, person.handle, person.name, person.email].includes(wanted),
  );
  if (known) return known.handle;
  throw new UserError(`There is no "${wanted}" in the sandbox; there are ${people.map((p) => p.handle).join(", ")}.`);
}

function channelOf({ slack }: Sandbox, wanted: string, user: string): string {
  const isDirect = wanted === "dm" || wanted === "@sophia";
  const channels = slack.store.channels(user);
  const known = channels.find(({ id, name, kind }) => (isDirect ? kind === "im" : name === wanted || id === wanted));
  if (known) return known.id;
  const names = channels.map(({ name }) => name || "dm");
  throw new UserError(`${user} is in no channel "${wanted}"; they are in ${names.join(", ")}.`);
}

/** Resolves once Sophia has acknowledged. */
async function send({ sandbox }: DemoHouse, { text, user, channelId }: Asking): Promise<Place> {
  const { store } = sandbox.slack;
  if (text.startsWith("/sophia")) {
    const rest = text.slice("/sophia".length).trim();
    const outcome = await store.command({ user, channel: channelId, command: "/sophia", text: rest });
    if (!outcome.ok)
      throw new ServiceError("Sophia did not acknowledge the command within 3 s.", { service: "Sophia" });
    return { channel: channelId };
  }
  const isAddressed = channelId.startsWith("D") || /(^|\s)@sophia\b/i.test(text);
  const sent = store.send({ user, channel: channelId, text: isAddressed ? text : `@sophia ${text}`, hold: true });
  const acknowledged = await store.deliver(sent.events);
  if (!acknowledged.every(Boolean)) throw new ServiceError("Sophia did not take the message.", { service: "Sophia" });
  return { channel: sent.channel, threadTs: sent.ts };
}

/**
 * The turn that came of the question, once it has ended or, where nobody presses, waits; undefined where none came
 * (`/sophia help`).
 */
async function endOf(house: DemoHouse, turnIds: readonly string[], asking: Asking): Promise<Turn | undefined> {
  const { app } = house;
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    // One delivery of several makes the turn; the ids that the others drew are in no row.
    const turns = await Promise.all(turnIds.map((id) => app.turns.get(id)));
    const turn = turns.find((candidate) => candidate !== undefined);
    if (turn?.status === "suspended" && asking.press) await pressCards(house, turn.id, asking.user, asking.press);
    else if (!turn || !["queued", "running"].includes(turn.status)) return turn;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new ServiceError(`There was no answer within ${deadlineMs / 1000} s.`, { service: "Sophia" });
}

/** What Sophia wrote for that person there: in the thread, or to them alone. */
function repliesIn({ sandbox }: DemoHouse, { channel, threadTs }: Place, viewer: string): Answered["replies"] {
  return sandbox.slack.store
    .messages(channel, { viewer, ...(threadTs === undefined ? {} : { threadTs }) })
    .filter((message) => message.author.isBot && message.ts !== threadTs)
    .map((message) => ({
      channel,
      threadTs: message.threadTs,
      ts: message.ts,
      text: message.text,
      blocks: message.blocks,
    }));
}

/** As the buttons of the cards that a turn waits for; each stands on every write of its card. */
async function pressCards({ app, sandbox }: DemoHouse, turnId: string, user: string, press: Decision): Promise<void> {
  const pending = (await app.approvals.ofTurn(turnId)).filter(({ status }) => status === "planned");
  for (const [ts, [first]] of Map.groupBy(pending, ({ cardTs }) => cardTs)) {
    if (ts === undefined || !first) continue;
    const outcome = await sandbox.slack.store.press({ user, channel: first.channel, ts, actionId: actions[press] });
    if (!outcome.ok) throw new ServiceError("Sophia did not take the press within 3 s.", { service: "Sophia" });
  }
}
