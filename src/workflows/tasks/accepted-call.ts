import type { Caller, PlannedCall, Step, WriteProbe } from "../../agent/ports.ts";
import { safeMessage } from "../../core/errors.ts";
import type { Logger } from "../../observability/log.ts";

type Preview = (call: PlannedCall) => Promise<Awaited<ReturnType<WriteProbe["preview"]>>>;

/** The first form that its service would take, or the fullest where it takes none: what is wrong with that one is to be heard. */
export async function firstAccepted(forms: readonly PlannedCall[], preview: Preview): Promise<PlannedCall[]> {
  for (const form of forms) {
    const previewed = await preview(form);
    if (!("refused" in previewed)) return [form];
    // Nothing is known to be wrong with it: a lesser form would leave out what may well be taken.
    if (previewed.isRetryable) break;
  }
  return forms.slice(0, 1);
}

export interface AcceptedCallsOptions {
  tools: Pick<WriteProbe, "preview">;
  caller: Caller;
  logger: Logger;
}

/**
 * Planned calls in the form that their service takes; asked once, before the first is made. Where it does not answer they stay as
 * they were meant, and fail in their own words.
 */
export async function acceptedCalls(
  calls: readonly PlannedCall[],
  { tools, caller, logger }: AcceptedCallsOptions,
  { steps, signal }: { steps: readonly Step[]; signal: AbortSignal },
): Promise<readonly PlannedCall[]> {
  if (steps.some(({ kind }) => kind === "answer")) return calls;
  const accepted = async ({ orElse = [], ...fullest }: PlannedCall): Promise<PlannedCall[]> => {
    if (orElse.length === 0) return [fullest];
    const rest = orElse.map((form) => ({ tool: fullest.tool, arguments: form }));
    try {
      return await firstAccepted([fullest, ...rest], (form) =>
        tools.preview(form.tool, form.arguments, caller, signal),
      );
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ turnId: caller.turnId, reason: safeMessage(error) }, "A planned call could not be previewed");
      return [fullest];
    }
  };
  return (await Promise.all(calls.map(accepted))).flat();
}
