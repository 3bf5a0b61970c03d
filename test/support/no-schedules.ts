import type { Schedules } from "../../src/storage/schedules.ts";

const none = async () => [];
const unfounded = async () => {
  throw new Error("nobody has a digest here");
};

/** Where nobody has any digest. */
export const noSchedules: Schedules = {
  list: none,
  due: none,
  failedFor: none,
  pauseAllOf: none,
  get: async () => undefined,
  add: unfounded,
  tick: unfounded,
  ran: unfounded,
  change: unfounded,
  pause: unfounded,
  resume: unfounded,
  remove: unfounded,
};
