import type { Person } from "./people.ts";
import type { Place } from "./places.ts";

/**
 * Who may have Sophia read and write where. She sees more than the person who asks: each message is in her own name, and is
 * judged by what that person could do in Slack.
 */
export interface Asker {
  person: Person;
  /** `channel`: others read the answer as well. */
  audience: "private" | "channel";
}

/**
 * `hidden`: to be answered as if there were no such place. `aloud`: the asker may read it, but not where others read along.
 * `outsider`: public, but the asker is not in it. `guest`: not for guests.
 */
export type Verdict = "allowed" | "hidden" | "aloud" | "outsider" | "guest";

/**
 * Without an asker another client calls, of whose people nothing is known. `isMember`: whether the asker is in the place; it
 * counts for everything but a full member's reading of a public channel.
 */
export function mayRead(asker: Asker | undefined, { kind }: Pick<Place, "kind">, isMember: boolean): Verdict {
  if (!asker) return kind === "public" ? "allowed" : "hidden";
  const isOpen = kind === "public" && asker.person.standing === "member";
  if (!isMember && !isOpen) return "hidden";
  return kind !== "public" && asker.audience === "channel" ? "aloud" : "allowed";
}

/** `isMember` counts for everything but a direct message. */
export function mayWrite(asker: Asker, { kind, userId }: Pick<Place, "kind" | "userId">, isMember: boolean): Verdict {
  const { id, standing } = asker.person;
  // Whom a direct message may go to is decided with the person; guests write to themselves alone.
  if (kind === "dm") return standing === "member" || userId === id ? "allowed" : "guest";
  if (isMember) return "allowed";
  return kind === "public" && standing === "member" ? "outsider" : "hidden";
}

/** Whether the verdict depends on who is in the place, which has to be asked of Slack. */
export function needsMembers(asker: Asker, { kind }: Pick<Place, "kind">, action: "read" | "write"): boolean {
  if (kind === "dm") return false;
  return action === "write" || kind !== "public" || asker.person.standing !== "member";
}
