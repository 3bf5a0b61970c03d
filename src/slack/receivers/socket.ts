import { type App, type Receiver, type ReceiverEvent, SocketModeReceiver, webApi } from "@slack/bolt";
import { ServiceError } from "../../core/errors.ts";
import { sdkLogger } from "../sdk-logger.ts";
import { type DeliveryContext, type EventProcessor, processDelivery } from "./delivery.ts";

export interface SocketReceiverOptions extends DeliveryContext {
  appToken: string;
  apiUrl?: string | undefined;
  /** Waits before another attempt to connect; a parameter for tests. */
  wait: (ms: number) => Promise<void>;
}

const longestPauseMs = 15_000;
/** How long deliveries that are under way may take at the end. */
const graceMs = 3_000;

/**
 * Socket Mode. Differs from Bolt's receiver, which it is built on, in two ways: an envelope is acknowledged only after
 * the app has stored what it holds, and a connection that Slack announces to end is replaced at once (the package
 * itself waits five seconds first, and only then asks for a new address).
 */
export class SocketReceiver implements Receiver {
  readonly #options: SocketReceiverOptions;
  readonly #underWay = new Set<Promise<void>>();
  #app: EventProcessor | undefined;
  #current: SocketModeReceiver | undefined;
  #stopping = false;
  #connected = false;

  constructor(options: SocketReceiverOptions) {
    this.#options = options;
  }

  /** Whether Slack can reach this process now. */
  get connected(): boolean {
    return this.#connected;
  }

  init(app: EventProcessor): void {
    this.#app = app;
  }

  /** Resolves once Slack has said hello; throws ServiceError where the first connection cannot be made. */
  async start(): Promise<void> {
    this.#stopping = false;
    try {
      await this.#connect();
    } catch (cause) {
      const why = cause instanceof webApi.WebAPIPlatformError ? cause.data.error : "no connection";
      const message = `Slack does not open a Socket Mode connection (${why}). Check SLACK_APP_TOKEN and SLACK_API_URL.`;
      throw new ServiceError(message, { service: "Slack", cause });
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#connected = false;
    const { promise: grace, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, graceMs);
    await Promise.race([Promise.allSettled(this.#underWay), grace]);
    clearTimeout(timer);
    await this.#current?.stop();
  }

  async #connect(): Promise<void> {
    const { appToken, apiUrl, logger } = this.#options;
    const receiver = new SocketModeReceiver({
      appToken,
      autoReconnectEnabled: false,
      logger: sdkLogger(logger),
      installerOptions: {
        clientOptions: {
          ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
          retryConfig: { retries: 2, minTimeout: 200 },
          timeout: 10_000,
        },
      },
    });
    // The app that the inner receiver sees: its `ack` is the real one.
    receiver.init({ processEvent: (event: ReceiverEvent) => this.#deliver(event) } as App);
    const lost = (): void => {
      if (this.#current === receiver) void this.#replace();
    };
    // Slack announces the end of a connection; waiting for the socket to close would leave a gap.
    receiver.client.on("ws_message", (data: unknown) => {
      if (typeof data === "string" && data.length < 2_000 && isDisconnect(data)) lost();
    });
    this.#current = receiver;
    await receiver.start();
    this.#connected = true;
    receiver.client.on("disconnected", lost);
  }

  async #replace(): Promise<void> {
    this.#current = undefined;
    this.#connected = false;
    for (let failures = 0; !this.#stopping; failures++) {
      try {
        await this.#connect();
        this.#options.logger.info("Socket Mode connection replaced");
        return;
      } catch (error) {
        this.#current = undefined;
        this.#options.logger.warn({ err: error, failures: failures + 1 }, "Socket Mode connection failed");
        await this.#options.wait(Math.min(longestPauseMs, 500 * 2 ** failures));
      }
    }
  }

  async #deliver(event: ReceiverEvent): Promise<void> {
    const work = this.#processAndAck(event);
    this.#underWay.add(work);
    try {
      await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async #processAndAck(event: ReceiverEvent): Promise<void> {
    if (!this.#app) throw new Error("The receiver has no app yet");
    const result = await processDelivery(this.#app, event, this.#options);
    await event.ack(result.response);
  }
}

function isDisconnect(data: string): boolean {
  try {
    return (JSON.parse(data) as { type?: unknown }).type === "disconnect";
  } catch {
    return false;
  }
}
