import { z } from "zod";
import { lookUpMade } from "../../shared/look-up.ts";
import { doubtAbout, presentStarted, pulumiTool, stackArgument, startedOutput } from "../outputs.ts";
import { nameOf } from "../stacks.ts";

export const preview = pulumiTool({
  name: "preview",
  title: "Preview an update",
  description:
    "Has Pulumi work out what an update of a stack would change, without changing anything. It takes a minute or more: look with get_deployment, then read deployment_logs and tell the person what would change. " +
    "Only then, if they ask for it, `up` carries it out.",
  input: z.strictObject({ stack: stackArgument }),
  output: z.strictObject({
    deployment: startedOutput,
    stack_version: z.int().describe("The stack's version that it is worked out on"),
    can_be_carried_out: z
      .boolean()
      .describe("Whether `up` takes it, once it has succeeded: it does so in the same conversation alone"),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  progress: { one: "Starting a preview in Pulumi", many: "Starting {count} previews in Pulumi" },

  async run(input, context) {
    const access = context.client.access(context);
    const ref = await access.find(input.stack);
    const { created, stack } = await access.startPreview(ref);
    return {
      deployment: presentStarted(context.client, ref, created),
      stack_version: stack.version,
      can_be_carried_out: access.hasThread,
    };
  },

  async preview(input, context) {
    const access = context.client.access(context);
    const ref = await access.find(input.stack);
    const stack = await access.idleStack(ref);
    const name = nameOf(ref);
    return {
      summary: `Preview an update of the stack ${name}`,
      record: { name, url: context.client.url(ref) },
      changes: [
        {
          field: "Deployment",
          before: null,
          after: `preview of version ${stack.version}: works out changes, makes none`,
        },
      ],
    };
  },

  async lookUp(input, write, context) {
    const { client } = context;
    const access = client.access(context);
    const ref = await access.find(input.stack);
    const [found, stack] = await Promise.all([access.startedSince(ref, "preview", write), access.stack(ref)]);
    return lookUpMade(found, {
      output: (deployment) => ({
        deployment: presentStarted(client, ref, deployment),
        stack_version: stack.version,
        // On which version it began was not noted down.
        can_be_carried_out: false,
      }),
      doubt: (deployments) => doubtAbout(client, ref, deployments),
    });
  },
});
