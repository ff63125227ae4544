import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { type LabEnvironment, readText } from "../../http";
import type { AccessTokenGrant } from "../access-tokens";
import type { CloudContext } from "../context";
import { Environment, evaluatorName, parseImport, type Revision } from "../environment";
import { ApiError } from "../errors";
import { type Organization, organizationOf } from "../organization";
import { readJson } from "../read-json";
import { type Diagnostic, type Evaluation, type EvaluationRequest, evaluate } from "./evaluator";
import { logIn } from "./logins";
import { OpenEnvironments } from "./open-environments";

const NAME = z.string().regex(/^[A-Za-z0-9_.-]+$/);
const CREATION = z.object({ project: NAME, name: NAME });

/** What a definition that was not saved is called (pulumi/pulumi at v3.259.0, sdk/go/common/esc/environment.go). */
const UNSAVED = "<yaml>";

type Call = Context<LabEnvironment>;

/** A definition that the evaluator refuses; the answer has its findings. */
class DefinitionRefused extends ApiError {
  constructor(readonly diagnostics: Diagnostic[]) {
    super(400, "the environment definition has errors");
  }
}

/**
 * ESC environments as the CLI uses them: routes, headers and bodies of pulumi/pulumi at v3.259.0, pkg/cmd/esc/cli/client/client.go.
 * Any access token of the organization may do all; which roles may do what is not rehearsed.
 */
export function environmentRoutes(context: CloudContext): Hono<LabEnvironment> {
  const open = new OpenEnvironments(context.clock);
  const app = new Hono<LabEnvironment>().basePath("/api/esc/environments");

  const callerOf = (call: Call) => {
    const grant = context.caller(call.req.header("Authorization"));
    return { grant, organization: organizationOf(context.organizations, grant, call.req.param("organization")) };
  };
  const found = (call: Call) => {
    const { grant, organization } = callerOf(call);
    const { project, name } = call.req.param() as { project: string; name: string };
    return { grant, organization, environment: find(organization, project, name) };
  };

  /** Evaluates a definition as the caller. */
  function run(
    { grant, organization }: { grant: AccessTokenGrant; organization: Organization },
    request: Omit<EvaluationRequest, "key" | "context">,
  ): Promise<Evaluation> {
    const user = grant.user ?? organization.name;
    const named = (name: string) => {
      const { project, name: own } = parseImport(name);
      return organization.environments.find((one) => one.project === project && one.name === own);
    };
    return evaluate(
      context.escEvaluator,
      {
        ...request,
        key: organization.secretsKey,
        context: { pulumi: { user: { login: user }, organization: { login: organization.name } } },
      },
      {
        environment: (name) => {
          const { project, name: own, version } = parseImport(name);
          return revisionOf(find(organization, project, own), version).definition;
        },
        login: (login) =>
          logIn(context, login, {
            organization: organization.name,
            organizationId: organization.id,
            opened: request.name,
            root: login.root,
            rootId: named(login.root)?.id,
            current: login.current,
            currentId: named(login.current)?.id,
            user,
          }),
      },
    );
  }

  async function opened(call: Call, who: Parameters<typeof run>[0], name: string, definition: string) {
    const { environment = {}, diagnostics } = await run(who, { action: "open", name, definition });
    if (hasErrors(diagnostics)) {
      throw new DefinitionRefused(diagnostics);
    }
    return call.json({ id: open.add(name, environment, call.req.query("duration") ?? "2h") });
  }

  // Before those with three parameters, which would take `yaml` for a project.
  app.post("/:organization/yaml/check", async (call) => {
    const who = callerOf(call);
    const showSecrets = call.req.query("showSecrets") === "true";
    const definition = await bodyOf(call);
    const { environment, diagnostics } = await run(who, { action: "check", name: UNSAVED, definition, showSecrets });
    if (hasErrors(diagnostics)) {
      throw new DefinitionRefused(diagnostics);
    }
    return call.json(environment ?? {});
  });
  app.post("/:organization/yaml/open", async (call) => opened(call, callerOf(call), UNSAVED, await bodyOf(call)));
  app.get("/:organization/yaml/open/:id", (call) => {
    callerOf(call);
    return call.json(open.find(UNSAVED, call.req.param("id")));
  });

  app.get("/", (call) => {
    const grant = context.caller(call.req.header("Authorization"));
    return call.json({ environments: listOf(organizationOf(context.organizations, grant, grant.organization)) });
  });
  app.get("/:organization", (call) => call.json({ environments: listOf(callerOf(call).organization) }));
  app.post("/:organization", async (call) => {
    const { organization } = callerOf(call);
    const { project, name } = await readJson(call, CREATION);
    if (organization.environments.some((one) => one.project === project && one.name === name)) {
      throw new ApiError(409, "the environment exists already");
    }
    organization.environments.push(new Environment(project, name));
    return call.body(null, 200);
  });

  app.get("/:organization/:project/:name/metadata", (call) => {
    const { organization, environment } = found(call);
    return call.json({ id: environment.id, oidcSubjectV2: `pulumi:org:${organization.id}:env:${environment.id}` });
  });

  for (const version of ["", "/versions/:version"]) {
    const path = `/:organization/:project/:name${version}`;
    app.get(path, (call) => {
      const revision = revisionOf(found(call).environment, call.req.param("version"));
      return definitionAnswer(call, revision, revision.definition);
    });
    app.get(`${path}/decrypt`, async (call) => {
      const { environment, ...who } = found(call);
      const revision = revisionOf(environment, call.req.param("version"));
      const request = { name: evaluatorName(environment), definition: revision.definition };
      const { definition = "" } = await run(who, { action: "decrypt", ...request });
      return definitionAnswer(call, revision, definition);
    });
    app.post(`${path}/open`, (call) => {
      const { environment, ...who } = found(call);
      const { definition } = revisionOf(environment, call.req.param("version"));
      return opened(call, who, evaluatorName(environment), definition);
    });
  }

  app.get("/:organization/:project/:name/open/:id", (call) =>
    call.json(open.find(evaluatorName(found(call).environment), call.req.param("id"))),
  );

  app.patch("/:organization/:project/:name", async (call) => {
    const { environment, ...who } = found(call);
    const expected = call.req.header("ETag");
    if (expected !== undefined && expected !== environment.latest.etag) {
      throw new ApiError(409, "the environment has been modified since it was read");
    }
    const given = { name: evaluatorName(environment), definition: await bodyOf(call) };
    const checked = await run(who, { action: "check", ...given });
    if (hasErrors(checked.diagnostics)) {
      throw new DefinitionRefused(checked.diagnostics);
    }
    const { definition = "" } = await run(who, { action: "encrypt", ...given });
    call.header("Pulumi-ESC-Revision", String(environment.update(definition).number));
    return call.json({ diagnostics: checked.diagnostics });
  });

  app.delete("/:organization/:project/:name", (call) => {
    const { organization, environment } = found(call);
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

function listOf({ name: organization, environments }: Organization) {
  return environments.map(({ project, name }) => ({ organization, project, name }));
}

function find({ environments }: Organization, project: string, name: string): Environment {
  const environment = environments.find((one) => one.project === project && one.name === name);
  if (environment === undefined) {
    throw new ApiError(404, `environment '${project}/${name}' not found`);
  }
  return environment;
}

function revisionOf(environment: Environment, version = "latest"): Revision {
  const revision = environment.revision(version);
  if (revision === undefined) {
    throw new ApiError(404, `version '${version}' not found`);
  }
  return revision;
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

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity !== "warning");
}
