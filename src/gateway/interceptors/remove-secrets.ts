import { createSecrets, type Secrets } from "../../core/secrets.ts";
import type { Interceptor } from "../tool-call.ts";

/**
 * No secret of the process comes back from a server: a transcript may hold one, and a service may quote the credential that it
 * refuses. Stands directly around the call, so that neither the cache, the pages of a long result nor the ledger of writes get
 * to see it. The credential of whoever asks is known to this call alone.
 */
export function createRemoveSecrets(secrets: Secrets): Interceptor {
  return async (call, next) => {
    const result = secrets.removeIn(await next(call));
    return call.credential ? createSecrets([call.credential.accessToken]).removeIn(result) : result;
  };
}
