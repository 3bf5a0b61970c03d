import { UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import { matchesWords } from "../shared/match-words.ts";

export interface Candidate {
  gid: string;
  name: string;
  /** What tells it from others of the same name: an e-mail address, a team. */
  detail?: string | null | undefined;
}

export interface NameSought {
  /** The argument that it was given in. */
  argument: string;
  /** As a person calls it: "project". */
  kind: string;
  /** What to do where nothing fits: "Look it up with list_projects." */
  otherwise: string;
}

const shownCandidates = 10;

/** As people write them, so that two spellings of one name are the same. */
export function sameName(left: string, right: string): boolean {
  return fold(left) === fold(right);
}

function fold(name: string): string {
  return name.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}

/**
 * The one that is called so; else the one whose name has these words. Throws UserError with the candidates where several fit,
 * and with the nearest name where none does.
 */
export function pickByName<Item extends Candidate>(wanted: string, all: readonly Item[], sought: NameSought): Item {
  const exact = all.filter(({ name }) => sameName(name, wanted));
  const fitting = exact.length > 0 ? exact : all.filter(({ name }) => matchesWords(wanted, name));
  const [only, ...others] = fitting;
  if (only && others.length === 0) return only;
  throw new UserError(only ? ambiguous(wanted, fitting, sought) : unknown(wanted, all, sought));
}

function ambiguous(wanted: string, fitting: readonly Candidate[], { argument, kind }: NameSought): string {
  const shown = fitting.slice(0, shownCandidates).map(({ gid, name, detail }) => {
    return `${name} (${detail ? `${detail}, ` : ""}gid ${gid})`;
  });
  const more = fitting.length > shown.length ? ` and ${fitting.length - shown.length} more` : "";
  return `${argument}: more than one ${kind} fits "${wanted}": ${shown.join("; ")}${more}. Send the gid of the right one.`;
}

function unknown(wanted: string, all: readonly Candidate[], { argument, kind, otherwise }: NameSought): string {
  const nearest = nearestOf(
    wanted,
    all.map(({ name }) => name),
  );
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  return `${argument}: there is no ${kind} "${wanted}" in Asana that Sophia's account can see.${hint} ${otherwise}`;
}

/** The nearest name, or the one that has the nearest word: "danil" is near to "Daniel Whitfield". */
export function nearestOf(wanted: string, names: readonly string[]): string | undefined {
  const whole = nearestName(wanted, names);
  if (whole !== undefined) return whole;
  const words = new Map(names.flatMap((name) => name.split(/\s+/).map((word) => [word, name] as const)));
  return words.get(nearestName(wanted, [...words.keys()]) ?? "");
}
