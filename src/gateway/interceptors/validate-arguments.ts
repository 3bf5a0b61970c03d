import { createArgumentsCheck } from "../../mcp/arguments-check.ts";
import type { Logger } from "../../observability/log.ts";
import { authorised, type Interceptor, Refusal } from "../tool-call.ts";

/** Wrong arguments go back with what to do about each, before anybody is asked for consent and before the service is. */
export function createValidateArguments(logger: Logger): Interceptor {
  const check = createArgumentsCheck(logger);
  return async (call, next) => {
    const { inputSchema } = authorised(call).tool.listed;
    const problem = check({ name: call.name, inputSchema }, call.arguments);
    if (problem !== undefined) throw new Refusal("invalid_arguments", problem);
    return next(call);
  };
}
