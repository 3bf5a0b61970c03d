import { UserError } from "../core/errors.ts";

/** Reads `--seed` and `--now` of the commands that start a sandbox. */
export function sandboxOptions(values: { seed?: string | undefined; now?: string | undefined }): {
  seed: number;
  now: number;
} {
  const seed = values.seed === undefined ? 1 : Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new UserError(`--seed takes a whole number, not "${values.seed}".`);
  const now = values.now === undefined ? Date.now() : Date.parse(values.now);
  if (Number.isNaN(now))
    throw new UserError(`--now takes an ISO 8601 instant such as 2026-11-23T09:00:00Z, not "${values.now}".`);
  return { seed, now };
}
