import { SophiaError } from "../../core/errors.ts";
import type { Credentials } from "../settings.ts";
import { type AuthorisedCall, authorised, type Interceptor, Refusal } from "../tool-call.ts";

/**
 * Has a server of ours act as whoever asks, where they have let Sophia do so: what they write is theirs, and what they read
 * in private is what they may see. What others read along is read with the server's own account, as for everybody: it is not
 * for one person's eyes. Stands before consent, so that what is approved is what that person can do.
 */
export function createPersonalCredential(credentials: Credentials | undefined): Interceptor {
  return async (call, next) => {
    const { teamId, userId } = call.caller ?? {};
    if (!credentials || !teamId || !userId || !isPersonal(authorised(call))) return next(call);
    const { name } = authorised(call).tool.upstream;
    call.credential = await credentials.credentialFor({ teamId, userId }, name).catch(refuse);
    return next(call);
  };
}

/** To nobody's server but our own in this process, whatever the configuration trusts. */
function isPersonal({ tool, caller }: AuthorisedCall): boolean {
  const { upstream } = tool;
  const isOurs = upstream.isTrusted && upstream.settings.source.type === "builtin";
  return isOurs && (!tool.isRead || caller?.audience === "private");
}

function refuse(error: unknown): never {
  if (error instanceof SophiaError) throw new Refusal("credential", error.message);
  throw error;
}
