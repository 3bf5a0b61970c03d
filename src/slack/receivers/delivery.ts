import type { App } from "@slack/bolt";
import type { Secrets } from "../../core/secrets.ts";
import type { Logger } from "../../observability/log.ts";
import { admit, type Workspace } from "../workspace.ts";

export interface Delivery {
  body: Record<string, unknown>;
  retryNum?: number | undefined;
  retryReason?: string | undefined;
}

export type DeliveryResult = { status: 200; response: unknown } | { status: 400 | 403; response: undefined };

/** The part of Bolt's app that receivers use. */
export type EventProcessor = Pick<App, "processEvent">;

export interface DeliveryContext {
  workspace: Workspace;
  logger: Logger;
  /** Those of the process: somebody who wrote one in Slack is heard without it, and none is in what is answered. */
  secrets: Secrets;
}

/**
 * Runs one delivery through the app and returns what to acknowledge with. Bolt acknowledges events before it calls
 * listeners; here the acknowledgement is only kept, and the caller sends it after this has resolved, when the turn is
 * stored. Rejects where a listener failed: then nothing may be acknowledged, and Slack delivers again.
 */
export async function processDelivery(
  app: EventProcessor,
  delivery: Delivery,
  { workspace, logger, secrets }: DeliveryContext,
): Promise<DeliveryResult> {
  const admission = admit(delivery.body, workspace);
  if (!admission.admitted) {
    logger.warn({ reason: admission.reason, type: delivery.body["type"] }, "Slack delivery refused");
    return { status: admission.status, response: undefined };
  }
  let response: unknown;
  await app.processEvent({
    body: secrets.removeIn(delivery.body),
    ack: (answer?: unknown) => {
      response = secrets.removeIn(answer);
      return Promise.resolve();
    },
    ...(delivery.retryNum === undefined ? {} : { retryNum: delivery.retryNum }),
    ...(delivery.retryReason === undefined ? {} : { retryReason: delivery.retryReason }),
  });
  return { status: 200, response };
}
