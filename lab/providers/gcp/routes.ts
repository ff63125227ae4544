import { type Context, Hono } from "hono";
import { z } from "zod";
import { gkeClusterOf } from "../../../trust/issuers";
import { checkPool, type GoogleIam, googleError } from "../../gcp";
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

/** The lab's Google IAM and GKE for the `gcp` provider. */
export function googleRoutes(google: GoogleIam, clusters: () => ClusterState[]): Hono {
  const app = new Hono();
  const email = (c: Context) => c.req.param("email") ?? "";

  app.post("/service-accounts", async (c) => c.json(google.createAccount(await body(c, account)), 201));
  app.get("/service-accounts/:email", (c) => c.json(google.getAccount(email(c))));
  app.put("/service-accounts/:email", async (c) => c.json(google.updateAccount(email(c), await body(c, settings))));
  app.delete("/service-accounts/:email", (c) => {
    google.deleteAccount(email(c));
    return c.body(null, 204);
  });

  // A grant has no name of its own: all of it is in the body, whatever is done with it.
  app.post("/grants/add", async (c) => {
    const { resource, ...given } = await body(c, grant);
    const projects = clusters().flatMap(({ issuer }) => gkeClusterOf(issuer)?.project ?? []);
    checkPool(given.member, projects);
    google.addGrant(resource, given);
    return c.body(null, 204);
  });
  app.post("/grants/find", async (c) => {
    const { resource, ...given } = await body(c, grant);
    return c.json({ found: google.hasGrant(resource, given) });
  });
  app.post("/grants/remove", async (c) => {
    const { resource, ...given } = await body(c, grant);
    google.removeGrant(resource, given);
    return c.body(null, 204);
  });

  app.get("/projects/:project/locations/:location/clusters/:name", (c) => {
    const { project, location, name } = c.req.param();
    const found = findGkeCluster(clusters(), { project, location, name });
    if (found === undefined) {
      throw googleError(404, "notFound", `Not found: projects/${project}/locations/${location}/clusters/${name}.`);
    }
    return c.json(found);
  });
  return app;
}
