/** Lists of people as the configuration has them: Slack user ids, e-mail addresses, and user groups by id or `@handle`. */

export interface Who {
  userId?: string | undefined;
  email?: string | undefined;
  /** Ids of the user groups that the person is in, and their handles with `@`. */
  groups: readonly string[];
}

export function isAmong(list: readonly string[], { userId, email, groups }: Who): boolean {
  return list.some((entry) => {
    if (entry === userId || groups.includes(entry)) return true;
    return email !== undefined && entry.toLowerCase() === email.toLowerCase();
  });
}

/** Whether a list of channels, by id or `#name`, holds this one. */
export function holdsChannel(
  list: readonly string[],
  { channel, channelName }: { channel?: string | undefined; channelName?: string | undefined },
): boolean {
  return list.some((entry) => entry === channel || (channelName !== undefined && entry === `#${channelName}`));
}
