import type { ReplyPart } from "../../storage/replies.ts";

/** Where a page stands in Slack. */
export interface Part {
  part: number;
  /** Slack's id, once it is known. */
  ts?: string | undefined;
  /** It is on record that it may be sent: by a row, or, for the first one, by the claim of its turn. */
  isRecorded: boolean;
  /** It was sent and nobody knows whether it arrived: to be looked for before it is sent again. */
  mayExist: boolean;
  /** A stream of it may be open still. */
  mayStream: boolean;
  /** What was shown last, to leave out updates that change nothing. */
  shown?: string | undefined;
  isClosed: boolean;
}

export function newPart(part: number): Part {
  return { part, isRecorded: part === 0, mayExist: false, mayStream: false, isClosed: false };
}

/** What earlier attempts left behind, as their rows say; the first part may be there without one. */
export function recordedParts(rows: readonly ReplyPart[]): Part[] {
  const parts = rows.map(({ part, ts }) => leftPart(part, ts));
  return parts[0]?.part === 0 ? parts : [leftPart(0, undefined), ...parts];
}

function leftPart(part: number, ts: string | undefined): Part {
  return { part, ts, isRecorded: true, mayExist: ts === undefined, mayStream: true, isClosed: false };
}
