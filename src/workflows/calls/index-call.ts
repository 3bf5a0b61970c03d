import type { Caller, ToolResult, Tools, WriteProbe } from "../../agent/ports.ts";
import type { Logger } from "../../observability/log.ts";
import { type CallDocument, documentsOf } from "./call-documents.ts";
import type { CallRecord } from "./call-record.ts";

const tool = "pinecone__upsert_document";
/** Documents that are written at a time. */
const atOnce = 4;

export interface CallIndexOptions {
  tools: Pick<Tools, "call" | "list"> & Pick<WriteProbe, "preview">;
  logger: Logger;
}

/** `later`: Pinecone, or the way to it, was away, and another turn may do better. */
export type Kept = "ended" | "later";

export interface CallIndex {
  /** Makes a call's meaning findable, once however often it is asked. What fails is logged: the summary stands in any case. */
  keep(record: CallRecord, caller: Caller, signal: AbortSignal): Promise<Kept>;
}

/** Nobody is asked for it: it is written only where a policy lets it pass, since no person would be there to decide. */
export function createCallIndex({ tools, logger }: CallIndexOptions): CallIndex {
  let isSaid = false;
  const sayOnce = (message: string): Kept => {
    if (!isSaid) logger.info(message);
    isSaid = true;
    return "ended";
  };
  /** Why nothing is to be written; undefined where it may be. */
  const whyNot = async (document: CallDocument, caller: Caller, signal: AbortSignal): Promise<Kept | undefined> => {
    const offered = await tools.list(caller.agent);
    if (!offered.some(({ name }) => name === tool))
      return sayOnce("Calls are not put into the search index: Pinecone is not offered");
    const previewed = await tools.preview(tool, document, caller, signal);
    if ("refused" in previewed) {
      logger.warn({ call: document.id, reason: previewed.refused }, "A call was not put into the search index");
      return previewed.isRetryable ? "later" : "ended";
    }
    if (previewed.policy === "allow") return undefined;
    return sayOnce(`Calls are not put into the search index: no policy allows ${tool} for the role ${caller.agent}`);
  };
  return {
    keep: async (record, caller, signal) => {
      const documents = documentsOf(record);
      const [first] = documents;
      if (!first) return "ended";
      const call = record.call.call_id;
      try {
        const reason = await whyNot(first, caller, signal);
        if (reason) return reason;
        const refused = await writeAll(documents, (document) => tools.call(tool, document, caller, signal));
        if (refused.length === 0) return "ended";
        const counts = { documents: documents.length, refused: refused.length };
        const [words] = refused[0]?.text.split("\n", 1) ?? [];
        logger.warn({ call, ...counts, reason: words }, "A call was not put into the search index, or not whole");
        // One that waits was sent, and nobody said what came of it: written again it is the same.
        return refused.some(({ isRetryable, isWaiting }) => isRetryable || isWaiting) ? "later" : "ended";
      } catch (error) {
        signal.throwIfAborted();
        logger.warn({ err: error, call }, "A call was not put into the search index, or not whole");
        return "later";
      }
    },
  };
}

/** A few at a time; what one is refused for keeps the others from nothing. Returns what was refused. */
async function writeAll(
  documents: readonly CallDocument[],
  write: (document: CallDocument) => Promise<ToolResult>,
): Promise<ToolResult[]> {
  const waiting = [...documents];
  const refused: ToolResult[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await write(next);
      if (result.isError) refused.push(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return refused;
}
