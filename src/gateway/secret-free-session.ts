import type { Secrets } from "../core/secrets.ts";
import type { Peer, RequestContext, SessionHandler } from "../mcp/server.ts";
import { type JsonObject, ProtocolError } from "../mcp/types.ts";

/** The session with the secrets of the process taken out of all that its client sends and gets, errors included. */
export function withoutSecrets(open: (peer: Peer) => SessionHandler, peer: Peer, secrets: Secrets): SessionHandler {
  const session = open({ ...cleanSender(peer, secrets), capabilities: () => peer.capabilities() });
  return {
    handle: async (method, params, context) => {
      const { signal, meta } = context;
      const answer = session.handle(method, secrets.removeIn(params), {
        signal,
        meta,
        ...cleanSender(context, secrets),
      });
      return secrets.removeIn(await answer.catch((error: unknown) => refuse(error, secrets)));
    },
    notified: (method, params) => session.notified?.(method, secrets.removeIn(params)),
    closed: () => session.closed?.(),
  };
}

type Sender = Pick<Peer & RequestContext, "notify" | "request">;

/** What a server behind the gateway says or asks unasked. */
function cleanSender(sender: Sender, secrets: Secrets): Sender {
  return {
    notify: (method, params) => sender.notify(method, secrets.removeIn(params)),
    request: async (method, params, options) =>
      secrets.removeIn(await sender.request(method, secrets.removeIn(params), options)),
  };
}

function refuse(error: unknown, secrets: Secrets): Promise<JsonObject> {
  if (!(error instanceof ProtocolError)) throw error;
  throw new ProtocolError(error.code, secrets.remove(error.message), secrets.removeIn(error.data));
}
