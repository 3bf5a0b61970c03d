import { z } from "zod";

/** Pulumi Cloud's answers, as far as they are read. Source: its OpenAPI description. Instants in numbers are epoch seconds. */

const text = z.string().nullish();
const count = z.number().nullish();

const stackSummary = z.object({
  orgName: z.string(),
  projectName: z.string(),
  stackName: z.string(),
  lastUpdate: count,
  resourceCount: count,
});

export const stacksAnswer = z.object({ stacks: z.array(stackSummary).nullish(), continuationToken: text });

export const stackAnswer = z.object({
  projectName: z.string(),
  stackName: z.string(),
  version: z.number(),
  tags: z.record(z.string(), z.string()).nullish(),
  currentOperation: z.object({ kind: z.string(), author: text, started: count }).nullish(),
});
export type Stack = z.output<typeof stackAnswer>;

export const personAnswer = z.object({ name: text, githubLogin: text });
export type Person = z.output<typeof personAnswer>;

export const updateAnswer = z.object({
  // Configuration and environment are not read: there are secrets in them.
  info: z.object({
    kind: z.string(),
    result: z.string(),
    startTime: count,
    endTime: count,
    message: text,
    environment: z.object({ "git.head": text }).nullish(),
    resourceChanges: z.record(z.string(), z.number()).nullish(),
    resourceCount: count,
  }),
  version: z.number(),
  requestedBy: personAnswer.nullish(),
});
export type Update = z.output<typeof updateAnswer>;

export const updatesAnswer = z.object({ updates: z.array(updateAnswer).nullish(), total: z.number() });

export const resourcesAnswer = z.object({
  resources: z
    .array(
      z.object({
        resource: z.object({
          type: z.string(),
          outputs: z.record(z.string(), z.unknown()).nullish(),
          additionalSecretOutputs: z.array(z.string()).nullish(),
        }),
      }),
    )
    .nullish(),
  version: z.number(),
});

export const driftAnswer = z.object({ driftDetected: z.boolean(), latestDriftRun: text, runInProgress: z.boolean() });

export const createdAnswer = z.object({ id: z.string(), version: z.number() });
export type Created = z.output<typeof createdAnswer>;

export const deploymentAnswer = z.object({
  id: z.string(),
  version: z.number(),
  status: z.string(),
  pulumiOperation: text,
  created: text,
  modified: text,
  initiator: text,
  requestedBy: personAnswer.nullish(),
  jobs: z
    .array(
      z.object({
        steps: z.array(z.object({ name: text, status: z.string(), started: text, lastUpdated: text })).nullish(),
      }),
    )
    .nullish(),
});
export type Deployment = z.output<typeof deploymentAnswer>;

export const deploymentsAnswer = z.object({ deployments: z.array(deploymentAnswer) });

export const logsAnswer = z.object({
  lines: z.array(z.object({ header: text, timestamp: text, line: text })).nullish(),
  nextToken: text,
});
export type Logs = z.output<typeof logsAnswer>;

export const searchAnswer = z.object({
  total: z.number().nullish(),
  resources: z.array(
    z.object({
      urn: text,
      id: text,
      type: text,
      name: text,
      project: text,
      stack: text,
      protected: z.boolean().nullish(),
      created: text,
      modified: text,
    }),
  ),
});
export type FoundResource = z.output<typeof searchAnswer>["resources"][number];
