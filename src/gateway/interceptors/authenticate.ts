import { CALLER_META, type JsonObject, LOOK_UP_META, PREVIEW_META } from "../../mcp/types.ts";
import { SOPHIA } from "../settings.ts";
import { type CallerClaim, type Interceptor, type Purpose, Refusal } from "../tool-call.ts";

/**
 * Who calls. The session's identity was proved when it was opened; for which person and in which role, Sophia says in the
 * call's `_meta`. What another client says there is not looked at, nor passed on.
 */
export const authenticate: Interceptor = async (call, next) => {
  const { identity, meta } = call;
  call.agent = identity.agent;
  if (identity.client !== SOPHIA) return next(call);
  call.caller = readCaller(meta[CALLER_META]);
  const claimed = call.caller?.agent;
  if (identity.agent && claimed && identity.agent !== claimed) {
    throw new Refusal("unauthorised", `This session is ${identity.agent}'s; ${claimed} must open its own.`);
  }
  call.agent ??= claimed;
  call.purpose = readPurpose(meta);
  return next(call);
};

function readPurpose(meta: JsonObject): Purpose | undefined {
  if (meta[PREVIEW_META] === true) return { kind: "preview" };
  if (meta[LOOK_UP_META] === undefined) return undefined;
  const { id, sentAt } = (meta[LOOK_UP_META] ?? {}) as JsonObject;
  if (typeof id === "string" && typeof sentAt === "string") return { kind: "look_up", id, sentAt };
  throw new Refusal("unauthorised", `_meta["${LOOK_UP_META}"] must be {id, sentAt}.`);
}

function readCaller(claim: unknown): CallerClaim | undefined {
  if (claim === undefined) return undefined;
  if (typeof claim !== "object" || claim === null || Array.isArray(claim)) {
    throw new Refusal("unauthorised", `_meta["${CALLER_META}"] must be an object.`);
  }
  const whole = claim as JsonObject;
  return {
    teamId: text(whole.teamId),
    userId: text(whole.userId),
    email: text(whole.email),
    turnId: text(whole.turnId),
    agent: text(whole.agent),
    audience: whole.audience === "private" ? "private" : "channel",
    channel: text(whole.channel),
    channelName: text(whole.channelName),
    threadTs: text(whole.threadTs),
    groups: Array.isArray(whole.groups) ? whole.groups.filter((group) => typeof group === "string") : [],
    isReadOnly: whole.isReadOnly === true,
    hasReadOthers: whole.hasReadOthers !== false,
    whole,
  };
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
