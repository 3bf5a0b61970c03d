import { z } from "zod";
import {
  presentRunning,
  presentStack,
  presentUpdate,
  pulumiTool,
  readsPulumi,
  runningOutput,
  stackArgument,
  stackOutput,
  updateOutput,
} from "../outputs.ts";

export const stackStatus = pulumiTool({
  name: "stack_status",
  title: "Look at a stack",
  description:
    "Tells how a Pulumi stack stands: what runs on it now, its last update with result and author, version and tags. " +
    "Whether the real resources have drifted away from it is in drift_status.",
  input: z.strictObject({ stack: stackArgument }),
  output: z.strictObject({
    stack: stackOutput,
    version: z.int(),
    tags: z.record(z.string(), z.string()),
    running: runningOutput.describe("What runs on it now; null where nothing does"),
    last_update: updateOutput.nullable().describe("Null where it was never updated"),
  }),
  annotations: readsPulumi,
  progress: { one: "Looking at a stack in Pulumi", many: "Looking at {count} stacks in Pulumi" },

  async run(input, context) {
    const { client } = context;
    const access = client.access(context);
    const ref = await access.find(input.stack);
    const [stack, update] = await Promise.all([access.stack(ref), access.api.latestUpdate(ref, access.scope)]);
    return {
      stack: presentStack(client, ref),
      version: stack.version,
      tags: stack.tags ?? {},
      running: presentRunning(stack),
      last_update: update ? presentUpdate(client, ref, update) : null,
    };
  },
});
