import type { Who } from "../core/people-lists.ts";
import type { Catalogue } from "./catalogue.ts";
import { isForPerson } from "./interceptors/authorise.ts";
import type { Permissions } from "./permissions.ts";
import { decide } from "./policy.ts";
import { type AccessRule, type Policy, type PolicyRule, SOPHIA } from "./settings.ts";

/** A tool that a person may use in a role. */
export interface Offer {
  name: string;
  /** The server's name in the configuration. */
  server: string;
  /** In a few words, as the server says it. */
  title: string;
  isRead: boolean;
  /** Whether a person is asked first, as far as that is known before the call. */
  policy: Policy;
}

/** Who would ask, and where. */
export type Asking = Who & { channel?: string | undefined; channelName?: string | undefined };

interface Rules {
  catalogue: Catalogue;
  permissions: Permissions;
  access?: readonly AccessRule[] | undefined;
  policies?: readonly PolicyRule[] | undefined;
}

/** What the links of the chain would let pass for this person in this role, by the same rules. */
export function offersOf({ catalogue, permissions, access = [], policies = [] }: Rules, agent: string, caller: Asking) {
  return [...catalogue.all()].flatMap((tool): Offer[] => {
    const { name, listed, upstream, isRead } = tool;
    if (!permissions.allows({ client: SOPHIA, agent }, name) || !isForPerson(access, { name, caller })) return [];
    const { policy } = decide(policies, { name, agent, caller, tool });
    const title = listed.title ?? listed.annotations?.title ?? name;
    return [{ name, server: upstream.name, title, isRead, policy }];
  });
}
