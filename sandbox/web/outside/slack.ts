import type { SlackStore } from "../../slack/store.ts";
import { instantWords } from "./words.ts";
import { BY_API, CREATED, type OutsideRecord } from "./record.ts";
import { shortened } from "./words.ts";

/** The messages that wait for their time in the places that this person sees. */
export function scheduledRecords(
  slack: SlackStore,
  { id, timeZone }: { id: string; timeZone: string },
): OutsideRecord[] {
  const places = new Map(slack.channels(id).map((place) => [place.id, place]));
  return slack.scheduled().flatMap(({ id: messageId, channel, postAt, createdAt, content }) => {
    const place = places.get(channel);
    if (!place) return [];
    const at = new Date(createdAt * 1000).toISOString();
    return {
      kind: "Scheduled message",
      id: messageId,
      title: place.kind === "im" ? "To you" : `#${place.name}`,
      state: "new",
      at,
      facts: [
        { label: "Will be posted", value: instantWords(postAt * 1000, timeZone) },
        { label: "Text", value: shortened(content.text ?? "") },
      ],
      changes: [{ at, label: "", before: null, after: CREATED, by: BY_API }],
    };
  });
}
