import type { ToolCaller } from "../shared/define-tool.ts";
import { unknownFormError } from "../shared/vendor-error.ts";
import type { CallAnswer, CallContent, CallInteraction } from "./answers.ts";

export interface Participant {
  name: string;
  email: string | null;
  title: string | null;
  side: "internal" | "external";
  /** Set for people who have a Gong account. */
  userId: string | undefined;
  /** What the transcript calls this person; set for those who spoke. */
  speakerId: string | undefined;
}

interface Owner {
  name: string;
  email: string | null;
}

export interface GongCall {
  id: string;
  title: string;
  url: string | null;
  /** Epoch milliseconds. */
  startedAt: number;
  durationSeconds: number;
  direction: string;
  isPrivate: boolean;
  ownerId: string | undefined;
  owner: Owner | null;
  participants: Participant[];
  /** The CRM account's name, where Gong is connected to a CRM. */
  account: string | null;
  brief: string | null;
  content: CallContent | undefined;
  /** How the host talked; only where it was asked for. */
  interaction: CallInteraction | undefined;
}

export function toCall(answer: CallAnswer): GongCall {
  const { metaData } = answer;
  const startedAt = Date.parse(metaData.started ?? metaData.scheduled ?? "");
  if (Number.isNaN(startedAt)) throw unknownFormError("Gong", { call: metaData.id, missing: "started" });
  const participants = (answer.parties ?? []).map(toParticipant);
  const ownerId = metaData.primaryUserId ?? undefined;
  const host = participants.find(({ userId }) => userId !== undefined && userId === ownerId);
  return {
    id: metaData.id,
    title: metaData.title || "Untitled call",
    url: metaData.url ?? null,
    startedAt,
    durationSeconds: metaData.duration ?? 0,
    direction: metaData.direction ?? "Unknown",
    isPrivate: metaData.isPrivate === true,
    ownerId,
    owner: host ? { name: host.name, email: host.email } : null,
    participants,
    account: accountName(answer),
    brief: answer.content?.brief || null,
    content: answer.content ?? undefined,
    interaction: answer.interaction ?? undefined,
  };
}

function toParticipant(party: NonNullable<CallAnswer["parties"]>[number]): Participant {
  const userId = party.userId ?? undefined;
  const known = party.affiliation === "Internal" || party.affiliation === "External";
  const internal = known ? party.affiliation === "Internal" : userId !== undefined;
  return {
    name: party.name || party.emailAddress || "Unknown person",
    email: party.emailAddress ?? null,
    title: party.title ?? null,
    side: internal ? "internal" : "external",
    userId,
    speakerId: party.speakerId ?? undefined,
  };
}

function accountName(answer: CallAnswer): string | null {
  for (const { objects } of answer.context ?? []) {
    for (const object of objects ?? []) {
      if (object.objectType !== "Account") continue;
      // "Name" with Salesforce, "name" with HubSpot.
      const value = object.fields?.find(({ name }) => name?.toLowerCase() === "name")?.value;
      if (typeof value === "string" && value !== "") return value;
    }
  }
  return null;
}

/**
 * A private call is shown to its owner, in private, and to nobody else: not to other participants, whom Gong itself would
 * let in, and not in a channel, where the owner is not the only reader.
 */
export function maySee(call: GongCall, caller: ToolCaller | undefined): boolean {
  return !call.isPrivate || (caller?.audience === "private" && isOwner(call, caller));
}

/** Whether it is kept back only because others would read the answer. */
export function isForOwnEyes(call: GongCall, caller: ToolCaller | undefined): boolean {
  return call.isPrivate && caller?.audience === "channel" && isOwner(call, caller);
}

function isOwner({ owner }: GongCall, { email }: ToolCaller): boolean {
  return Boolean(email && owner?.email) && fold(email ?? "") === fold(owner?.email ?? "");
}

export function byStart(left: GongCall, right: GongCall): number {
  return left.startedAt - right.startedAt || (left.id < right.id ? -1 : 1);
}

function fold(email: string): string {
  return email.trim().toLowerCase();
}
