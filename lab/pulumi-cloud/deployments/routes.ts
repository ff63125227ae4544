import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { OPERATIONS } from "../../../trust/issuers";
import type { LabEnvironment } from "../../http";
import type { CloudContext } from "../context";
import { ApiError } from "../errors";
import { readJson, valid } from "../read-json";
import type { Deployment } from "../stack";
import { callersStack } from "../stacks";
import { rehearse } from "./run";
import { patched, SETTINGS, said } from "./settings";

const DEPLOYMENTS = "/api/stacks/:organization/:project/:stack/deployments";
const PATCH = z.record(z.string(), z.unknown());
const CREATE = z.looseObject({ operation: z.enum(OPERATIONS), inheritSettings: z.boolean().default(true) });

/**
 * Pulumi Deployments as the CLI uses it: `pulumi deployment settings edit` and `get`, `run`, `get` and `log`. Routes and bodies are
 * those of the CLI's client (pulumi/pulumi v3.259.0, pkg/backend/httpstate/client/client.go and sdk/go/common/apitype). A run is a
 * rehearsal, see `rehearse`, and begins at once: runs are not queued.
 */
export function deploymentRoutes(context: CloudContext): Hono<LabEnvironment> {
  const app = new Hono<LabEnvironment>();
  const stackOf = (call: Context<LabEnvironment>) => callersStack(context, call).stack;
  const deploymentOf = (call: Context<LabEnvironment>): Deployment => {
    const deployment = stackOf(call).deployments.find(({ id }) => id === call.req.param("deployment"));
    if (deployment === undefined) {
      throw new ApiError(404, "Deployment not found");
    }
    return deployment;
  };

  app.get(`${DEPLOYMENTS}/settings`, (call) => {
    const { deploymentSettings } = stackOf(call);
    if (deploymentSettings === undefined) {
      throw new ApiError(404, "Deployment settings not found");
    }
    return call.json(deploymentSettings);
  });

  app.post(`${DEPLOYMENTS}/settings`, async (call) => {
    const stack = stackOf(call);
    const settings = patched(stack.deploymentSettings ?? {}, await readJson(call, PATCH));
    valid(SETTINGS, settings);
    stack.deploymentSettings = settings;
    return call.json(settings);
  });

  app.delete(`${DEPLOYMENTS}/settings`, (call) => {
    stackOf(call).deploymentSettings = undefined;
    return call.body(null, 204);
  });

  app.post(DEPLOYMENTS, async (call) => {
    const stack = stackOf(call);
    const { operation, inheritSettings, ...own } = await readJson(call, CREATE);
    const settings = patched(inheritSettings ? (stack.deploymentSettings ?? {}) : {}, said(own));
    const { organization = "", project = "" } = call.req.param() as Record<string, string>;
    const deployment: Deployment = {
      ...{
        id: randomUUID(),
        version: stack.deployments.length + 1,
        status: "running",
        created: context.clock(),
        log: [],
      },
      run: { organization, project, stack: stack.name, operation },
    };
    rehearse(context, deployment, valid(SETTINGS, settings));
    stack.deployments.push(deployment);
    return call.json({ id: deployment.id, version: deployment.version, consoleUrl: "" });
  });

  app.get(`${DEPLOYMENTS}/:deployment`, (call) => {
    const { id, version, status, created, run } = deploymentOf(call);
    const time = new Date(created).toISOString();
    const { project: projectName, stack: stackName, operation: pulumiOperation } = run;
    const about = { projectName, stackName, pulumiOperation, requestedBy: {}, updates: [], jobs: [] };
    return call.json({ id, version, status, created: time, modified: time, ...about });
  });

  // The token counts the lines that were read; none says that there will be no more.
  app.get(`${DEPLOYMENTS}/:deployment/logs`, (call) => {
    const { log, status } = deploymentOf(call);
    const lines = log.slice(Number(call.req.query("continuationToken") ?? 0));
    return call.json({ lines, ...(status === "running" && { nextToken: String(log.length) }) });
  });

  app.get(`${DEPLOYMENTS}/:deployment/updates`, (call) => {
    const { id } = deploymentOf(call);
    const { updates, version: latestVersion } = stackOf(call);
    const own = updates.filter(({ deployment }) => deployment === id);
    return call.json(own.map((update) => ({ updateID: update.id, version: update.version, latestVersion })));
  });

  return app;
}
