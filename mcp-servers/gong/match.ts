import { matchesWords } from "../shared/match-words.ts";
import type { GongCall } from "./calls.ts";

export interface CallWish {
  person?: string | undefined;
  account?: string | undefined;
  title?: string | undefined;
}

/** All parts that are given must fit. */
export function fitsWish(call: GongCall, { person, account, title }: CallWish): boolean {
  if (title !== undefined && !matchesWords(title, call.title)) return false;
  if (person !== undefined && !hasPerson(call, person)) return false;
  return account === undefined || isWith(call, account);
}

function hasPerson(call: GongCall, person: string): boolean {
  const everybody = call.owner ? [...call.participants, call.owner] : call.participants;
  return everybody.some(({ name, email }) => matchesWords(person, name) || (email && matchesWords(person, email)));
}

/** Where the CRM says nothing, the customers' addresses and the title tell whom a call was with. */
function isWith(call: GongCall, account: string): boolean {
  if (matchesWords(account, call.account ?? "") || matchesWords(account, call.title)) return true;
  const customers = call.participants.filter(({ side }) => side === "external");
  return customers.some(({ email }) => email && matchesWords(account, email.slice(email.indexOf("@") + 1)));
}
