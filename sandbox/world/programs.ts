/** What each Pulumi program declares. Versions, times and ids are drawn elsewhere. */
import type { InfraConfigValue, InfraSource } from "./types.ts";

export interface ProgramResource {
  type: string;
  name: string;
  inputs?: Record<string, unknown>;
  /** Outputs that are encrypted. */
  secrets?: string[];
  /** Names of resources that it depends on. */
  needs?: string[];
  isProtected?: boolean;
}

export interface ProgramChange {
  type: string;
  name: string;
  property: string;
  before: unknown;
  after: unknown;
}

export interface Program {
  org: string;
  project: string;
  stack: string;
  tags: Record<string, string>;
  config: Record<string, InfraConfigValue>;
  /** How often it was updated; 0: never. */
  updates: number;
  resources: ProgramResource[];
  outputs: Record<string, unknown>;
  secretOutputs: string[];
  /** Where a deployment takes the program from; without it none can be started. */
  source?: InfraSource | undefined;
  /** What the program says and the stack is not yet. */
  pending: ProgramChange[];
  /** What somebody changed by hand: `before` as declared, `after` as found. */
  drift: ProgramChange[];
}

const ORG = "payready";

const SERVICE = "aws:ecs/service:Service";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const DATABASE = "aws:rds/instance:Instance";
const FIREWALL = "aws:ec2/securityGroup:SecurityGroup";
const BUCKET = "aws:s3/bucketV2:BucketV2";
const QUEUE = "aws:sqs/queue:Queue";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

const text = (value: string): InfraConfigValue => ({ value, isSecret: false });
const secret: InfraConfigValue = { value: "", isSecret: true };

const source = (directory: string, branch = "main"): InfraSource => ({
  repository: "https://github.com/payready-example/infrastructure.git",
  branch,
  directory,
});

/** The billing service; both of its stacks are the same but for their size. */
function billing(stack: "prod" | "staging", tasks: number, image: string): ProgramResource[] {
  return [
    { type: FIREWALL, name: "billing-db-access", inputs: { ingress: [{ fromPort: 5432, cidr: "10.20.0.0/16" }] } },
    {
      type: DATABASE,
      name: "billing-db",
      inputs: {
        engine: "postgres",
        instanceClass: stack === "prod" ? "db.r6g.xlarge" : "db.t4g.medium",
        allocatedStorage: stack === "prod" ? 500 : 50,
        deletionProtection: stack === "prod",
        password: "",
      },
      secrets: ["password"],
      needs: ["billing-db-access"],
      isProtected: stack === "prod",
    },
    { type: QUEUE, name: "invoices", inputs: { visibilityTimeoutSeconds: 120 } },
    { type: QUEUE, name: "invoices-dead", inputs: { messageRetentionSeconds: 1_209_600 } },
    { type: BUCKET, name: "invoice-files", inputs: { versioning: true }, isProtected: stack === "prod" },
    {
      type: TASK,
      name: "billing-api-task",
      inputs: { image, cpu: 1024, memory: 2048 },
      needs: ["billing-db", "invoices"],
    },
    { type: SERVICE, name: "billing-api", inputs: { desiredCount: tasks }, needs: ["billing-api-task"] },
    { type: ALARM, name: "dead-letters", inputs: { threshold: 5, period: 300 }, needs: ["invoices-dead"] },
  ];
}

const billingConfig = {
  "aws:region": text("us-east-1"),
  "billing:apiDomain": text("billing.payready.example"),
  "billing:processorKey": secret,
};

export const PROGRAMS: readonly Program[] = [
  {
    org: ORG,
    project: "billing",
    stack: "prod",
    tags: { environment: "production", owner: "arjun" },
    config: billingConfig,
    updates: 24,
    resources: billing("prod", 4, "billing-api:2.18.0"),
    outputs: {
      apiUrl: "https://billing.payready.example",
      databaseHost: "billing-db.c1xk2.us-east-1.rds.example",
      databasePassword: "",
      invoiceBucket: "invoice-files-prod",
      processorKey: "",
    },
    secretOutputs: ["databasePassword", "processorKey"],
    source: source("stacks/billing"),
    pending: [
      {
        type: TASK,
        name: "billing-api-task",
        property: "image",
        before: "billing-api:2.18.0",
        after: "billing-api:2.19.1",
      },
    ],
    drift: [
      { type: SERVICE, name: "billing-api", property: "desiredCount", before: 4, after: 7 },
      {
        type: FIREWALL,
        name: "billing-db-access",
        property: "ingress",
        before: [{ fromPort: 5432, cidr: "10.20.0.0/16" }],
        after: [
          { fromPort: 5432, cidr: "10.20.0.0/16" },
          { fromPort: 5432, cidr: "203.0.113.40/32" },
        ],
      },
    ],
  },
  {
    org: ORG,
    project: "billing",
    stack: "staging",
    tags: { environment: "staging", owner: "arjun" },
    config: { ...billingConfig, "billing:apiDomain": text("billing.staging.payready.example") },
    updates: 41,
    resources: billing("staging", 1, "billing-api:2.19.1"),
    outputs: {
      apiUrl: "https://billing.staging.payready.example",
      databaseHost: "billing-db.s9fz4.us-east-1.rds.example",
      databasePassword: "",
      invoiceBucket: "invoice-files-staging",
    },
    secretOutputs: ["databasePassword"],
    source: source("stacks/billing", "staging"),
    pending: [],
    drift: [],
  },
  {
    org: ORG,
    project: "data-platform",
    stack: "prod",
    tags: { environment: "production", owner: "ruth" },
    config: { "aws:region": text("us-east-1"), "data-platform:snowflakeUser": text("LOADER") },
    updates: 13,
    resources: [
      { type: BUCKET, name: "raw-events", inputs: { versioning: true }, isProtected: true },
      { type: BUCKET, name: "curated", inputs: { versioning: true } },
      {
        type: "aws:glue/job:Job",
        name: "load-revenue",
        inputs: { workers: 4, timeout: 60 },
        needs: ["raw-events", "curated"],
      },
      {
        type: "aws:cloudwatch/eventRule:EventRule",
        name: "nightly",
        inputs: { schedule: "cron(0 5 * * ? *)" },
        needs: ["load-revenue"],
      },
      { type: ALARM, name: "load-late", inputs: { threshold: 1, period: 3600 }, needs: ["load-revenue"] },
    ],
    outputs: { curatedBucket: "curated-prod", loaderKey: "" },
    secretOutputs: ["loaderKey"],
    // It is updated from its keeper's machine: nobody has told Pulumi Cloud where its program is.
    source: undefined,
    pending: [],
    drift: [],
  },
  {
    org: ORG,
    project: "sophia",
    stack: "prod",
    tags: { environment: "production", owner: "arjun" },
    config: { "aws:region": text("us-east-1"), "sophia:slackToken": secret },
    updates: 9,
    resources: [
      {
        type: DATABASE,
        name: "sophia-db",
        inputs: { engine: "postgres", instanceClass: "db.t4g.large", password: "" },
        secrets: ["password"],
        isProtected: true,
      },
      {
        type: "aws:elasticache/cluster:Cluster",
        name: "sophia-queue",
        inputs: { engine: "valkey", nodeType: "cache.t4g.small" },
      },
      {
        type: TASK,
        name: "sophia-task",
        inputs: { image: "sophia:1.4.2", cpu: 512, memory: 1024 },
        needs: ["sophia-db", "sophia-queue"],
      },
      { type: SERVICE, name: "sophia", inputs: { desiredCount: 2 }, needs: ["sophia-task"] },
    ],
    outputs: { url: "https://sophia.payready.example", databaseUrl: "" },
    secretOutputs: ["databaseUrl"],
    source: source("stacks/sophia"),
    pending: [
      { type: TASK, name: "sophia-task", property: "memory", before: 1024, after: 2048 },
      { type: SERVICE, name: "sophia", property: "desiredCount", before: 2, after: 3 },
    ],
    drift: [],
  },
  {
    org: "arjun-mehta",
    project: "scratch",
    stack: "dev",
    tags: {},
    config: {},
    updates: 0,
    resources: [],
    outputs: {},
    secretOutputs: [],
    source: undefined,
    pending: [],
    drift: [],
  },
];
