import { Hono } from "hono";
import type { LabEnvironment } from "../../http";
import { authorize } from "../access";
import type { CloudContext } from "../context";
import { ApiError } from "../errors";
import { readJson } from "../read-json";
import { checkDefinitions, namesNothing, POLICY_BODY, policyAnswer } from "./body";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The two routes of auth policies: read by issuer id, written by policy id. */
export function policyRoutes(context: CloudContext): Hono<LabEnvironment> {
  const app = new Hono<LabEnvironment>();

  app.get("/api/orgs/:organization/auth/policies/oidcissuers/:issuerId", (call) => {
    const { organization: name, issuerId } = call.req.param();
    const organization = authorize(context, call.req.header("Authorization"), name, "auth_policies:read");
    if (!UUID.test(issuerId)) {
      throw new ApiError(400, "Invalid issuer ID");
    }
    const policy = organization.policyOf(issuerId);
    if (policy === undefined) {
      const status = context.switches.policyOfUnknownIssuer;
      throw new ApiError(status, status === 400 ? "Invalid issuer ID" : "oidc issuer");
    }
    return call.json(policyAnswer(policy));
  });

  app.patch("/api/orgs/:organization/auth/policies/:policyId", async (call) => {
    const { organization: name, policyId } = call.req.param();
    const organization = authorize(context, call.req.header("Authorization"), name, "auth_policies:update");
    const body = await readJson(call, POLICY_BODY);
    const nameless = body.policies?.filter(namesNothing) ?? [];
    context.nameless.push(...nameless.map((definition) => JSON.stringify(definition)));
    const policies = checkDefinitions(body, organization, context.switches);
    const policy = organization.policies.get(policyId);
    if (policy === undefined) {
      throw new ApiError(404, "auth policy");
    }
    Object.assign(policy, { policies, version: policy.version + 1, modified: context.clock() });
    return call.json(policyAnswer(policy));
  });

  return app;
}
