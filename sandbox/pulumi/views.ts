/** Stacks, updates and resources as the API shows them. */
import { createHash } from "node:crypto";
import type { InfraResource, InfraStack, InfraUpdate } from "../world/types.ts";
import { type Deployment, endOf, iso, statusOf, stepsOf } from "./deployment.ts";
import { type PulumiStore, TOKEN_OWNER, versionOf } from "./store.ts";

type Json = Record<string, unknown>;

export const CONSOLE_ORIGIN = "https://app.pulumi.com";
const seconds = (instant: string | number): number => Math.floor(new Date(instant).getTime() / 1000);

export function summaryOf(stack: InfraStack): Json {
  const { id, org, project, name } = stack;
  const last = stack.updates.at(-1);
  return {
    id,
    orgName: org,
    projectName: project,
    stackName: name,
    links: { self: `${CONSOLE_ORIGIN}/${org}/${project}/${name}` },
    ...(last ? { lastUpdate: seconds(last.startedAt), resourceCount: stack.resources.length } : {}),
  };
}

export function stackOf(stack: InfraStack, store: PulumiStore): Json {
  const { id, org, project, name, tags } = stack;
  const running = store.running(stack);
  return {
    id,
    orgName: org,
    projectName: project,
    stackName: name,
    activeUpdate: running?.id ?? stack.updates.at(-1)?.id ?? "",
    tags,
    version: versionOf(stack),
    ...(running ? { currentOperation: operationOf(running) } : {}),
  };
}

const operationOf = ({ operation, createdAt }: Deployment): Json => ({
  kind: operation === "preview" ? "Pupdate" : "update",
  author: "payready-deployments",
  started: seconds(createdAt),
});

function userOf(personId: string, store: PulumiStore): Json {
  const person = store.people.find((p) => p.id === personId);
  return {
    name: person?.name ?? "",
    githubLogin: person?.handle ?? "",
    avatarUrl: `https://avatars.example/${person?.handle ?? "nobody"}.png`,
    email: person?.email ?? "",
  };
}

/** An entry of the history, with its place in it and who asked for it. */
export function updateOf(update: InfraUpdate, stack: InfraStack, store: PulumiStore): Json {
  return {
    info: updateInfoOf(update, stack),
    updateID: update.id,
    version: update.version,
    latestVersion: versionOf(stack),
    requestedBy: userOf(update.personId, store),
  };
}

export function updateInfoOf(update: InfraUpdate, stack: InfraStack): Json {
  return {
    kind: update.kind,
    startTime: seconds(update.startedAt),
    endTime: seconds(update.endedAt),
    message: update.message,
    environment: { "git.head": update.commit, "git.headName": "refs/heads/main", "exec.kind": "cli" },
    config: configOf(stack),
    result: update.hasSucceeded ? "succeeded" : "failed",
    version: update.version,
    resourceChanges: update.changes,
    resourceCount: stack.resources.length,
  };
}

function configOf(stack: InfraStack): Json {
  return Object.fromEntries(
    Object.entries(stack.config).map(([key, { value, isSecret }]) => [
      key,
      { string: isSecret ? cipherOf(`${stack.id} ${key}`) : value, secret: isSecret, object: false },
    ]),
  );
}

export function resourceOf(resource: InfraResource): Json {
  const { urn, type, id, parent, isCustom, isProtected, dependencies, secretOutputs } = resource;
  return {
    resource: {
      urn,
      type,
      custom: isCustom,
      delete: false,
      dependencies,
      inputs: sealed(resource, resource.inputs),
      outputs: sealed(resource, resource.outputs),
      ...(id === undefined ? {} : { id }),
      ...(parent === undefined ? {} : { parent }),
      ...(isProtected ? { protect: true } : {}),
      ...(isCustom && secretOutputs.length > 0 ? { additionalSecretOutputs: secretOutputs } : {}),
    },
  };
}

/** The mark by which Pulumi tells an encrypted value from an object. */
const SECRET_MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

function sealed({ urn, secretOutputs }: InfraResource, values: Readonly<Json>): Json {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      secretOutputs.includes(name) ? { ...SECRET_MARK, ciphertext: cipherOf(`${urn} ${name}`) } : value,
    ]),
  );
}

/** Looks like the service's own; there is nothing behind it. */
const cipherOf = (of: string): string => `AAABA${createHash("sha256").update(of).digest("base64")}`;

/** `2026-11-18 16:00:00.000`, in UTC. */
const stamp = (instant: number): string => iso(instant).replace("T", " ").replace("Z", "");

export function deploymentOf(deployment: Deployment, stack: InfraStack, store: PulumiStore, now: number): Json {
  const { id, version, operation, by, createdAt } = deployment;
  const status = statusOf(deployment, now);
  const steps = stepsOf(deployment, now);
  const modified = endOf(deployment, now) ?? now;
  const { source } = stack;
  return {
    id,
    created: stamp(createdAt),
    modified: stamp(modified),
    status,
    version,
    latestVersion: store.deploymentCount(stack),
    requestedBy: userOf(store.people.find((p) => p.handle === by)?.id ?? "", store),
    pulumiOperation: operation,
    initiator: "api",
    jobs: [{ status, started: iso(createdAt), lastUpdated: iso(modified), steps }],
    configuration: {
      environmentVariables: [],
      ...(source
        ? { source: { git: { repoURL: source.repository, branch: source.branch, repoDir: source.directory } } }
        : {}),
    },
  };
}

/** As the list has it. */
export function listedDeployment(deployment: Deployment, stack: InfraStack, store: PulumiStore, now: number): Json {
  const { configuration: _, latestVersion: __, ...listed } = deploymentOf(deployment, stack, store, now);
  return { ...listed, projectName: stack.project, stackName: stack.name, updates: [] };
}

/** Whose token it is, as that person sees it. */
export function ownAccount(store: PulumiStore): Json {
  const person = store.people.find((p) => p.handle === TOKEN_OWNER);
  return {
    ...userOf(person?.id ?? "", store),
    id: person?.id ?? "",
    hasMFA: true,
    identities: ["github.com"],
    isManagedByMultiOrg: false,
    isOrgManaged: false,
    organizations: [],
  };
}
