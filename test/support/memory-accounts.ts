import { createCorrections } from "../../src/accounts/corrections.ts";
import type { PersonalAccounts } from "../../src/accounts/open-accounts.ts";
import type { WhoIsWho } from "../../src/accounts/who-is-who.ts";
import type { Accounts } from "../../src/slack/listeners/context.ts";
import type { People } from "../../src/slack/people.ts";
import type { Identities, Identity, PersonKey } from "../../src/storage/identities.ts";

/** Corrected addresses in memory, as the contract says. */
export class MemoryIdentities implements Identities {
  readonly rows: Identity[] = [];

  async of({ teamId, userId }: PersonKey): Promise<Record<string, string>> {
    const own = this.rows.filter((row) => row.teamId === teamId && row.userId === userId);
    return Object.fromEntries(own.map(({ service, email }) => [service, email]));
  }

  async vouchedFor({ teamId, userId }: PersonKey, service: string): Promise<string | undefined> {
    const isTheirs = (row: Identity) => row.teamId === teamId && row.userId === userId && row.service === service;
    return this.rows.find((row) => isTheirs(row) && row.setBy !== userId)?.email;
  }

  async holders(teamId: string, service: string, email: string): Promise<string[]> {
    const wanted = email.toLowerCase();
    const all = this.rows.filter((row) => row.teamId === teamId && row.service === service);
    return all.flatMap((row) => (row.email.toLowerCase() === wanted ? row.userId : []));
  }

  async set(identity: Identity): Promise<void> {
    await this.clear(identity, identity.service);
    this.rows.push(identity);
  }

  async clear({ teamId, userId }: PersonKey, service: string): Promise<boolean> {
    const at = this.rows.findIndex((r) => r.teamId === teamId && r.userId === userId && r.service === service);
    return at >= 0 && this.rows.splice(at, 1).length > 0;
  }
}

/** Nobody is known to any service unless told. */
const nobody: WhoIsWho = { find: async () => ({ state: "absent" }) };

/** No service is set up for connecting. */
const unconnected: PersonalAccounts = {
  connecting: { begin: async () => undefined, finish: async () => "unknown" },
  access: {
    credentialFor: async () => undefined,
    connected: async () => [],
    disconnect: async () => "not_connected",
    forget: async () => {},
  },
};

export function memoryAccounts(people: Pick<People, "memberWith">, options: Partial<Accounts> = {}): Accounts {
  const identities = new MemoryIdentities();
  const corrections = createCorrections({
    identities,
    memberWith: (email) => people.memberWith(email),
    audit: { append: () => {} },
    clock: { now: () => 0 },
  });
  return { identities, corrections, whoIsWho: nobody, personal: unconnected, ...options };
}
