import type { Identity, User } from "./answers.ts";

export interface Person {
  id: string;
  name: string;
  /** As it is written after `@`. */
  handle: string | null;
  email: string | null;
  title: string | null;
  /** IANA zone, as Slack has it. */
  timeZone: string | null;
  /** `outside`: of another company; `gone`: deactivated. */
  standing: "member" | "guest" | "outside" | "gone" | "bot";
}

export function toPerson(user: User, identity: Identity): Person {
  const { profile } = user;
  return {
    id: user.id,
    name: profile?.real_name || user.real_name || profile?.display_name || user.name || user.id,
    handle: user.name || null,
    email: profile?.email || null,
    title: profile?.title || null,
    timeZone: user.tz || null,
    standing: standingOf(user, identity),
  };
}

function standingOf(user: User, identity: Identity): Person["standing"] {
  // Slackbot is not marked as a bot.
  if (user.is_bot || user.id === "USLACKBOT" || user.id === identity.user_id) return "bot";
  if (user.deleted) return "gone";
  const teams = [user.team_id, ...(user.enterprise_user?.teams ?? [])];
  if (user.is_stranger || !teams.includes(identity.team_id)) return "outside";
  return user.is_restricted || user.is_ultra_restricted ? "guest" : "member";
}
