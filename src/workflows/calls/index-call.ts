import type { Caller, Tools, WriteProbe } from "../../agent/ports.ts";
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

export interface CallIndex {
  /** Makes a call's meaning findable, once however often it is asked. What fails is logged: the summary stands in any case. */
  keep(record: CallRecord, caller: Caller, signal: AbortSignal): Promise<void>;
}

/** Nobody is asked for it: it is written only where a policy lets it pass, since no person would be there to decide. */
export function createCallIndex({ tools, logger }: CallIndexOptions): CallIndex {
  let isSaid = false;
  const sayOnce = (message: string): void => {
    if (!isSaid) logger.info(message);
    isSaid = true;
  };
  const mayWrite = async (document: CallDocument, caller: Caller, signal: AbortSignal): Promise<boolean> => {
    const offered = await tools.list(caller.agent);
    if (!offered.some(({ name }) => name === tool)) {
      sayOnce("Calls are not put into the search index: Pinecone is not offered");
      return false;
    }
    const previewed = await tools.preview(tool, document, caller, signal);
    if ("refused" in previewed) {
      logger.warn({ call: document.id, reason: previewed.refused }, "A call was not put into the search index");
      return false;
    }
    if (previewed.policy === "allow") return true;
    sayOnce(`Calls are not put into the search index: no policy allows ${tool} for the role ${caller.agent}`);
    return false;
  };
  return {
    keep: async (record, caller, signal) => {
      const documents = documentsOf(record);
      const [first] = documents;
      if (!first) return;
      const call = record.call.call_id;
      try {
        if (!(await mayWrite(first, caller, signal))) return;
        const refused = await writeAll(documents, async (document) => {
          const { isError, text } = await tools.call(tool, document, caller, signal);
          return isError ? text.split("\n", 1)[0] : undefined;
        });
        if (refused.length === 0) return;
        const counts = { documents: documents.length, refused: refused.length };
        logger.warn({ call, ...counts, reason: refused[0] }, "A call was not put into the search index, or not whole");
      } catch (error) {
        signal.throwIfAborted();
        logger.warn({ err: error, call }, "A call was not put into the search index, or not whole");
      }
    },
  };
}

/** A few at a time; what one is refused for keeps the others from nothing. */
async function writeAll(
  documents: readonly CallDocument[],
  write: (document: CallDocument) => Promise<string | undefined>,
): Promise<string[]> {
  const waiting = [...documents];
  const refused: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const reason = await write(next);
      if (reason !== undefined) refused.push(reason);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return refused;
}
