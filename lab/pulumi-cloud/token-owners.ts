import { Hono } from "hono";
import type { LabEnvironment } from "../http";
import { authorize } from "./access";
import type { CloudContext } from "./context";
import { ApiError } from "./errors";
import type { Scope } from "./organization";

/**
 * The lists of teams, members, runner pools (pulumi.com/docs/reference/cloud-rest-api: organizations, deployment-runners) and roles
 * (pulumi/pulumi at v3.259.0, sdk/go/common/apitype/roles.go), as far as they name who a token can be for and what it may do. Pools and
 * roles are shown to administrators (`agent_pool:read`, `role:read`: pulumi.com/docs/administration/reference/rbac-scopes, organization
 * settings).
 */
export function tokenOwnerRoutes(context: CloudContext): Hono<LabEnvironment> {
  const app = new Hono<LabEnvironment>();
  const shownTo = (authorization: string | undefined, name: string, scope?: Scope) => {
    if (scope !== undefined || context.switches.tokenOwnersShownTo === "administrators") {
      return authorize(context, authorization, name, scope ?? "agent_pool:read");
    }
    const organization = context.organizations.get(name);
    if (context.caller(authorization).organization !== name || organization === undefined) {
      throw new ApiError(404, "organization");
    }
    return organization;
  };

  app.get("/api/orgs/:organization/teams", (call) => {
    const { teams } = shownTo(call.req.header("Authorization"), call.req.param("organization"));
    return call.json({
      teams: [...teams].map((name) => ({ kind: "pulumi", name, displayName: name, description: "" })),
    });
  });

  app.get("/api/orgs/:organization/members", (call) => {
    const { users } = shownTo(call.req.header("Authorization"), call.req.param("organization"));
    return call.json({
      members: [...users].map(([login, role]) => ({ role, user: { name: login, githubLogin: login, avatarUrl: "" } })),
    });
  });

  app.get("/api/orgs/:organization/agent-pools", (call) => {
    const { runners } = shownTo(call.req.header("Authorization"), call.req.param("organization"), "agent_pool:read");
    return call.json({ agentPools: runners.map(({ id, name }) => ({ id, name, description: "" })) });
  });

  app.get("/api/orgs/:organization/roles", (call) => {
    const { roles } = shownTo(call.req.header("Authorization"), call.req.param("organization"), "role:read");
    return call.json({
      roles: [...roles.values()].map(({ id, name = id }) => ({ id, name, uxPurpose: "role", version: 1 })),
    });
  });

  return app;
}
