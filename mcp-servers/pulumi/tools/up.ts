import { z } from "zod";
import type { ToolContext } from "../../shared/define-tool.ts";
import { lookUpMade } from "../../shared/look-up.ts";
import type { PulumiClient } from "../client.ts";
import { previewedChanges } from "../logs.ts";
import {
  changesPulumi,
  deploymentIdArgument,
  doubtAbout,
  presentStarted,
  pulumiTool,
  stackArgument,
  startedOutput,
} from "../outputs.ts";
import { nameOf } from "../stacks.ts";

const input = z.strictObject({
  stack: stackArgument,
  deployment_id: deploymentIdArgument.describe(
    "The id of the preview that is to be carried out, as preview returned it",
  ),
});

const mostShown = 25;

export const up = pulumiTool({
  name: "up",
  title: "Carry out a previewed update",
  description:
    "Updates (deploys) a stack: carries out what a preview showed, and so changes what runs. Only for a preview of this conversation that succeeded, if the stack has not changed since; else start a new one. " +
    "Tell the person first what the preview said. Follow it with get_deployment.",
  input,
  output: z.strictObject({ deployment: startedOutput, carries_out: z.string().describe("The preview's id") }),
  annotations: changesPulumi,
  progress: { one: "Updating a stack in Pulumi", many: "Updating {count} stacks in Pulumi" },

  async run(args, context) {
    const { access, ready } = await plan(args, context);
    const created = await access.startUpdate(ready);
    return { deployment: presentStarted(context.client, ready.ref, created), carries_out: args.deployment_id };
  },

  async preview(args, context) {
    const { access, ready } = await plan(args, context);
    const { ref, stack, deployment } = ready;
    const name = nameOf(ref);
    const lines = await previewedChanges(access, ref, deployment.id);
    const rest = lines.length - mostShown;
    return {
      summary: `Update the stack ${name}, as the preview #${deployment.version} showed`,
      record: { name, url: context.client.url(ref, "deployments", deployment.version) },
      changes: [
        { field: "Version", before: String(stack.version), after: "a new one" },
        ...lines.slice(0, mostShown).map((line) => ({ field: "Resource", before: null, after: line })),
        ...(rest > 0 ? [{ field: "Resource", before: null, after: `and ${rest} more: see the preview's page` }] : []),
        ...(lines.length === 0
          ? [{ field: "Resource", before: null, after: "none, as far as the preview's log shows" }]
          : []),
      ],
    };
  },

  async lookUp({ stack, deployment_id: id }, write, context) {
    const { client } = context;
    const access = client.access(context);
    const ref = await access.find(stack);
    return lookUpMade(await access.startedSince(ref, "update", write), {
      output: (deployment) => ({ deployment: presentStarted(client, ref, deployment), carries_out: id }),
      doubt: (deployments) => doubtAbout(client, ref, deployments),
    });
  },
});

/** The checks of both. */
async function plan(args: z.output<typeof input>, context: ToolContext<PulumiClient>) {
  const access = context.client.access(context);
  const ref = await access.find(args.stack);
  return { access, ready: await access.readyPreview(ref, args.deployment_id) };
}
