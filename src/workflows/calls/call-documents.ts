import type { Segment } from "./call-facts.ts";
import type { CallRecord } from "./call-record.ts";

/** What `pinecone__upsert_document` takes. */
export interface CallDocument {
  id: string;
  text: string;
  title: string;
  url: string;
  source: "gong";
  account?: string;
  owner_email?: string;
  started_at: string;
  metadata?: Record<string, string | number | string[]>;
}

/** Characters; the index finds shorter texts better than whole transcripts. */
const mostSummary = 8_000;
const mostPieces = 96;
/**
 * Of a piece of the transcript: what models that embed texts take in whole, and what a search shows of one. A talk that makes too
 * many pieces is cut into larger ones; 6,000 characters are below the 40 KB of a record, however they are written.
 */
const pieceSizes = [
  { characters: 2_000, seconds: 180 },
  { characters: 4_000, seconds: 360 },
  { characters: 6_000, seconds: Number.POSITIVE_INFINITY },
];

/** The call's meaning first, then what was said, piece by piece. None where there is no page to link to. */
export function documentsOf({ call, segments, summary }: CallRecord): CallDocument[] {
  const { url } = call;
  if (url === null) return [];
  const common = {
    url,
    source: "gong" as const,
    ...(call.account === null ? {} : { account: call.account }),
    ...(call.owner?.email ? { owner_email: call.owner.email } : {}),
    started_at: call.started_at,
  };
  const text = (summary ? claudes(summary) : gongs(call)).join("\n").slice(0, mostSummary).trim();
  const meaning = text === "" ? [] : [{ id: call.call_id, text, title: call.title.slice(0, 500), ...common }];
  const said = piecesOf(segments).map(({ at, seconds, speakers, lines }, index) => ({
    id: `call:${call.call_id}:${index + 1}`,
    text: lines.join("\n"),
    title: `${call.title.slice(0, 470)} (from ${at})`,
    ...common,
    metadata: { call_id: call.call_id, minute: Math.floor(seconds / 60), at, speakers: [...speakers] },
  }));
  return [...meaning, ...said];
}

interface Piece {
  at: string;
  seconds: number;
  speakers: Set<string>;
  lines: string[];
  length: number;
}

function piecesOf(segments: readonly Segment[]): Piece[] {
  const cut = pieceSizes.map((size) => cutInto(segments, size));
  return (cut.find((pieces) => pieces.length <= mostPieces) ?? cut.at(-1) ?? []).slice(0, mostPieces);
}

function cutInto(segments: readonly Segment[], size: (typeof pieceSizes)[number]): Piece[] {
  const pieces: Piece[] = [];
  for (const { at, at_seconds: seconds, speaker, text } of segments) {
    for (const line of linesOf(speaker.slice(0, 100), text, size.characters)) {
      const last = pieces.at(-1);
      const fits = last && last.length + line.length + 1 <= size.characters && seconds - last.seconds < size.seconds;
      const piece = fits ? last : { at, seconds, speakers: new Set<string>(), lines: [], length: 0 };
      if (!fits) pieces.push(piece);
      piece.speakers.add(speaker.slice(0, 100));
      piece.lines.push(line);
      piece.length += line.length + 1;
    }
  }
  return pieces;
}

/** A long speech is several lines, cut between words. */
function linesOf(speaker: string, text: string, most: number): string[] {
  const lines: string[] = [];
  const room = most - speaker.length - 3;
  let rest = text.replaceAll(/\s+/g, " ").trim();
  while (rest !== "") {
    const end = rest.length <= room ? room : rest.lastIndexOf(" ", room);
    const cut = end > 0 ? end : room;
    lines.push(`${speaker}: ${rest.slice(0, cut)}`);
    rest = rest.slice(cut).trimStart();
  }
  return lines;
}

function claudes({ gist, points, objections, competitors, next_steps }: NonNullable<CallRecord["summary"]>): string[] {
  return [
    gist,
    ...part(
      "Key points",
      points.map(({ text, speaker }) => `${speaker}: ${text}`),
    ),
    ...part(
      "Objections",
      objections.map(({ text, speaker }) => `${speaker}: ${text}`),
    ),
    ...part("Competitors", competitors),
    ...part(
      "Next steps",
      next_steps.map(
        ({ what, owner, due }) => `${owner ?? "Nobody yet"}: ${what}${due === null ? "" : ` (by ${due})`}`,
      ),
    ),
  ];
}

function gongs({ brief, key_points, next_steps }: CallRecord["call"]): string[] {
  const texts = (points: readonly { text: string }[]) => points.map(({ text }) => text);
  return [brief ?? "", ...part("Key points", texts(key_points)), ...part("Next steps", texts(next_steps))];
}

function part(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`\n${name}:`, ...lines.map((line) => `- ${line}`)];
}
