import type { Caller, Tools, WriteProbe } from "../../agent/ports.ts";
import type { Logger } from "../../observability/log.ts";
import type { CallRecord } from "./call-record.ts";

const tool = "pinecone__upsert_document";
/** Characters; the index finds shorter texts better than whole transcripts. */
const mostText = 8_000;

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
  return {
    keep: async (record, caller, signal) => {
      const args = documentOf(record);
      if (!args) return;
      try {
        const offered = await tools.list(caller.agent);
        if (!offered.some(({ name }) => name === tool))
          return sayOnce("Calls are not put into the search index: Pinecone is not offered");
        const previewed = await tools.preview(tool, args, caller, signal);
        if ("refused" in previewed)
          return logger.warn({ call: args.id, reason: previewed.refused }, "A call was not put into the search index");
        if (previewed.policy !== "allow") {
          return sayOnce(
            `Calls are not put into the search index: no policy allows ${tool} for the role ${caller.agent}`,
          );
        }
        const { isError, text } = await tools.call(tool, args, caller, signal);
        if (isError)
          logger.warn({ call: args.id, reason: text.split("\n", 1)[0] }, "A call was not put into the search index");
      } catch (error) {
        signal.throwIfAborted();
        logger.warn({ err: error, call: args.id }, "A call was not put into the search index");
      }
    },
  };
}

/** Undefined where there is nothing to find. */
function documentOf({ call, summary }: CallRecord) {
  const text = (summary ? claudes(summary) : gongs(call)).join("\n").slice(0, mostText).trim();
  if (text === "" || call.url === null) return undefined;
  return {
    id: call.call_id,
    text,
    title: call.title.slice(0, 500),
    url: call.url,
    source: "gong",
    ...(call.account === null ? {} : { account: call.account }),
    ...(call.owner?.email ? { owner_email: call.owner.email } : {}),
    started_at: call.started_at,
  };
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
