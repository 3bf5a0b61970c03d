import type { SlackClient } from "./client.ts";
import type { People } from "./people.ts";

export interface FindingOptions {
  client: SlackClient;
  people: People;
  /** Whom the configuration makes admins: Slack ids and addresses; user groups are passed over. */
  admins: readonly string[];
}

interface SlackMember {
  id?: string;
  deleted?: boolean;
  is_bot?: boolean;
  is_admin?: boolean;
  is_owner?: boolean;
}

/** People who are looked through for one of Slack's own admins. */
const pageLength = 200;
const mostPages = 10;

/** The first of the configured admins who is still there; where there is none, one of Slack's own; undefined where nobody is found. */
export async function findAdmin({ client, people, admins }: FindingOptions): Promise<string | undefined> {
  for (const entry of admins) {
    const userId = entry.includes("@") ? (await people.memberWith(entry))?.userId : entry;
    if (userId === undefined || !/^[UW][A-Z0-9]+$/.test(userId)) continue;
    if ((await people.find(userId)).standing === "member") return userId;
  }
  let cursor = "";
  for (let page = 0; page < mostPages; page += 1) {
    const outcome = await client.try("users.list", { limit: pageLength, ...(cursor && { cursor }) });
    if (outcome.kind !== "ok") return undefined;
    const found = ((outcome.data["members"] ?? []) as SlackMember[]).find(isAdminOfSlack);
    if (found) return found.id;
    cursor = (outcome.data["response_metadata"] as { next_cursor?: string } | undefined)?.next_cursor ?? "";
    if (cursor === "") return undefined;
  }
  return undefined;
}

function isAdminOfSlack({ deleted, is_bot, is_admin, is_owner }: SlackMember): boolean {
  return !deleted && !is_bot && (is_admin === true || is_owner === true);
}
