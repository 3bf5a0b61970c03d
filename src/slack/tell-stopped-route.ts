import type { Logger } from "../observability/log.ts";
import type { Route } from "../workflows/routes.ts";
import type { DirectMessages } from "./direct-messages.ts";
import { findAdmin, type FindingOptions } from "./find-admin.ts";
import { command } from "./surface.ts";

interface TellingOptions extends FindingOptions {
  directMessages: Pick<DirectMessages, "send">;
  logger: Logger;
}

/** Tells an admin that a route is not followed any more, for whose maker it is not done. It may be lost: the list says it as well. */
export function createTellStopped(options: TellingOptions): (route: Route) => Promise<void> {
  const { directMessages, logger } = options;
  return async ({ number, what, channel, createdBy }) => {
    const admin = await findAdmin(options);
    if (admin === undefined)
      return logger.warn({ route: number }, "no admin could be told of a route that is not followed");
    const words = `I post no ${what} in <#${channel}> by route \`${number}\` any more: <@${createdBy}>, who made it, is not among those whom I answer.`;
    const advice = `To have them go on, add it anew with \`${command} route\`; \`${command} route remove ${number}\` takes the old one away.`;
    await directMessages.send(admin, `${words} ${advice}`);
  };
}
