import type { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import { OPERATIONS } from "../../trust/issuers";
import { type Organization, type PulumiCloud, SCOPES } from "../pulumi-cloud";
import { deploymentClaims, PULUMI_KEYS } from "../pulumi-cloud/issuer";
import { faultRoutes } from "./fault-routes";
import { SWITCH_BODY } from "./switch-body";
import { controlApp, validated } from "./validated";

const ROLE = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).optional(),
  scopes: z.array(z.enum(SCOPES)),
});
const ENVIRONMENTS = z.array(z.strictObject({ project: z.string().min(1), name: z.string().min(1) }));
const RUNNER = z.strictObject({ id: z.string().min(1), name: z.string().min(1) });
const MEMBERS = {
  users: z.array(z.string().min(1)).optional(),
  admins: z.array(z.string().min(1)).optional(),
  teams: z.array(z.string().min(1)).optional(),
  runners: z.array(RUNNER).optional(),
  roles: z.array(ROLE).optional(),
};
const ORGANIZATION = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/),
  ...MEMBERS,
  environments: ENVIRONMENTS.optional(),
});
const RUN = z.strictObject({
  organization: z.string().min(1),
  project: z.string().min(1),
  stack: z.string().min(1),
  operation: z.enum(OPERATIONS),
});
const TOKEN = z.strictObject({ issuer: z.enum(PULUMI_KEYS), claims: z.record(z.string(), z.unknown()) });
const ADDITIONS = z.strictObject(MEMBERS);

/**
 * Control of one Pulumi Cloud:
 * `GET|POST /switches`, `GET|POST /organizations` (the answer to POST holds the new administrator's token),
 * `POST /organizations/:name` adds users, admins, teams, runners and roles (a role of the same id is replaced),
 * `PUT /organizations/:name/environments`, `GET|DELETE /requests` (the journal), `GET|DELETE /nameless` (definitions without a
 * literal character that were sent), `POST /deployment-claims` (those of a run of Pulumi Deployments, for a test issuer to
 * sign), `POST /token` (a token of a deployment or an environment), and `/faults`.
 */
export function pulumiCloudRoutes(cloud: PulumiCloud): Hono {
  const app = controlApp();

  app.get("/switches", (call) => call.json(cloud.switches));
  app.post("/switches", async (call) => {
    Object.assign(cloud.switches, await validated(call, SWITCH_BODY));
    return call.json(cloud.switches);
  });

  app.get("/organizations", (call) => call.json({ organizations: [...cloud.organizations.values()].map(answer) }));
  app.post("/organizations", async (call) => {
    const request = await validated(call, ORGANIZATION);
    if (cloud.organizations.has(request.name)) {
      throw new HTTPException(409, { message: "the organization exists already" });
    }
    return call.json({ name: request.name, adminToken: cloud.addOrganization(request) });
  });
  app.post("/organizations/:name", async (call) => {
    const organization = find(cloud, call.req.param("name"));
    add(organization, await validated(call, ADDITIONS));
    return call.json(answer(organization));
  });
  app.put("/organizations/:name/environments", async (call) => {
    const organization = find(cloud, call.req.param("name"));
    organization.replaceEnvironments(await validated(call, ENVIRONMENTS));
    return call.json(answer(organization));
  });

  app.post("/deployment-claims", async (call) =>
    call.json({ claims: deploymentClaims(await validated(call, RUN), cloud.switches) }),
  );

  app.post("/token", async (call) => {
    const { issuer, claims } = await validated(call, TOKEN);
    return call.json({ token: await cloud.issuer.mint(issuer, claims, cloud.organization) });
  });

  app.get("/requests", (call) => call.json({ requests: cloud.journal.list() }));
  app.delete("/requests", (call) => {
    cloud.journal.clear();
    return call.body(null, 204);
  });

  app.get("/nameless", (call) => call.json({ definitions: cloud.nameless }));
  app.delete("/nameless", (call) => {
    cloud.nameless.length = 0;
    return call.body(null, 204);
  });

  app.route("/faults", faultRoutes(cloud.faults));
  return app;
}

function find(cloud: PulumiCloud, name: string): Organization {
  const organization = cloud.organizations.get(name);
  if (organization === undefined) {
    throw new HTTPException(404, { message: "no such organization" });
  }
  return organization;
}

function add(organization: Organization, additions: z.infer<typeof ADDITIONS>): void {
  for (const login of additions.users ?? []) {
    organization.users.set(login, "member");
  }
  for (const login of additions.admins ?? []) {
    organization.users.set(login, "admin");
  }
  for (const team of additions.teams ?? []) {
    organization.teams.add(team);
  }
  for (const role of additions.roles ?? []) {
    organization.roles.set(role.id, role);
  }
  organization.runners.push(...(additions.runners ?? []));
}

function answer(organization: Organization) {
  const { name, runners } = organization;
  const environments = organization.environments.map(({ project, name: own }) => ({ project, name: own }));
  return {
    name,
    runners,
    environments,
    users: Object.fromEntries(organization.users),
    teams: [...organization.teams],
    roles: [...organization.roles.values()],
  };
}
