import { createHash } from "node:crypto";
import type { Credential } from "./define-tool.ts";
import type { VendorAdvice } from "./vendor-error.ts";

/** People whose clients, with what they know of names, are kept: the one that was not used for longest gives way. */
const mostKept = 100;

/** One client for each credential, so that none of its caches is ever shared. Known by its digest: the secret is in no key. */
export function personalClients<Client>(
  make: (credential: Credential) => Client,
  most = mostKept,
): (credential: Credential) => Client {
  const clients = new Map<string, Client>();
  return (credential) => {
    const key = createHash("sha256").update(credential.accessToken).digest("hex");
    const client = clients.get(key) ?? make(credential);
    clients.delete(key);
    clients.set(key, client);
    const oldest = clients.size > most ? clients.keys().next().value : undefined;
    if (oldest !== undefined) clients.delete(oldest);
    return client;
  };
}

/** What a refusal means where a person's own access was refused: not the server's settings are wrong. */
export function personalAdvice(advice: VendorAdvice, server: string): VendorAdvice {
  const { service, recognise } = advice;
  return {
    service,
    credentials:
      `It was the access that whoever asks has given Sophia. Tell them: \`/sophia connect ${server}\` renews it, ` +
      `\`/sophia disconnect ${server}\` has Sophia use its own account.`,
    permission: `The ${service} account of whoever asks may not do this. Say so; whoever manages ${service} can change it.`,
    recognise: (response) => (response.status === 401 || response.status === 403 ? undefined : recognise?.(response)),
  };
}
