import type { Channel, Identity } from "./answers.ts";

/** Where messages stand: a channel, a group direct message, or somebody's direct message with Sophia. */
export interface Place {
  id: string;
  kind: "public" | "private" | "group_dm" | "dm";
  /** As a person says it: "#sales", "a group direct message", "the direct message with Oliver Hart". */
  label: string;
  /** Of a channel, without the `#`. */
  name: string | null;
  topic: string | null;
  purpose: string | null;
  members: number | null;
  sophiaIsIn: boolean;
  isArchived: boolean;
  /** Another company reads along. */
  isExternallyShared: boolean;
  /** Of a direct message: the other side. */
  userId: string | null;
}

export function toPlace(channel: Channel): Place {
  const kind = kindOf(channel);
  const name = kind === "public" || kind === "private" ? channel.name || null : null;
  return {
    id: channel.id,
    kind,
    label:
      kind === "dm" ? "a direct message" : kind === "group_dm" ? "a group direct message" : `#${name ?? channel.id}`,
    name,
    topic: channel.topic?.value || null,
    purpose: channel.purpose?.value || null,
    members: channel.num_members ?? null,
    sophiaIsIn: channel.is_member === true || kind === "dm" || kind === "group_dm",
    isArchived: channel.is_archived === true,
    isExternallyShared: channel.is_ext_shared === true || channel.is_pending_ext_shared === true,
    userId: channel.user || null,
  };
}

/** Public only where Slack says so in words: everything else is for its members. */
function kindOf({ is_im, is_mpim, is_group, is_private }: Channel): Place["kind"] {
  if (is_im) return "dm";
  if (is_mpim) return "group_dm";
  return is_private === false && !is_group ? "public" : "private";
}

export function linkTo(place: Pick<Place, "id">, ts: string, threadTs: string | null, { url }: Identity): string {
  const thread = threadTs && threadTs !== ts ? `?thread_ts=${threadTs}&cid=${place.id}` : "";
  return `${url}archives/${place.id}/p${ts.replace(".", "")}${thread}`;
}
