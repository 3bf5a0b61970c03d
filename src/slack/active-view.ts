import type { Viewing } from "../agent/ports.ts";

/** What Slack says that a person has open, the most relevant first. Kinds come and go: none is taken for granted. */
export interface ActiveView {
  entities?: readonly { type?: string; value?: unknown; team_id?: string }[];
}

/** The channel, and where a thread is open its message, that the person looks at; in their own workspace only. */
export function viewingIn(view: ActiveView | undefined, teamId: string): Viewing | undefined {
  for (const { type, value, team_id: team = teamId } of view?.entities ?? []) {
    if (team !== teamId) continue;
    if (type === "slack#/types/channel_id" && isChannel(value)) return { channel: value };
    if (type !== "slack#/types/message_context" || typeof value !== "object" || value === null) continue;
    const { channel_id: channel, message_ts: messageTs } = value as { channel_id?: unknown; message_ts?: unknown };
    if (isChannel(channel) && typeof messageTs === "string" && /^\d+\.\d+$/.test(messageTs))
      return { channel, messageTs };
  }
  return undefined;
}

/** A direct message that is open is somebody's talk with somebody else, or with Sophia herself. */
function isChannel(value: unknown): value is string {
  return typeof value === "string" && /^[CG][A-Z0-9]+$/.test(value);
}
