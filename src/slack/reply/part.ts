import type { ReplyPart } from "../../storage/replies.ts";

/** Where a page stands in Slack. */
export interface Part {
  part: number;
  /** Slack's id, once it is known. */
  ts?: string | undefined;
  /** There is a row for it. */
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
  return { part, isRecorded: false, mayExist: false, mayStream: false, isClosed: false };
}

/** A part that an earlier attempt left behind. */
export function recordedPart(row: ReplyPart): Part {
  return {
    part: row.part,
    ts: row.ts,
    isRecorded: true,
    mayExist: row.ts === undefined,
    mayStream: true,
    isClosed: false,
  };
}
