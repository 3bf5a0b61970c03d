import type { Schedule } from "../../storage/schedules.ts";
import { isAdmin } from "../admission.ts";
import type { ListenerContext } from "../listeners/context.ts";
import type { Person } from "../people.ts";
import { type DigestList, renderDigestList } from "./list.ts";

/** Its owner, and admins. */
export function mayChange({ ownerId }: Schedule, person: Person, context: Pick<ListenerContext, "admins">): boolean {
  return ownerId === person.userId || isAdmin(person, context);
}

/** The digests of a channel, and a person's own: a page of them, counted from 0. */
export async function digestsSeenBy(
  person: Person,
  channel: string,
  context: ListenerContext,
  page = 0,
): Promise<DigestList> {
  const { workspace, digests } = context;
  const place = { teamId: workspace.teamId, ownerId: person.userId, channel };
  const schedules = await digests.schedules.list(place);
  return renderDigestList(schedules, (schedule) => mayChange(schedule, person, context), page);
}
