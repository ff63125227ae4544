import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { type LabEnvironment, readText } from "../../http";
import type { CloudContext } from "../context";
import { Environment, type EscEnvironment, evaluatorName, type Revision } from "../environment";
import { ApiError } from "../errors";
import { type Organization, organizationOf } from "../organization";
import { readJson } from "../read-json";
import { type Caller, DefinitionRefused, environmentOf, evaluateAs, revisionOf, UNSAVED } from "./evaluation";
import { OpenEnvironments } from "./open-environments";

const NAME = z.string().regex(/^[A-Za-z0-9_.-]+$/);
const CREATION = z.object({ project: NAME, name: NAME });

type Call = Context<LabEnvironment>;

/**
 * ESC environments as the CLI uses them: routes, headers and bodies of pulumi/pulumi at v3.259.0, pkg/cmd/esc/cli/client/client.go.
 * Any access token of the organization may do all; which roles may do what is not rehearsed.
 */
export function environmentRoutes(context: CloudContext): Hono<LabEnvironment> {
  const open = new OpenEnvironments(context.clock);
  const app = new Hono<LabEnvironment>().basePath("/api/esc/environments");

  const callerOf = (call: Call): Caller => {
    const grant = context.caller(call.req.header("Authorization"));
    return { grant, organization: organizationOf(context.organizations, grant, call.req.param("organization")) };
  };
  const found = (call: Call) => {
    const caller = callerOf(call);
    return { caller, environment: environmentOf(caller.organization, call.req.param() as unknown as EscEnvironment) };
  };
  const opened = async (call: Call, caller: Caller, name: string, definition: string) => {
    const { environment = {} } = await evaluateAs(context, caller, { action: "open", name, definition });
    const duration = call.req.query("duration") ?? "2h";
    return call.json({ id: open.add(pathOf(caller, name), environment, duration) });
  };

  app.get("/", (call) => {
    const grant = context.caller(call.req.header("Authorization"));
    return call.json({ environments: listOf(organizationOf(context.organizations, grant, grant.organization)) });
  });
  app.get("/:organization", (call) => call.json({ environments: listOf(callerOf(call).organization) }));
  app.post("/:organization", async (call) => {
    const { organization } = callerOf(call);
    const { project, name } = await readJson(call, CREATION);
    if (organization.environment({ project, name }) !== undefined) {
      throw new ApiError(409, "the environment exists already");
    }
    organization.environments.push(new Environment(project, name));
    return call.body(null, 200);
  });

  // Before those with more parameters, which would take `yaml` for a project.
  app.post("/:organization/yaml/check", async (call) => {
    const showSecrets = call.req.query("showSecrets") === "true";
    const request = { action: "check", name: UNSAVED, definition: await bodyOf(call), showSecrets } as const;
    return call.json((await evaluateAs(context, callerOf(call), request)).environment ?? {});
  });
  app.post("/:organization/yaml/open", async (call) => opened(call, callerOf(call), UNSAVED, await bodyOf(call)));
  app.get("/:organization/yaml/open/:id", (call) =>
    call.json(open.find(pathOf(callerOf(call), UNSAVED), call.req.param("id"))),
  );

  app.get("/:organization/:project/:name/metadata", (call) => {
    const { caller, environment } = found(call);
    const oidcSubjectV2 = `pulumi:org:${caller.organization.id}:env:${environment.id}`;
    return call.json({ id: environment.id, oidcSubjectV2 });
  });

  for (const version of ["", "/versions/:version"]) {
    const path = `/:organization/:project/:name${version}`;
    app.get(path, (call) => {
      const revision = revisionOf(found(call).environment, call.req.param("version"));
      return definitionAnswer(call, revision, revision.definition);
    });
    app.get(`${path}/decrypt`, async (call) => {
      const { caller, environment } = found(call);
      const revision = revisionOf(environment, call.req.param("version"));
      const request = { action: "decrypt", name: evaluatorName(environment), definition: revision.definition } as const;
      const { definition = "" } = await evaluateAs(context, caller, request);
      return definitionAnswer(call, revision, definition);
    });
    app.post(`${path}/open`, (call) => {
      const { caller, environment } = found(call);
      const { definition } = revisionOf(environment, call.req.param("version"));
      return opened(call, caller, evaluatorName(environment), definition);
    });
  }

  app.get("/:organization/:project/:name/open/:id", (call) => {
    const { caller, environment } = found(call);
    return call.json(open.find(pathOf(caller, evaluatorName(environment)), call.req.param("id")));
  });

  app.patch("/:organization/:project/:name", async (call) => {
    const { caller, environment } = found(call);
    const given = { name: evaluatorName(environment), definition: await bodyOf(call) };
    const { diagnostics } = await evaluateAs(context, caller, { action: "check", ...given });
    const { definition = "" } = await evaluateAs(context, caller, { action: "encrypt", ...given });
    const expected = call.req.header("ETag");
    if (expected !== undefined && expected !== environment.latest.etag) {
      throw new ApiError(409, "the environment has been modified since it was read");
    }
    call.header("Pulumi-ESC-Revision", String(environment.update(definition).number));
    return call.json({ diagnostics });
  });

  app.delete("/:organization/:project/:name", (call) => {
    const { caller, environment } = found(call);
    const { organization } = caller;
    organization.environments = organization.environments.filter((one) => one !== environment);
    return call.body(null, 204);
  });

  app.onError((error, call) => {
    if (error instanceof DefinitionRefused) {
      const body = { ...error.body(), diagnostics: error.diagnostics };
      return call.json(body, error.status as ContentfulStatusCode);
    }
    throw error;
  });
  return app;
}

/** What an environment was opened as. */
function pathOf({ organization }: Caller, name: string): string {
  return `${organization.name}/${name}`;
}

function listOf({ name: organization, environments }: Organization) {
  return environments.map(({ project, name }) => ({ organization, project, name }));
}

function definitionAnswer(call: Call, { number, etag }: Revision, definition: string): Response {
  return call.body(definition, 200, {
    "Content-Type": "application/x-yaml",
    ETag: etag,
    "Pulumi-ESC-Revision": String(number),
  });
}

async function bodyOf(call: Call): Promise<string> {
  const text = await readText(call);
  if (text === undefined) {
    throw new ApiError(413, "the body is too large");
  }
  return text;
}
