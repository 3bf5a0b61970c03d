import { z } from "zod";
import {
  deploymentIdArgument,
  deploymentOutput,
  presentDeployment,
  pulumiTool,
  readsPulumi,
  stackArgument,
} from "../outputs.ts";

export const getDeployment = pulumiTool({
  name: "get_deployment",
  title: "Look at a deployment",
  description:
    "Tells how far a deployment (a preview or an update that Pulumi runs) is: its status and steps. They take a minute or more; what it says is in deployment_logs.",
  input: z.strictObject({ stack: stackArgument, deployment_id: deploymentIdArgument }),
  output: z.strictObject({ deployment: deploymentOutput }),
  annotations: readsPulumi,
  progress: { one: "Looking at a deployment in Pulumi", many: "Looking at {count} deployments in Pulumi" },

  async run({ stack, deployment_id: id }, context) {
    const access = context.client.access(context);
    const ref = await access.find(stack);
    return { deployment: presentDeployment(context.client, ref, await access.deployment(ref, id)) };
  },
});
