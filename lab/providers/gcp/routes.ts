import { type Context, Hono } from "hono";
import { z } from "zod";
import { gkeClusterOf } from "../../../trust/issuers";
import { checkPool, type GcpIam, gcpError } from "../../gcp";
import type { ClusterState } from "../../types";
import { body } from "../cloud";
import { findGkeCluster } from "../cluster-facts";

const settings = z.object({ displayName: z.string(), description: z.string(), disabled: z.boolean() });
const account = settings.extend({ project: z.string(), accountId: z.string() });
const grant = z.object({
  resource: z.string(),
  role: z.string(),
  member: z.string(),
  condition: z.object({ title: z.string(), description: z.string().optional(), expression: z.string() }).optional(),
});

const pool = settings.extend({ project: z.string(), poolId: z.string() });
const providerSettings = settings.extend({
  attributeMapping: z.record(z.string(), z.string()),
  attributeCondition: z.string(),
  oidc: z.object({ issuerUri: z.string(), allowedAudiences: z.array(z.string()), jwksJson: z.string() }),
});
const provider = providerSettings.extend({ project: z.string(), poolId: z.string(), providerId: z.string() });

/** The lab's Google Cloud IAM and GKE for the `gcp` provider. */
export function gcpRoutes(gcp: GcpIam, clusters: () => ClusterState[]): Hono {
  const app = new Hono();
  const email = (c: Context) => c.req.param("email") ?? "";

  app.post("/service-accounts", async (c) => c.json(gcp.createAccount(await body(c, account)), 201));
  app.get("/service-accounts/:email", (c) => c.json(gcp.getAccount(email(c))));
  app.put("/service-accounts/:email", async (c) => c.json(gcp.updateAccount(email(c), await body(c, settings))));
  app.delete("/service-accounts/:email", (c) => {
    gcp.deleteAccount(email(c));
    return c.body(null, 204);
  });

  const names = (c: Context) => [c.req.param("project"), c.req.param("pool"), c.req.param("provider")].map(String);
  app.post("/pools", async (c) => c.json(gcp.pools.createPool(await body(c, pool)), 201));
  app.get("/pools/:project/:pool", (c) => {
    const [project = "", poolId = ""] = names(c);
    return c.json(gcp.pools.getPool(project, poolId));
  });
  app.put("/pools/:project/:pool", async (c) => {
    const [project = "", poolId = ""] = names(c);
    return c.json(gcp.pools.updatePool(project, poolId, await body(c, settings)));
  });
  app.delete("/pools/:project/:pool", (c) => {
    const [project = "", poolId = ""] = names(c);
    gcp.pools.deletePool(project, poolId);
    return c.body(null, 204);
  });
  app.post("/pool-providers", async (c) => c.json(gcp.pools.createProvider(await body(c, provider)), 201));
  app.get("/pool-providers/:project/:pool/:provider", (c) => {
    const [project = "", poolId = "", id = ""] = names(c);
    return c.json(gcp.pools.getProvider(project, poolId, id));
  });
  app.put("/pool-providers/:project/:pool/:provider", async (c) => {
    const [project = "", poolId = "", id = ""] = names(c);
    return c.json(gcp.pools.updateProvider(project, poolId, id, await body(c, providerSettings)));
  });
  app.delete("/pool-providers/:project/:pool/:provider", (c) => {
    const [project = "", poolId = "", id = ""] = names(c);
    gcp.pools.deleteProvider(project, poolId, id);
    return c.body(null, 204);
  });

  // A grant has no name of its own: all of it is in the body, whatever is done with it.
  app.post("/grants/add", async (c) => {
    const { resource, ...given } = await body(c, grant);
    const projects = clusters().flatMap(({ issuer }) => gkeClusterOf(issuer)?.project ?? []);
    checkPool(given.member, projects, gcp.pools);
    gcp.addGrant(resource, given);
    return c.body(null, 204);
  });
  app.post("/grants/find", async (c) => {
    const { resource, ...given } = await body(c, grant);
    return c.json({ found: gcp.hasGrant(resource, given) });
  });
  app.post("/grants/remove", async (c) => {
    const { resource, ...given } = await body(c, grant);
    gcp.removeGrant(resource, given);
    return c.body(null, 204);
  });

  app.get("/projects/:project/locations/:location/clusters/:name", (c) => {
    const { project, location, name } = c.req.param();
    const found = findGkeCluster(clusters(), { project, location, name });
    if (found === undefined) {
      throw gcpError(404, "notFound", `Not found: projects/${project}/locations/${location}/clusters/${name}.`);
    }
    return c.json(found);
  });
  return app;
}
