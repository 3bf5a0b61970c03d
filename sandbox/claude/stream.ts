import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { StreamFault } from "./answer.ts";
import { errorOfStatus } from "./errors.ts";
import { event, type SseEvent, sse } from "./events.ts";

/** How fast an answer is spoken. */
export interface Pace {
  /** Characters in one delta. */
  chunkCharacters: number;
  /** Between deltas; 0 sends everything at once. */
  delayMs: number;
}

/** The events as an SSE response: paced, ended by an `error` event or cut off where a fault asks for it. */
export function streamEvents(
  outgoing: HttpBindings["outgoing"],
  all: readonly SseEvent[],
  pace: Pace,
  fault: StreamFault | undefined,
  headers: Record<string, string>,
): Response {
  const events = withFault(all, fault);
  const cut = fault?.cutAfterEvents !== undefined;
  const init = {
    headers: { ...headers, "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  };
  if (pace.delayMs <= 0 && !cut) return new Response(events.map(sse).join(""), init);
  const encoder = new TextEncoder();
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const group of groupsOf(events, pace)) {
        if (gone.signal.aborted) return controller.close();
        controller.enqueue(encoder.encode(group.map(sse).join("")));
        if (pace.delayMs > 0 && group.at(-1)?.visible) await pause(pace.delayMs, gone.signal);
      }
      if (cut) await cutConnection(outgoing);
      controller.close();
    },
  });
  return new Response(body, init);
}

function withFault(events: readonly SseEvent[], fault: StreamFault | undefined): SseEvent[] {
  if (fault?.errorAfterEvents !== undefined) {
    const { type, message } = errorOfStatus(529);
    return [...events.slice(0, fault.errorAfterEvents), event("error", { error: { type, message } })];
  }
  return fault?.cutAfterEvents === undefined ? [...events] : events.slice(0, fault.cutAfterEvents);
}

/** What goes out in one piece: everything where no pace is asked for, else up to each event that a reader sees. */
function groupsOf(events: SseEvent[], pace: Pace): SseEvent[][] {
  if (pace.delayMs <= 0) return [events];
  const groups: SseEvent[][] = [[]];
  for (const event of events) {
    groups.at(-1)?.push(event);
    if (event.visible) groups.push([]);
  }
  return groups.filter((group) => group.length > 0);
}

/** Resolves early when the reader goes away. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** What was written leaves first; then the connection goes away without the end of the response. */
async function cutConnection(outgoing: HttpBindings["outgoing"]): Promise<void> {
  while (!outgoing.headersSent) await new Promise((resolve) => setImmediate(resolve));
  await sleep(5);
  outgoing.socket?.destroySoon();
  await new Promise((resolve) => outgoing.once("close", resolve));
}
