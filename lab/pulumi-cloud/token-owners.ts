import { Hono } from "hono";
import type { LabEnvironment } from "../http";
import { authorize } from "./access";
import type { CloudContext } from "./context";
import { ApiError } from "./errors";

/**
 * The lists of teams, members and runner pools (pulumi.com/docs/reference/cloud-rest-api: organizations, deployment-runners), as far as they
 * name who a token can be for. Pools are shown to administrators (`agent_pool:read`: pulumi.com/docs/administration/reference/rbac-scopes,
 * organization settings).
 */
export function tokenOwnerRoutes(context: CloudContext): Hono<LabEnvironment> {
  const app = new Hono<LabEnvironment>();
  const shownTo = (
    authorization: string | undefined,
    name: string,
    isForAdministrators = context.switches.tokenOwnersShownTo === "administrators",
  ) => {
    if (isForAdministrators) {
      return authorize(context, authorization, name, "agent_pool:read");
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
    const { runners } = shownTo(call.req.header("Authorization"), call.req.param("organization"), true);
    return call.json({ agentPools: runners.map(({ id, name }) => ({ id, name, description: "" })) });
  });

  return app;
}
