import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import type { ToolCaller } from "../shared/define-tool.ts";
import { matchesWords } from "../shared/match-words.ts";
import type { OwnerAnswer } from "./answers.ts";

/** One of our people, as the owner of records. */
export interface Owner {
  id: string;
  userId: string | null;
  name: string;
  email: string | null;
  active: boolean;
  teams: string[];
}

export const ownerOutput = z.strictObject({ name: z.string(), email: z.string().nullable() }).nullable();

export function toOwner(answer: OwnerAnswer): Owner {
  const { id, userId, email, firstName, lastName, archived, teams } = answer;
  const name = [firstName, lastName].filter(Boolean).join(" ");
  return {
    id,
    userId: userId ?? null,
    name: name || email || `User ${id}`,
    email: email ?? null,
    active: !archived,
    teams: (teams ?? []).flatMap((team) => team.name ?? []),
  };
}

export function presentOwner(owner: Owner | undefined): z.output<typeof ownerOutput> {
  return owner ? { name: owner.name, email: owner.email } : null;
}

/** "Dana Fox <dana@ours.example>". */
export function ownerText({ name, email }: Owner): string {
  return email && email !== name ? `${name} <${email}>` : name;
}

/** Whom an argument means: an e-mail address, "me", a name or an owner's id. Throws UserError with what to send instead. */
export function findOwner(who: string, owners: readonly Owner[], caller: ToolCaller | undefined): Owner {
  if (who.trim().toLowerCase() === "me") return ownerOfCaller(owners, caller);
  const fitting = matching(who, owners);
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  if (only) {
    const some = fitting.slice(0, 5).map(ownerText).join(", ");
    throw new UserError(`owner "${who}" fits several people: ${some}. Give the e-mail address of one.`);
  }
  const nearest = nearestName(
    who,
    owners.flatMap(({ name, email }) => (email ? [name, email] : [name])),
  );
  const hint = nearest ? `did you mean "${nearest}"?` : "list_owners shows them.";
  throw new UserError(`HubSpot has no user "${who}" who could own records; ${hint}`);
}

function matching(who: string, owners: readonly Owner[]): Owner[] {
  const wanted = who.trim().toLowerCase();
  const exact = owners.filter(({ id, name, email }) => [id, name.toLowerCase(), email?.toLowerCase()].includes(wanted));
  return exact.length > 0 || wanted.includes("@") ? exact : owners.filter(({ name }) => matchesWords(who, name));
}

function ownerOfCaller(owners: readonly Owner[], caller: ToolCaller | undefined): Owner {
  if (!caller?.email) throw new UserError('It is not known who asks: give an e-mail address instead of "me".');
  const own = findByEmail(owners, caller.email);
  if (own) return own;
  throw new UserError(`${caller.email} is no HubSpot user who could own records: give somebody else's e-mail address.`);
}

export function findByEmail(owners: readonly Owner[], email: string | undefined): Owner | undefined {
  return owners.find((owner) => email !== undefined && owner.email?.toLowerCase() === email.toLowerCase());
}
