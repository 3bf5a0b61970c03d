import type { HttpBindings } from "@hono/node-server";
import { endCall } from "../world/end-call.ts";
import { createRandom } from "../world/random.ts";
import type { Call, Person, World } from "../world/types.ts";

export type GongEnv = { Bindings: HttpBindings };

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
   * it one is chosen. Throws RangeError where there is no such account.
   */
  endCall(options?: { account?: string | undefined }): Call;
}

export function createGongStore(
  world: World,
  credentials: GongStore["credentials"],
  timeZone: string,
  now: () => number,
): GongStore & { reset(): void } {
  const initial = [...world.calls];
  let ended = 0;
  return {
    world,
    credentials,
    timeZone,
    call: (id) => world.calls.find((call) => call.id === id),
    user: (id) => world.people.find((person) => person.gongUserId === id),
    endCall: ({ account } = {}) => {
      ended += 1;
      const random = createRandom(world.seed, "ended", ended);
      return endCall(world, { accountId: accountId(world, account), now: now(), random });
    },
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
