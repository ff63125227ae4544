import { type Context, Hono } from "hono";
import { z } from "zod";
import { gkeClusterOf } from "../../../trust/issuers";
import { checkPool, type GcpIam, gcpError } from "../../gcp";
import type { ClusterState } from "../../types";
import { body } from "../cloud";
import { findGkeCluster } from "../cluster-facts";

const settings = z.object({ displayName: z.string(), description: z.string(), disabled: z.boolean() });
const account = settings.extend({ project: z.string(), accountId: z.string() });
const pool = settings.extend({ project: z.string(), poolId: z.string() });
// `issuerUri` is missing from a provider that is not for OpenID Connect, which the API refuses.
const providerSettings = settings.extend({
  issuerUri: z.string().default(""),
  allowedAudiences: z.array(z.string()),
  attributeMapping: z.record(z.string(), z.string()),
  attributeCondition: z.string(),
});
const provider = providerSettings.extend({ project: z.string(), poolId: z.string(), providerId: z.string() });
const runSettings = z.object({ customAudiences: z.array(z.string()), invokerIamDisabled: z.boolean() });
const runService = runSettings.extend({ project: z.string(), location: z.string(), serviceId: z.string() });
const grant = z.object({
  resource: z.string(),
  role: z.string(),
  member: z.string(),
  condition: z.object({ title: z.string(), description: z.string().optional(), expression: z.string() }).optional(),
});

/** The lab's Google Cloud IAM, Cloud Run and GKE for the `gcp` provider. */
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

  const { pools } = gcp;
  const id = (c: Context) => c.req.param("id") ?? "";
  app.post("/identity-pools", async (c) => c.json(pools.createPool(await body(c, pool)), 201));
  app.get("/identity-pools/:id", (c) => c.json(pools.pool(id(c))));
  app.put("/identity-pools/:id", async (c) => c.json(pools.updatePool(id(c), await body(c, settings))));
  app.delete("/identity-pools/:id", (c) => {
    pools.deletePool(id(c));
    return c.body(null, 204);
  });
  app.post("/identity-pool-providers", async (c) => c.json(pools.createProvider(await body(c, provider)), 201));
  app.get("/identity-pool-providers/:id", (c) => c.json(pools.provider(id(c))));
  app.put("/identity-pool-providers/:id", async (c) =>
    c.json(pools.updateProvider(id(c), await body(c, providerSettings))),
  );
  app.delete("/identity-pool-providers/:id", (c) => {
    pools.deleteProvider(id(c));
    return c.body(null, 204);
  });

  const { services } = gcp;
  app.post("/run-services", async (c) => c.json(await services.create(await body(c, runService)), 201));
  app.get("/run-services/:id", (c) => c.json(services.get(id(c))));
  app.put("/run-services/:id", async (c) => c.json(services.update(id(c), await body(c, runSettings))));
  app.delete("/run-services/:id", async (c) => {
    await gcp.deleteService(id(c));
    return c.body(null, 204);
  });

  // A grant has no name of its own: all of it is in the body, whatever is done with it.
  app.post("/grants/add", async (c) => {
    const { resource, ...given } = await body(c, grant);
    const projects = clusters().flatMap(({ issuer }) => gkeClusterOf(issuer)?.project ?? []);
    checkPool(given.member, projects);
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
