import type { HttpBindings } from "@hono/node-server";
import { endCall } from "../world/end-call.ts";
import { createRandom } from "../world/random.ts";
import type { Call, Person, World } from "../world/types.ts";

export type GongEnv = { Bindings: HttpBindings };

export interface EndedCall {
  account?: string | undefined;
  isPrivate?: boolean | undefined;
  webhooks?: number | undefined;
}

/** Gong's side of the world, and what moves it. */
export interface GongStore {
  readonly world: World;
  /** Access key and its secret, as the company's administrator made them. */
  readonly credentials: Readonly<{ key: string; secret: string }>;
  /** The zone that Gong counts the company's days in. */
  readonly timeZone: string;
  /** The call, whoever may see it. */
  call(id: string): Call | undefined;
  user(gongUserId: string): Person | undefined;
  /**
   * A call has just ended and been processed: from now on the service has it. `account` is an account's name or id; without
   * it one is chosen. Its webhook is sent as often as `webhooks` says, once unless told. Throws RangeError where there is no
   * such account.
   */
  endCall(options?: EndedCall): Call;
  /** Told of each call that ends, and how often its webhook is to be sent. */
  subscribe(listener: (call: Call, webhooks: number) => void): void;
}

export function createGongStore(
  world: World,
  credentials: GongStore["credentials"],
  timeZone: string,
  now: () => number,
): GongStore & { reset(): void } {
  const initial = [...world.calls];
  const listeners: ((call: Call, webhooks: number) => void)[] = [];
  let ended = 0;
  return {
    world,
    credentials,
    timeZone,
    call: (id) => world.calls.find((call) => call.id === id),
    user: (id) => world.people.find((person) => person.gongUserId === id),
    endCall: ({ account, isPrivate, webhooks = 1 } = {}) => {
      ended += 1;
      const random = createRandom(world.seed, "ended", ended);
      const call = endCall(world, { accountId: accountId(world, account), isPrivate, now: now(), random });
      for (const listener of listeners) listener(call, webhooks);
      return call;
    },
    subscribe: (listener) => void listeners.push(listener),
    reset: () => {
      ended = 0;
      world.calls.splice(0, world.calls.length, ...initial);
    },
  };
}

function accountId(world: World, wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  const found = world.accounts.find((a) => a.id === wanted || a.name.toLowerCase() === wanted.toLowerCase());
  if (!found) throw new RangeError(`no account is called ${wanted}`);
  return found.id;
}
