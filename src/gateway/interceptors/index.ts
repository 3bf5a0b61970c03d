import type { Clock } from "../../core/clock.ts";
import type { Secrets } from "../../core/secrets.ts";
import type { AuditSink } from "../../observability/audit.ts";
import type { Logger } from "../../observability/log.ts";
import type { GatewayMetrics } from "../../observability/metrics.ts";
import type { Budgets } from "../budgets.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Consents } from "../consents.ts";
import type { Permissions } from "../permissions.ts";
import type { ResultPages } from "../result-pages.ts";
import type { AccessRule, ConfidentialRule, Credentials, GatewayLimits, PolicyRule } from "../settings.ts";
import { compose, type Next } from "../tool-call.ts";
import { createAudit } from "./audit.ts";
import { authenticate } from "./authenticate.ts";
import { createAuthorise } from "./authorise.ts";
import { createCache } from "./cache.ts";
import { callUpstream } from "./call-upstream.ts";
import { type Circuit, createCircuitBreaker } from "./circuit-breaker.ts";
import { createConsent } from "./consent.ts";
import { createDeadlineAndRetry } from "./deadline-and-retry.ts";
import { createListeners } from "./listeners.ts";
import { createPersonalCredential } from "./personal-credential.ts";
import { createRateBudget } from "./rate-budget.ts";
import { createRemoveSecrets } from "./remove-secrets.ts";
import { createReadMore, createSizeLimit } from "./size-limit.ts";
import { createValidateArguments } from "./validate-arguments.ts";

export interface ChainParts {
  catalogue: Catalogue;
  /** By server, for whoever wants to know how it fares. */
  circuits: Map<string, Circuit>;
  permissions: Permissions;
  access: readonly AccessRule[];
  policies: readonly PolicyRule[];
  confidential: readonly ConfidentialRule[];
  consents: Consents | undefined;
  credentials: Credentials | undefined;
  budgets: Budgets;
  pages: ResultPages;
  limits: GatewayLimits;
  audit: AuditSink;
  secrets: Secrets;
  metrics: GatewayMetrics | undefined;
  clock: Clock;
  monotonicNow: () => number;
  logger: Logger;
}

export interface Chains {
  /** For the servers' tools. */
  call: Next;
  /** For the gateway's own. */
  readMore: Next;
}

/**
 * The one order in which a call meets the links. Each wraps those after it. Two act on the way back: the size limit at
 * once after the call, and the audit last of all; it is the outermost so that it sees what the others refuse.
 */
export function createChains(parts: ChainParts): Chains {
  const {
    catalogue,
    circuits,
    permissions,
    access,
    policies,
    confidential,
    consents,
    credentials,
    budgets,
    pages,
    limits,
    audit,
    secrets,
    metrics,
    clock,
    monotonicNow,
    logger,
  } = parts;
  const auditAndMetrics = createAudit(audit, metrics, clock);
  return {
    call: compose([
      auditAndMetrics,
      authenticate,
      createAuthorise(catalogue, permissions, access),
      createValidateArguments(logger),
      createPersonalCredential(credentials),
      createConsent(policies, consents),
      createListeners(confidential),
      createRateBudget(budgets),
      createCache(monotonicNow),
      createCircuitBreaker(monotonicNow, clock, circuits),
      createDeadlineAndRetry(budgets, limits.callMs),
      createSizeLimit(pages),
      createRemoveSecrets(secrets),
      callUpstream,
    ]),
    readMore: compose([auditAndMetrics, authenticate, createReadMore(pages)]),
  };
}
