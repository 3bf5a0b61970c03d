import type { Hono } from "hono";
import { type Deployment, endOf, iso, linesBy, STEPS } from "./deployment.ts";
import { badRequest, notFound } from "./errors.ts";
import { readBody, readToken, readWhole, tokenOf } from "./requests.ts";
import { STACK_PATH, stackIn } from "./stack-routes.ts";
import type { PulumiEnv, PulumiStore } from "./store.ts";
import { CONSOLE_ORIGIN, deploymentOf, listedDeployment } from "./views.ts";

const SETTINGS_FIELDS = [
  "agentPoolID",
  "cacheOptions",
  "executorContext",
  "gitHub",
  "operationContext",
  "sourceContext",
  "tag",
  "vcs",
];
const OFFERED = ["preview", "update"] as const;
const COUNT_WORDS = "Count must be less than 500 and more than 0";

/** Deployments: previews and updates that the service itself runs. */
export function deploymentRoutes(app: Hono<PulumiEnv>, store: PulumiStore, now: () => number): void {
  app.post(`${STACK_PATH}/deployments`, async (c) => {
    const stack = stackIn(c, store);
    const body = await readBody(c, ["operation", "inheritSettings", ...SETTINGS_FIELDS]);
    if (body.operation === undefined) throw badRequest("Missing top level required field 'operation'");
    const operation = OFFERED.find((known) => known === body.operation);
    if (!operation) throw badRequest(`operation ${JSON.stringify(body.operation)} is not allowed for this token`);
    const { inheritSettings = true } = body;
    if (typeof inheritSettings !== "boolean") throw badRequest("'inheritSettings' must be a boolean");
    if (!body.sourceContext && (!inheritSettings || !stack.source)) {
      throw badRequest("Deployment settings have no source context: set them on the stack or send them");
    }
    const { id, version } = store.deploy(stack, operation);
    const consoleUrl = `${CONSOLE_ORIGIN}/${stack.org}/${stack.project}/${stack.name}/deployments/${version}`;
    return c.json({ id, version, consoleUrl }, 202);
  });

  app.get(`${STACK_PATH}/deployments`, (c) => {
    const stack = stackIn(c, store);
    const page = readWhole(c, "page", [1, 1_000_000]) ?? 1;
    const pageSize = readWhole(c, "pageSize", [1, 100]) ?? 10;
    const all = store.deployments(stack).toReversed();
    const shown = all.slice((page - 1) * pageSize, page * pageSize);
    const deployments = shown.map((one) => listedDeployment(one, stack, store, now()));
    return c.json({ deployments, itemsPerPage: pageSize, total: all.length });
  });

  app.get(`${STACK_PATH}/deployments/:id`, (c) => {
    const stack = stackIn(c, store);
    return c.json(deploymentOf(store.deployment(stack, c.req.param("id")), stack, store, now()));
  });

  app.get(`${STACK_PATH}/deployments/:id/logs`, (c) => {
    const deployment = store.deployment(stackIn(c, store), c.req.param("id"));
    const count = readWhole(c, "count", [1, 499], COUNT_WORDS) ?? 100;
    const step = readWhole(c, "step", [0, STEPS.length - 1]);
    if (step === undefined) return c.json(logOf(deployment, c.req.query("continuationToken"), count, now()));
    if (readWhole(c, "job", [0, 0]) === undefined) throw badRequest("'job' must be given with 'step'");
    return c.json(stepLogOf(deployment, step, readWhole(c, "offset", [0, 1_000_000]) ?? 0, count, now()));
  });

  app.post(`${STACK_PATH}/deployments/:id/cancel`, (c) => {
    const deployment = store.deployment(stackIn(c, store), c.req.param("id"));
    if (endOf(deployment, now()) !== undefined) throw notFound("Queued Deployment");
    store.cancel(deployment);
    return c.body(null, 200);
  });
}

/** As long as the deployment is not over there is a token, even if nothing is new. */
function logOf(deployment: Deployment, token: string | undefined, count: number, now: number) {
  const from = readToken(deployment.id, token);
  const written = linesBy(deployment, now);
  const lines = written.slice(from, from + count);
  const next = from + lines.length;
  const isAll = endOf(deployment, now) !== undefined && next >= written.length;
  return {
    __type: "DeploymentLogs",
    lines: lines.map(({ at, step, line }, i) => ({
      ...(written[from + i - 1]?.step === step ? {} : { header: STEPS[step] }),
      timestamp: iso(at),
      line: `${line}\n`,
    })),
    ...(isAll ? {} : { nextToken: tokenOf(deployment.id, next) }),
  };
}

function stepLogOf(deployment: Deployment, step: number, offset: number, count: number, now: number) {
  const written = linesBy(deployment, now).filter((line) => line.step === step);
  const next = Math.min(written.length, offset + count);
  const isAll = endOf(deployment, now) !== undefined && next >= written.length;
  return {
    __type: "DeploymentLogsStep",
    name: STEPS[step],
    lines: written.slice(offset, next).map(({ at, line }) => ({ timestamp: iso(at), line: `${line}\n` })),
    ...(isAll ? {} : { nextOffset: next }),
  };
}
