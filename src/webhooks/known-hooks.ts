import { setTimeout as wait } from "node:timers/promises";
import { type SealContext, SealError, type Sealer } from "../accounts/sealing.ts";
import type { Clock } from "../core/clock.ts";
import type { AsanaHooks } from "../storage/asana-hooks.ts";
import { RefusedWebhook } from "./delivery.ts";

export interface KnownHooksOptions {
  hooks: Pick<AsanaHooks, "all" | "secretOf" | "keepSecret">;
  sealer: Sealer;
  clock: Clock;
  wait?: ((ms: number) => Promise<unknown>) | undefined;
}

/** Asana's hooks as this process knows them: whoever guesses at addresses costs the database nothing. */
export interface KnownHooks {
  /** The secret of one of ours; throws a RefusedWebhook. */
  secretOf(id: string): Promise<string>;
  /** Whether it is kept: that of a hook which is being made at this moment, once. */
  offer(id: string, secret: string): Promise<boolean>;
}

/** For so long a hook that was removed is still believed, and another replica's new one is not yet. */
const believedForMs = 2_000;
/** Between two looks for a hook that is being made. */
const betweenLooksMs = 500;

export function createKnownHooks({ hooks, sealer, clock, wait: pause = wait }: KnownHooksOptions): KnownHooks {
  let ids: ReadonlySet<string> = new Set();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  /** A hook's secret never changes: another secret is another hook. */
  const secrets = new Map<string, string>();
  const read = async (): Promise<void> => {
    readAt = clock.now();
    try {
      ids = new Set((await hooks.all()).map(({ id }) => id));
    } catch (error) {
      readAt = clock.now() + betweenLooksMs - believedForMs;
      throw error;
    }
    for (const id of secrets.keys()) if (!ids.has(id)) secrets.delete(id);
  };
  const isKnown = async (id: string, ageMs: number): Promise<boolean> => {
    if (clock.now() - readAt >= ageMs) reading = read();
    await reading;
    return ids.has(id);
  };
  /** Asana offers a secret while the hook's record is a moment old: a look from before says nothing of it. */
  const isBeingMade = async (id: string): Promise<boolean> => {
    const isLookedNow = clock.now() - readAt >= betweenLooksMs;
    if ((await isKnown(id, betweenLooksMs)) || isLookedNow) return ids.has(id);
    await pause(betweenLooksMs);
    return isKnown(id, betweenLooksMs);
  };
  return {
    secretOf: async (id) => {
      const isOurs = await isKnown(id, believedForMs);
      const known = secrets.get(id);
      if (known !== undefined) return known;
      const sealed = isOurs ? await hooks.secretOf(id) : undefined;
      if (!sealed) throw new RefusedWebhook(401, "no such hook is ours");
      const secret = opened(() => sealer.open(sealed, hookContext(id)));
      secrets.set(id, secret);
      return secret;
    },
    offer: async (id, secret) => {
      if (!(await isBeingMade(id))) return false;
      if (!(await hooks.keepSecret(id, sealer.seal(secret, hookContext(id))))) return false;
      secrets.set(id, secret);
      return true;
    },
  };
}

/** A hook's secret is sealed for that hook alone. */
export function hookContext(id: string): SealContext {
  return ["asana hook", id];
}

function opened(open: () => string): string {
  try {
    return open();
  } catch (error) {
    if (error instanceof SealError)
      throw new RefusedWebhook(401, "its hook's secret cannot be opened with SOPHIA_SECRET_KEY");
    throw error;
  }
}
