import { type AuditEvent, redacted } from "../../src/observability/audit.ts";
import type { Audit } from "../../src/slack/listeners/context.ts";

/** An audit that keeps what it is told, and has nothing to show. */
export class MemoryAudit implements Audit {
  readonly events: AuditEvent[] = [];

  append(event: AuditEvent): void {
    this.events.push(redacted(event));
  }

  async find(): ReturnType<Audit["find"]> {
    return [];
  }

  async verify(): ReturnType<Audit["verify"]> {
    return { valid: true, rows: 0, count: 0, hash: "0".repeat(64), rowsBefore: 0 };
  }

  async forget(): ReturnType<Audit["forget"]> {
    return { questions: 0, auditRows: 0 };
  }
}
