import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Directory } from "../../azure";
import type { ClusterState } from "../../types";
import { body, ServiceError } from "../cloud";
import { findAksCluster } from "../cluster-facts";

const tags = z.record(z.string(), z.string());
const identity = z.object({ name: z.string(), resourceGroup: z.string(), location: z.string(), tags });
const credential = z.object({
  name: z.string(),
  issuer: z.string(),
  subject: z.string(),
  audiences: z.array(z.string()),
  description: z.string().optional(),
});
const applicationSettings = z.object({
  displayName: z.string(),
  description: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  owners: z.array(z.string()),
});
const principalSettings = z.object({
  appId: z.string(),
  accountEnabled: z.boolean(),
  description: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  owners: z.array(z.string()),
});
const roleAssignment = z.object({
  name: z.string(),
  scope: z.string(),
  principalId: z.string(),
  principalType: z.string(),
  roleDefinitionId: z.string(),
  condition: z.string(),
  conditionVersion: z.string(),
  description: z.string(),
});

/** The lab's Azure for the providers `azure-native` and `azuread`. Ids in paths are percent-encoded. */
export function azureRoutes(
  { identities, applications, roleAssignments }: Directory,
  clusters: () => ClusterState[],
): Hono {
  const app = new Hono();
  const id = (c: Context) => c.req.param("id") ?? "";
  const name = (c: Context) => c.req.param("name") ?? "";
  const done = (c: Context) => c.body(null, 204);

  app.put("/identities", async (c) => c.json(identities.put(await body(c, identity))));
  app.get("/identities/:id", (c) => c.json(identities.get(id(c))));
  app.delete("/identities/:id", (c) => {
    identities.remove(id(c));
    return done(c);
  });
  app.put("/identities/:id/credentials", async (c) =>
    c.json(await identities.putCredential(id(c), await body(c, credential))),
  );
  app.get("/identities/:id/credentials/:name", (c) => c.json(identities.credential(id(c), name(c))));
  app.delete("/identities/:id/credentials/:name", async (c) => {
    await identities.removeCredential(id(c), name(c));
    return done(c);
  });

  app.post("/role-assignments", async (c) => c.json(roleAssignments.create(await body(c, roleAssignment)), 201));
  app.get("/role-assignments/:id", (c) => c.json(roleAssignments.get(id(c))));
  app.delete("/role-assignments/:id", (c) => {
    roleAssignments.remove(id(c));
    return done(c);
  });

  app.post("/applications", async (c) => c.json(applications.create(await body(c, applicationSettings)), 201));
  app.get("/applications/:id", (c) => c.json(applications.get(id(c))));
  app.put("/applications/:id", async (c) => c.json(applications.update(id(c), await body(c, applicationSettings))));
  app.delete("/applications/:id", (c) => {
    applications.remove(id(c));
    return done(c);
  });
  app.put("/applications/:id/credentials", async (c) =>
    c.json(applications.putCredential(id(c), await body(c, credential))),
  );
  app.get("/applications/:id/credentials/:name", (c) => c.json(applications.credential(id(c), name(c))));
  app.delete("/applications/:id/credentials/:name", (c) => {
    applications.removeCredential(id(c), name(c));
    return done(c);
  });

  app.get("/service-principals", (c) => c.json({ principals: applications.principals() }));
  app.post("/service-principals", async (c) =>
    c.json(applications.createPrincipal(await body(c, principalSettings)), 201),
  );
  app.get("/service-principals/:id", (c) => c.json(applications.principal(id(c))));
  app.put("/service-principals/:id", async (c) =>
    c.json(applications.updatePrincipal(id(c), await body(c, principalSettings))),
  );
  app.delete("/service-principals/:id", (c) => {
    applications.removePrincipal(id(c));
    return done(c);
  });

  app.get("/resource-groups/:group/clusters/:name", (c) => {
    const { group, name: cluster } = c.req.param();
    const found = findAksCluster(clusters(), { resourceGroup: group, name: cluster });
    if (found === undefined) {
      const what = `The Resource 'Microsoft.ContainerService/managedClusters/${cluster}' under resource group '${group}' was not found.`;
      throw new ServiceError("ResourceNotFound", 404, what);
    }
    return c.json(found);
  });
  return app;
}
