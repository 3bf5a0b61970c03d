import { CALLER_META, type JsonObject } from "../../mcp/types.ts";
import { SOPHIA } from "../settings.ts";
import { type CallerClaim, type Interceptor, Refusal } from "../tool-call.ts";

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
  return next(call);
};

function readCaller(claim: unknown): CallerClaim | undefined {
  if (claim === undefined) return undefined;
  if (typeof claim !== "object" || claim === null || Array.isArray(claim)) {
    throw new Refusal("unauthorised", `_meta["${CALLER_META}"] must be an object.`);
  }
  const whole = claim as JsonObject;
  return {
    userId: text(whole.userId),
    email: text(whole.email),
    turnId: text(whole.turnId),
    agent: text(whole.agent),
    audience: whole.audience === "private" ? "private" : "channel",
    channel: text(whole.channel),
    threadTs: text(whole.threadTs),
    whole,
  };
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
