/**
 * The Web API methods that this server calls, each with the requests a minute that Slack's tier for it allows. The rest of
 * Sophia calls some of them with the same token: Slack's own 429 decides, these keep one server from provoking it.
 */
export const perMinute = {
  "auth.test": 100,
  "chat.postMessage": 60,
  "chat.scheduleMessage": 50,
  "chat.scheduledMessages.list": 50,
  "chat.update": 50,
  "conversations.history": 50,
  "conversations.info": 50,
  "conversations.list": 20,
  "conversations.members": 100,
  "conversations.open": 50,
  "conversations.replies": 50,
  "reactions.add": 50,
  "users.conversations": 50,
  "users.info": 100,
  "users.list": 20,
  "users.lookupByEmail": 50,
} as const;

export type SlackMethod = keyof typeof perMinute;
