import type { AuditSink } from "../observability/audit.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import type { Connections } from "../storage/connections.ts";
import { callbackPath } from "./callback.ts";
import { type Connecting, type ConnectingOptions, createConnecting } from "./connecting.ts";
import {
  type ConnectableService,
  connectableServices,
  createOAuthVendor,
  type OAuthApp,
  type OAuthVendor,
} from "./oauth-vendors.ts";
import { createPersonalAccess, type PersonalAccess } from "./personal-access.ts";
import { createSealer } from "./sealing.ts";
import { createVault } from "./vault.ts";

export interface PersonalAccountsOptions extends Pick<ConnectingOptions, "addressesOf" | "tell"> {
  settings: {
    secretKeys: readonly Buffer[];
    apps: Readonly<Partial<Record<ConnectableService, OAuthApp>>>;
  };
  /** Where browsers reach the callback pages; undefined where nobody has said so. */
  publicUrl: () => string | undefined;
  connections: Connections;
  wait: (ms: number) => Promise<void>;
  clock: Clock;
  audit: Pick<AuditSink, "append">;
  logger: Logger;
}

export interface PersonalAccounts {
  connecting: Connecting;
  access: PersonalAccess;
}

/** People's own accounts at the services, for those services that are set up for it. */
export function openPersonalAccounts(options: PersonalAccountsOptions): PersonalAccounts {
  const { settings, publicUrl, connections, clock } = options;
  const vault = createVault({ connections, sealer: createSealer(settings.secretKeys), clock });
  const vendors = new Map<ConnectableService, OAuthVendor>();
  for (const service of connectableServices) {
    const app = settings.apps[service];
    if (app && settings.secretKeys.length > 0) vendors.set(service, createOAuthVendor(service, app));
  }
  const redirectUri = (service: ConnectableService) => {
    const url = publicUrl();
    return url === undefined ? undefined : `${url.replace(/\/+$/, "")}${callbackPath(service)}`;
  };
  return {
    connecting: createConnecting({ ...options, vault, vendors, redirectUri }),
    access: createPersonalAccess({ ...options, vault, vendors }),
  };
}
