import { ServiceError } from "../core/errors.ts";
import { elapsed, within } from "./deadline.ts";
import { type BackendOptions, openBackend } from "./bullmq-backend.ts";

/** What replicas tell each other. Delivered to every process, this one as well; may be lost (the leases catch it). */
export interface Relay {
  publish(message: RelayMessage): Promise<void>;
  subscribe(listener: (message: RelayMessage) => void): void;
  close(): Promise<void>;
}

export type RelayMessage = { type: "stop"; turnIds: string[] } | { type: "edited"; turnId: string; revision: number };

const topic = "turns";
/** Milliseconds: who presses Stop does not wait longer for the relay; the renewal of the leases finds the mark. */
const publishTimeoutMs = 1_000;

/** BullMQ's relay on Redis where there is an address, else in the database. */
export async function openRelay(options: BackendOptions): Promise<Relay> {
  const { logger } = options;
  const [backend, bullmq] = await Promise.all([openBackend(options), import("bullmq")]);
  const relay = new bullmq.Relay({
    connection: backend.connection,
    backend: backend.relayFactory,
    prefix: backend.prefix,
    namespace: "sophia",
    inboxMaxLength: 1_000,
    // A Redis that was restarted has forgotten this process: a heartbeat, every third of the lease, registers it again.
    leaseDuration: 9_000,
  });
  relay.on("error", (error: Error) => {
    if (backend.isReady()) logger.warn({ err: error }, "the relay met an error");
  });

  return {
    publish: async (message) => {
      if (!backend.isReady()) throw unavailable();
      await within(publishTimeoutMs, relay.publish(topic, message), unavailable);
    },
    subscribe: (listener) => {
      relay
        .subscribe<RelayMessage>(topic, ({ data }) => listener(data))
        .catch((error: unknown) => logger.error({ err: error }, "the relay cannot be listened to"));
    },
    close: async () => {
      await Promise.race([relay.close(), elapsed(publishTimeoutMs)]);
      backend.close();
    },
  };
}

function unavailable(): ServiceError {
  return new ServiceError("The other replicas could not be told; they notice within seconds.", {
    service: "the relay",
    retryable: true,
  });
}
