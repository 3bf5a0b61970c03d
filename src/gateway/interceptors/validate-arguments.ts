import { describeArgumentProblems } from "../../mcp/argument-problems.ts";
import type { Logger } from "../../observability/log.ts";
import type { CatalogueTool } from "../catalogue.ts";
import { type ArgumentsCheck, compileArgumentsCheck } from "../json-schema.ts";
import { authorised, type Interceptor, Refusal } from "../tool-call.ts";

/** Wrong arguments go back with what to do about each, before anybody is asked for consent and before the service is. */
export function createValidateArguments(logger: Logger): Interceptor {
  // Compiled at a tool's first call: compiling all of them would delay the start.
  const checks = new WeakMap<CatalogueTool, ArgumentsCheck>();
  const checkOf = (tool: CatalogueTool): ArgumentsCheck => {
    const known = checks.get(tool);
    if (known) return known;
    const check = compile(tool, logger);
    checks.set(tool, check);
    return check;
  };
  return async (call, next) => {
    const { tool } = authorised(call);
    const problems = checkOf(tool)(call.arguments);
    if (problems.length > 0) throw new Refusal("invalid_arguments", describeArgumentProblems(call.name, problems));
    return next(call);
  };
}

function compile(tool: CatalogueTool, logger: Logger): ArgumentsCheck {
  try {
    return compileArgumentsCheck(tool.listed.inputSchema);
  } catch (error) {
    // A schema that we do not understand (a reference to another document, say) is the server's own to check.
    logger.warn({ tool: tool.name, err: error }, "cannot check the arguments of a tool");
    return () => [];
  }
}
