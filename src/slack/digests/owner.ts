import { isDeepStrictEqual } from "node:util";
import type { Schedule } from "../../storage/schedules.ts";

/** What says what is asked in the owner's name, and who reads the answer. */
export type Asked = Pick<Schedule, "what" | "allowsWrites" | "isPrivate"> & { channel?: string | undefined };

/**
 * Whose a digest is once it is changed. An admin who has another one's ask something else, elsewhere, or propose changes, asks that
 * themselves: nobody puts words into somebody else's mouth, to be answered by what that one may see and do.
 */
export function ownerAfter(before: Schedule | undefined, asked: Asked, changedBy: string): string {
  if (before === undefined) return changedBy;
  const isSamePlace = before.isPrivate ? asked.isPrivate : !asked.isPrivate && asked.channel === before.channel;
  const isSame =
    isSamePlace && asked.allowsWrites === before.allowsWrites && isDeepStrictEqual(asked.what, before.what);
  return isSame ? before.ownerId : changedBy;
}
