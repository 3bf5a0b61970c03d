import { z } from "zod";
import { presentStack, pulumiTool, readsPulumi, stackArgument, stackOutput } from "../outputs.ts";

export const driftStatus = pulumiTool({
  name: "drift_status",
  title: "Look for drift",
  description:
    "Tells whether the real resources of a Pulumi stack have drifted away from what is declared, as the last look for drift found. Does not look anew; what drifted is on the stack's page.",
  input: z.strictObject({ stack: stackArgument }),
  output: z.strictObject({
    stack: stackOutput,
    drifted: z.boolean().nullable().describe("Null where nobody has looked yet: then it is not known"),
    looking_now: z.boolean().describe("Whether a look is under way, which may find something else"),
    last_look_id: z.string().nullable(),
  }),
  annotations: readsPulumi,
  progress: { one: "Looking for drift in Pulumi", many: "Looking for drift in {count} stacks" },

  async run(input, context) {
    const access = context.client.access(context);
    const ref = await access.find(input.stack);
    const drift = await access.existing(ref, await access.api.drift(ref, access.scope));
    const lastLook = drift.latestDriftRun || null;
    return {
      stack: presentStack(context.client, ref),
      // Of a stack that nobody has looked at Pulumi says that there is none.
      drifted: lastLook === null && !drift.driftDetected ? null : drift.driftDetected,
      looking_now: drift.runInProgress,
      last_look_id: lastLook,
    };
  },
});
