import { createCall } from "./calls.ts";
import { isOpen } from "./deals.ts";
import { storylineFor } from "./plan-calls.ts";
import type { Random } from "./random.ts";
import type { Call, World } from "./types.ts";
import { dayOf } from "./zones.ts";

export interface EndCallOptions {
  /** The account that was spoken with; one is chosen where it is not given. */
  accountId?: string | undefined;
  /** For its owner alone; not unless told. */
  isPrivate?: boolean | undefined;
  /** Epoch ms: when the call ended. */
  now: number;
  random: Random;
}

/** A call has just ended: makes it, with everything that was said, and appends it to the world. */
export function endCall(world: World, { accountId, isPrivate = false, now, random }: EndCallOptions): Call {
  const account = accountId ? world.accounts.find((a) => a.id === accountId) : random.pick(world.accounts);
  if (!account) throw new RangeError(`no account has the id ${accountId}`);
  const owner = world.people.find((p) => p.id === account.ownerId);
  if (!owner) throw new RangeError(`nobody owns ${account.name}`);
  const deals = world.deals.filter((d) => d.accountId === account.id);
  const deal = deals.find(isOpen) ?? deals[0];
  const minutes = random.int(12, 34);
  const start = now - minutes * 60_000;
  const slot = {
    start,
    minutes,
    ownerHandle: owner.handle,
    day: dayOf(start, world.people[0]?.timeZone ?? "UTC"),
    kind: "today" as const,
  };
  const plan = { slot, owner, account, deal, storyline: storylineFor(deal, random), isPrivate };
  const call = createCall(world.seed, `ended ${random.digits(12)}`, plan, world.people);
  world.calls.push(call);
  return call;
}
