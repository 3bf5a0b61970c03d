import type { Clock } from "../core/clock.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Identities, PersonKey } from "../storage/identities.ts";
import type { PersonalService } from "./services.ts";

export interface Correction {
  of: PersonKey;
  service: PersonalService;
  /** Undefined: what was set is taken back, and the address is that of the Slack profile again. */
  email: string | undefined;
  by: { userId: string; isAdmin: boolean };
}

/**
 * `admins_only`: what hangs on this address is for an admin to say. `taken`: it is another person's. `unsure`: it could not
 * be found out whether it is.
 */
export type CorrectionVerdict = "set" | "cleared" | "nothing_set" | "admins_only" | "taken" | "unsure";

export interface CorrectionsOptions {
  identities: Identities;
  /** The member of the Slack workspace whose profile has this address; undefined where Slack does not say. */
  memberWith: (email: string) => Promise<{ userId: string | undefined } | undefined>;
  audit: Pick<AuditSink, "append">;
  clock: Clock;
}

export interface Corrections {
  correct(correction: Correction): Promise<CorrectionVerdict>;
}

/** Services that show people things by their address alone: who sets it decides what they see. */
const guarded: ReadonlySet<PersonalService> = new Set(["gong"]);

/** Says by which address a service knows somebody. Whoever is no admin speaks for themselves alone, and takes nobody else's. */
export function createCorrections({ identities, memberWith, audit, clock }: CorrectionsOptions): Corrections {
  const objection = async ({ of, service, email, by }: Correction): Promise<CorrectionVerdict | undefined> => {
    if (by.isAdmin) return undefined;
    if (by.userId !== of.userId || guarded.has(service)) return "admins_only";
    if (email === undefined) return undefined;
    const holders = await identities.holders(of.teamId, service, email);
    if (holders.some((userId) => userId !== of.userId)) return "taken";
    const member = await memberWith(email);
    if (!member) return "unsure";
    return member.userId === undefined || member.userId === of.userId ? undefined : "taken";
  };
  const decide = async (correction: Correction): Promise<CorrectionVerdict> => {
    const { of, service, email, by } = correction;
    const refused = await objection(correction);
    if (refused) return refused;
    if (email === undefined) return (await identities.clear(of, service)) ? "cleared" : "nothing_set";
    await identities.set({ ...of, service, email, setBy: by.userId });
    return "set";
  };
  return {
    correct: async (correction) => {
      const verdict = await decide(correction);
      if (verdict === "nothing_set") return verdict;
      const { of, service, email, by } = correction;
      const isDone = verdict === "set" || verdict === "cleared";
      audit.append({
        at: new Date(clock.now()),
        kind: "identity",
        outcome: isDone ? verdict : "refused",
        userId: by.userId,
        tool: "/sophia whoami",
        arguments: { person: of.userId, service, email },
        ...(isDone ? {} : { reason: verdict }),
      });
      return verdict;
    },
  };
}
