import type { ResultPages } from "../result-pages.ts";
import type { Interceptor } from "../tool-call.ts";

/** A result that is too long is given in pages, not refused. */
export function createSizeLimit(pages: ResultPages): Interceptor {
  return async (call, next) => pages.firstPage(call, await next(call));
}

/** The end of the chain for the gateway's own tool, which reads the pages that follow. */
export function createReadMore(pages: ResultPages): Interceptor {
  return async (call) => pages.next(call, String(call.arguments.cursor));
}
