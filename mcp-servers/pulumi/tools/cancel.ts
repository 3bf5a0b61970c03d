import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import type { ToolContext } from "../../shared/define-tool.ts";
import { readAfter } from "../../shared/half-done.ts";
import type { PulumiClient } from "../client.ts";
import {
  changesPulumi,
  deploymentIdArgument,
  deploymentOutput,
  isOver,
  presentDeployment,
  pulumiTool,
  stackArgument,
} from "../outputs.ts";
import { nameOf } from "../stacks.ts";

const input = z.strictObject({ stack: stackArgument, deployment_id: deploymentIdArgument });

export const cancel = pulumiTool({
  name: "cancel",
  title: "Cancel a deployment",
  description:
    "Stops a deployment that is waiting or running. An update that is stopped in the middle leaves the stack half changed, which somebody may have to repair: tell the person.",
  input,
  output: z.strictObject({ deployment: deploymentOutput }),
  // A second call finds that it is over.
  annotations: { ...changesPulumi, idempotentHint: true },
  progress: { one: "Cancelling a deployment in Pulumi", many: "Cancelling {count} deployments in Pulumi" },

  async run(args, context) {
    const { access, ref, deployment } = await plan(args, context);
    const isCancelled = await access.api.cancel(ref, deployment.id, access.scope);
    const after = await readAfter(() => access.deployment(ref, deployment.id));
    if (!isCancelled) throw overAlready(after.status);
    return { deployment: presentDeployment(context.client, ref, after) };
  },

  async preview(args, context) {
    const { ref, deployment } = await plan(args, context);
    const name = nameOf(ref);
    return {
      summary: `Cancel the ${deployment.pulumiOperation ?? "deployment"} #${deployment.version} of the stack ${name}`,
      record: { name, url: context.client.url(ref, "deployments", deployment.version) },
      changes: [{ field: "Status", before: deployment.status, after: "cancelled" }],
    };
  },

  /** What is over and has not succeeded was stopped, or would be no more. */
  async lookUp(args, _, context) {
    const access = context.client.access(context);
    const ref = await access.find(args.stack);
    const deployment = await access.deployment(ref, args.deployment_id);
    if (!isOver(deployment) || deployment.status === "succeeded") return { state: "not_done" };
    return { state: "done", output: { deployment: presentDeployment(context.client, ref, deployment) } };
  },
});

/** The checks of both. */
async function plan(args: z.output<typeof input>, context: ToolContext<PulumiClient>) {
  const access = context.client.access(context);
  const ref = await access.find(args.stack);
  const deployment = await access.deployment(ref, args.deployment_id);
  if (isOver(deployment)) throw overAlready(deployment.status);
  return { access, ref, deployment };
}

function overAlready(status: string): UserError {
  return new UserError(`There is nothing to cancel: the deployment is over already (${status}).`);
}
