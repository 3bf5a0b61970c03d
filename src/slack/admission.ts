import { isAmong } from "../core/people-lists.ts";
import type { Person } from "./people.ts";

/** What becomes of the questions of guests, and of those who may be some. */
export type Guests = "refuse" | "answer";

/** Why somebody gets no answer and may press no button. */
export type Refused = Exclude<Person["standing"], "member">;

/** Undefined where the person may use Sophia. Of whom Slack tells nothing may be a guest, and is refused as one. */
export function reasonToRefuse({ standing }: Person, guests: Guests): Refused | undefined {
  if (standing === "member") return undefined;
  const mayBeAnswered = standing === "guest" || standing === "unknown";
  return mayBeAnswered && guests === "answer" ? undefined : standing;
}

export const refusalWords: Record<Exclude<Refused, "nobody">, string> = {
  external: "I answer people of my own workspace only.",
  guest:
    "I answer full members of this workspace only, and you are a guest here. Please ask the colleague who invited you.",
  unknown:
    "I answer full members of this workspace only, and Slack does not tell me just now whether you are one. " +
    "Please ask again in a minute. If I say the same then, tell whoever runs me.",
};

/** What somebody is told who may not use Sophia, by a command or a button; undefined where they may. */
export function wordsFor(person: Person, { guests }: { guests: Guests }): string | undefined {
  const reason = reasonToRefuse(person, guests);
  if (reason === undefined) return undefined;
  return reason === "nobody" ? "I answer people of this workspace only." : refusalWords[reason];
}

/** Slack's own admins, and whom the configuration names. */
export function isAdmin(person: Person, { admins }: { admins: readonly string[] }): boolean {
  return person.standing === "member" && (person.isAdmin || isAmong(admins, person));
}
