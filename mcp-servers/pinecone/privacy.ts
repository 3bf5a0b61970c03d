import type { ToolCaller } from "../shared/define-tool.ts";
import type { Metadata } from "./answers.ts";

/** The field that this server writes; those who fill an index themselves may use another one of these. */
export const PRIVATE_FIELD = "is_private";

const flags = [PRIVATE_FIELD, "private", "isPrivate", "confidential"];
const levels = ["visibility", "access", "audience", "privacy"];
const openWords = new Set(["", "0", "false", "no", "public", "none", "null"]);

/** Whether its metadata mark it as private: with a flag that is anything but clearly off, or with a level that says so. */
export function isPrivate(metadata: Metadata): boolean {
  const isFlagged = flags.some((name) => metadata[name] !== undefined && !isOff(metadata[name]));
  return (
    isFlagged || levels.some((name) => textsOf(metadata[name]).some((level) => /private|confidential/i.test(level)))
  );
}

/** Its owner's addresses, as its metadata name them. */
export function ownersOf(metadata: Metadata): string[] {
  return textsOf(metadata.owner_email);
}

/**
 * A private record is shown to its owner, in private, and to nobody else: in a channel the owner is not the only reader. One
 * that names no owner is shown to nobody.
 */
export function maySee(metadata: Metadata, caller: ToolCaller | undefined): boolean {
  return !isPrivate(metadata) || (caller?.audience === "private" && isOwner(metadata, caller));
}

/** Whether it is kept back only because others would read the answer. */
export function isForOwnEyes(metadata: Metadata, caller: ToolCaller | undefined): boolean {
  return isPrivate(metadata) && caller?.audience === "channel" && isOwner(metadata, caller);
}

function isOwner(metadata: Metadata, { email }: ToolCaller): boolean {
  return Boolean(email) && ownersOf(metadata).some((owner) => sameAddress(owner, email ?? ""));
}

function sameAddress(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.trim().toLowerCase();
}

function isOff(value: unknown): boolean {
  return openWords.has(String(value).trim().toLowerCase());
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
}
