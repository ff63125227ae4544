import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { LabEnvironment } from "../../http";
import { authorize } from "../access";
import type { CloudContext } from "../context";
import { ApiError } from "../errors";
import type { Issuer, Organization } from "../organization";
import { readJson } from "../read-json";
import {
  checkJwks,
  checkMaxExpiration,
  issuerAnswer,
  REGISTER_BODY,
  requireName,
  requireUrl,
  UPDATE_BODY,
} from "./body";
import { checkIssuer, discover } from "./check";

const BASE = "/api/orgs/:organization/oidc/issuers";

/** The six routes of OIDC issuers. */
export function issuerRoutes(context: CloudContext): Hono<LabEnvironment> {
  const app = new Hono<LabEnvironment>();
  const shown = (issuer: Issuer) => issuerAnswer(issuer, context.switches);

  app.get(BASE, (call) => {
    const organization = authorize(context, authorization(call), call.req.param("organization"), "oidc_issuers:read");
    return call.json({ oidcIssuers: [...organization.issuers.values()].map(shown) });
  });

  app.post(BASE, async (call) => {
    const organization = authorize(context, authorization(call), call.req.param("organization"), "oidc_issuers:create");
    const body = await readJson(call, REGISTER_BODY);
    const name = requireName(body.name);
    const url = requireUrl(body.url);
    const jwks = checkJwks(body.jwks);
    const maxExpiration = checkMaxExpiration(body.maxExpiration, context.switches);
    refuseDuplicate(context, organization, url, name);
    const checked = await checkIssuer(context, url, body.thumbprints, jwks);
    // Again: another registration of the same URL may have finished while the issuer's server was asked.
    refuseDuplicate(context, organization, url, name);
    const now = context.clock();
    const issuer: Issuer = {
      id: randomUUID(),
      name,
      url,
      ...checked,
      jwks,
      maxExpiration,
      created: now,
      modified: now,
    };
    organization.issuers.set(issuer.id, issuer);
    const policies = structuredClone(context.switches.defaultPolicy);
    const policy = { id: randomUUID(), issuerId: issuer.id, version: 1, created: now, modified: now, policies };
    organization.policies.set(policy.id, policy);
    return call.json(shown(issuer));
  });

  app.get(`${BASE}/:id`, (call) => {
    const organization = authorize(context, authorization(call), call.req.param("organization"), "oidc_issuers:read");
    return call.json(shown(find(organization, call.req.param("id"))));
  });

  app.patch(`${BASE}/:id`, async (call) => {
    const organization = authorize(context, authorization(call), call.req.param("organization"), "oidc_issuers:update");
    const id = call.req.param("id");
    const issuer = find(organization, id);
    const body = await readJson(call, UPDATE_BODY);
    const name = requireName(body.name);
    if (context.switches.urlInPatch === "refuse" && typeof body.url === "string" && body.url !== issuer.url) {
      throw new ApiError(400, "the issuer url cannot be changed");
    }
    refuseSameName(context, organization, name, id);
    const jwks = body.jwks === undefined ? issuer.jwks : checkJwks(body.jwks);
    const maxExpiration =
      body.maxExpiration === undefined
        ? issuer.maxExpiration
        : checkMaxExpiration(body.maxExpiration, context.switches);
    // Asks the issuer's server only when something that depends on it changes.
    const checks = Array.isArray(body.thumbprints) || (jwks === undefined && issuer.jwks !== undefined);
    const checked = checks
      ? await checkIssuer(context, issuer.url, body.thumbprints ?? issuer.thumbprints, jwks)
      : { thumbprints: body.thumbprints === null ? [] : issuer.thumbprints };
    // Again: it may have been deleted in the meantime.
    find(organization, id);
    Object.assign(issuer, { name, jwks, maxExpiration, ...checked, modified: context.clock() });
    context.keys.forget(id);
    return call.json(shown(issuer));
  });

  app.delete(`${BASE}/:id`, (call) => {
    const organization = authorize(context, authorization(call), call.req.param("organization"), "oidc_issuers:delete");
    const { id } = find(organization, call.req.param("id"));
    organization.issuers.delete(id);
    organization.policies.delete(organization.policyOf(id)?.id ?? "");
    context.keys.forget(id);
    if (!context.switches.tokensOutliveIssuer) {
      context.tokens.revokeOfIssuer(id);
    }
    return call.body(null, 204);
  });

  app.post(`${BASE}/:id/regenerate-thumbprints`, async (call) => {
    const scope = "oidc_issuers:regenerate_thumbprints";
    const organization = authorize(context, authorization(call), call.req.param("organization"), scope);
    const issuer = find(organization, call.req.param("id"));
    if (issuer.jwks !== undefined) {
      // Status and text as in the OpenAPI document (pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/cloud/spec.json).
      throw new ApiError(400, "issuer jwks are statically configured, can't regenerate thumbprints");
    }
    const { thumbprint } = await discover(context, issuer.url, issuer.thumbprints);
    // `modified` did not move in the answer that was seen (pulumi/docs#16317).
    issuer.thumbprints = [thumbprint];
    return call.json(shown(issuer));
  });

  return app;
}

function authorization(call: { req: { header(name: string): string | undefined } }): string | undefined {
  return call.req.header("Authorization");
}

function find(organization: Organization, id: string): Issuer {
  const issuer = organization.issuers.get(id);
  if (issuer === undefined) {
    throw new ApiError(404, "oidc issuer");
  }
  return issuer;
}

function refuseDuplicate(context: CloudContext, organization: Organization, url: string, name: string): void {
  if ([...organization.issuers.values()].some((issuer) => issuer.url === url)) {
    // The text is ours.
    throw new ApiError(context.switches.duplicateUrlStatus, "an oidc issuer with this url is already registered");
  }
  refuseSameName(context, organization, name, undefined);
}

function refuseSameName(
  context: CloudContext,
  organization: Organization,
  name: string,
  except: string | undefined,
): void {
  const taken = [...organization.issuers.values()].some((issuer) => issuer.name === name && issuer.id !== except);
  if (context.switches.uniqueNames && taken) {
    throw new ApiError(409, "an oidc issuer with this name already exists");
  }
}
