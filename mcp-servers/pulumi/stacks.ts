import { UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import { matchesWords } from "../shared/match-words.ts";

/** A stack of the one organization. */
export interface StackRef {
  project: string;
  stack: string;
}

export function nameOf({ project, stack }: StackRef): string {
  return `${project}/${stack}`;
}

const part = /^\w[\w.-]{0,99}$/;
const consolePage = /^https:\/\/app\.pulumi\.com\/([^/?#]+)\/([^/?#]+)\/([^/?#]+)/;

/**
 * A stack as it is written whole: `project/stack`, `org/project/stack`, or the link to its page. Undefined for a single name,
 * which has to be looked up. Throws UserError for another organization's, and for what can be no name.
 */
export function readStackName(text: string, org: string): StackRef | undefined {
  const wanted = text.trim();
  const parts = consolePage.exec(wanted)?.slice(1) ?? wanted.split("/");
  if (parts.length > 3 || !parts.every((name) => part.test(name))) {
    throw new UserError(
      "stack must be project/stack, such as billing/prod, or the link to its page. list_stacks has them.",
    );
  }
  if (parts.length === 1) return undefined;
  const [project = "", stack = ""] = parts.slice(-2);
  const [owner = org] = parts.length === 3 ? parts : [];
  if (owner.toLowerCase() === org.toLowerCase()) return { project, stack };
  throw new UserError(`stack: only stacks of the organization ${org} can be looked at here, not those of ${owner}.`);
}

/** The one that a single name means: a stack's, or a project's with one stack. Throws UserError with those that fit. */
export function pickStack(wanted: string, all: readonly StackRef[]): StackRef {
  const name = wanted.trim().toLowerCase();
  const exact = all.filter(({ project, stack }) => [project.toLowerCase(), stack.toLowerCase()].includes(name));
  const fitting = exact.length > 0 ? exact : all.filter((ref) => matchesWords(wanted, nameOf(ref)));
  const [only, ...others] = fitting;
  if (!only) throw unknownStack(wanted, all);
  if (others.length === 0) return only;
  const names = fitting.slice(0, 20).map(nameOf).join(", ");
  throw new UserError(
    `stack: "${wanted}" may be any of these: ${names}. Say which; where it is a question of what runs for customers, it is the production one.`,
  );
}

export function unknownStack(wanted: string, all: readonly StackRef[]): UserError {
  const names = all.map(nameOf);
  const nearest =
    nearestName(wanted, names) ??
    nearestName(
      wanted,
      all.map(({ project }) => project),
    );
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  return new UserError(
    `stack: there is no "${wanted.slice(0, 200)}" that Sophia's token can see.${hint} list_stacks has them.`,
  );
}
