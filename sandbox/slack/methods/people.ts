import { userPayload } from "../entities.ts";
import { SlackRefusal } from "../refusal.ts";
import type { Slack } from "../slack.ts";
import { knownUser, paginate, type Answer, type Method } from "./method.ts";

const info: Method = (args, slack) => {
  const user = userPayload(knownUser(slack, args.text("user")), slack.workspace);
  return { user: withEmail(user, slack, args.flag("include_locale")) };
};

const list: Method = (args, slack) => {
  const { items, nextCursor } = paginate([...slack.workspace.users.values()], args, { limit: 1000 });
  return {
    members: items.map((user) => withEmail(userPayload(user, slack.workspace), slack, args.flag("include_locale"))),
    cache_ts: Math.floor(slack.workspace.now() / 1000),
    response_metadata: { next_cursor: nextCursor },
  };
};

/** Slack leaves the address out where the app may not read addresses. */
function withEmail(user: Answer, slack: Slack, locale: boolean): Answer {
  if (slack.scopes && !slack.scopes.has("users:read.email")) delete (user["profile"] as Answer)["email"];
  return locale ? { ...user, locale: "en-US" } : user;
}

const lookupByEmail: Method = (args, slack) => {
  const email = args.text("email").toLowerCase();
  for (const user of slack.workspace.users.values()) {
    if (user.email?.toLowerCase() === email && user.standing !== "deleted" && user.standing !== "external")
      return { user: userPayload(user, slack.workspace) };
  }
  throw new SlackRefusal("users_not_found");
};

const listGroups: Method = (args, slack) => {
  const { teamId, userId } = slack.workspace.identity;
  const created = Math.floor(Date.UTC(2025, 0, 1) / 1000);
  const usergroups = [...slack.workspace.userGroups.values()].map(({ id, handle, name, description, memberIds }) => ({
    id,
    team_id: teamId,
    is_usergroup: true,
    is_subteam: true,
    name,
    description,
    handle,
    is_external: false,
    date_create: created,
    date_update: created,
    date_delete: 0,
    auto_type: null,
    created_by: userId,
    updated_by: userId,
    deleted_by: null,
    prefs: { channels: [], groups: [] },
    ...(args.flag("include_users") ? { users: memberIds } : {}),
    ...(args.flag("include_count") ? { user_count: memberIds.length } : {}),
  }));
  return { usergroups };
};

const listGroupUsers: Method = (args, slack) => {
  const group = slack.workspace.userGroups.get(args.text("usergroup"));
  if (!group) throw new SlackRefusal("no_such_subteam");
  return { users: group.memberIds };
};

const teamInfo: Method = (args, slack) => {
  const { teamId: id } = slack.workspace.identity;
  if (args.optional("team") && args.optional("team") !== id) throw new SlackRefusal("team_not_found");
  const { domain } = slack.workspace;
  const name = domain[0]?.toUpperCase() + domain.slice(1);
  const icon = { image_default: true };
  return {
    team: { id, name, domain, email_domain: "", icon, url: `https://${domain}.slack.com/`, is_verified: false },
  };
};

const botInfo: Method = (args, slack) => {
  const { botId, appId, userId } = slack.workspace.identity;
  if (args.optional("bot") && args.optional("bot") !== botId) throw new SlackRefusal("bot_not_found");
  const icons = { image_36: "", image_48: "", image_72: "" };
  return { bot: { id: botId, deleted: false, name: "Sophia", updated: 0, app_id: appId, user_id: userId, icons } };
};

const authTest: Method = (_args, slack) => {
  const { userId, botId, teamId } = slack.workspace.identity;
  const { domain } = slack.workspace;
  return {
    url: `https://${domain}.slack.com/`,
    team: domain[0]?.toUpperCase() + domain.slice(1),
    user: "sophia",
    team_id: teamId,
    user_id: userId,
    bot_id: botId,
    is_enterprise_install: false,
  };
};

const apiTest: Method = (args) => {
  const error = args.optional("error");
  const sent = { ...(error ? { error } : {}), ...(args.optional("foo") ? { foo: args.optional("foo") } : {}) };
  if (error) throw new SlackRefusal(error, { args: sent });
  return { args: sent };
};

const openConnection: Method = (_args, slack) => ({
  url: slack.origin().replace(/^http/, "ws") + slack.sockets.ticketPath(),
});

export const peopleMethods: Readonly<Record<string, Method>> = {
  "api.test": apiTest,
  "auth.test": authTest,
  "apps.connections.open": openConnection,
  "users.info": info,
  "users.list": list,
  "users.lookupByEmail": lookupByEmail,
  "usergroups.list": listGroups,
  "usergroups.users.list": listGroupUsers,
  "team.info": teamInfo,
  "bots.info": botInfo,
  "emoji.list": () => ({ emoji: {}, cache_ts: "0" }),
};
