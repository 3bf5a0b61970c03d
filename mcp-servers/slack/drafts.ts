import { UserError } from "../../src/core/errors.ts";
import type { ChangePreview } from "../shared/define-tool.ts";
import { plainText } from "./incoming.ts";
import { messageReference, threadOf } from "./messages.ts";
import { outgoingText } from "./outgoing.ts";
import type { Outgoing } from "./posted.ts";
import type { SlackSession } from "./session.ts";

interface Input {
  channel: string;
  text: string;
  thread_ts?: string | undefined;
}

/** What would be sent where: all checks, and nothing written. Throws UserError and ForbiddenError. */
export async function draft(input: Input, session: SlackSession): Promise<Outgoing> {
  const text = outgoingText(input.text);
  const place = await session.placeToSendTo(input.channel);
  const asker = await session.asker();
  const thread = input.thread_ts === undefined ? undefined : messageReference(place.id, input.thread_ts, "thread_ts");
  if (thread && thread.channel !== place.id) {
    throw new UserError(`thread_ts is a link to another channel than ${place.label}.`);
  }
  const threadTs = thread && (await threadOf(session, place, thread, "thread_ts"));
  return { place, threadTs, text, askedBy: asker?.person.id ?? "" };
}

/** "to #sales", "in a thread of #sales", "as a direct message to Oliver Hart". */
export function whereTo({ place, threadTs }: Outgoing): string {
  return threadTs === undefined ? `to ${place.label}` : `in a thread of ${place.label}`;
}

/** What a person reads before it is sent. */
export async function draftRows({ place, text }: Outgoing, session: SlackSession): Promise<ChangePreview["changes"]> {
  const names = await session.namesIn([], text);
  const rows: ChangePreview["changes"] = [
    { field: "Channel", before: null, after: place.label },
    { field: "Text", before: null, after: plainText(text, names) },
  ];
  if (place.isExternallyShared)
    rows.push({ field: "Read by", before: null, after: "people of another company as well" });
  return rows;
}
