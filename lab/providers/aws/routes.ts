import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Iam } from "../../aws";
import type { PodIdentityAssociations } from "../../aws/pod-identity";
import type { ClusterState } from "../../types";
import { body, ServiceError } from "../cloud";
import { findEksCluster } from "../cluster-facts";

const tags = z.record(z.string(), z.string());
const roleSettings = z.object({
  assumeRolePolicy: z.string(),
  description: z.string(),
  maxSessionDuration: z.number(),
  permissionsBoundary: z.string(),
  tags,
});
const role = roleSettings.extend({ name: z.string(), path: z.string() });
const providerLists = z.object({ clientIds: z.array(z.string()), thumbprints: z.array(z.string()), tags });
const provider = providerLists.extend({ url: z.string() });
const associationSettings = z.object({
  roleArn: z.string(),
  tags,
  targetRoleArn: z.string().optional(),
  disableSessionTags: z.boolean().optional(),
  policy: z.string().optional(),
});
const association = associationSettings.extend({
  clusterName: z.string(),
  namespace: z.string(),
  serviceAccount: z.string(),
});

/** What the routes serve. */
export interface AwsStores {
  iam: Iam;
  associations: PodIdentityAssociations;
  clusters: () => ClusterState[];
}

/** The lab's IAM and EKS for the `aws` provider. Names and ARNs in paths are percent-encoded. */
export function awsRoutes({ iam, associations, clusters }: AwsStores): Hono {
  const app = new Hono();
  const { roles, oidcProviders } = iam;
  const param = (c: Context, name: string) => c.req.param(name) ?? "";

  app.post("/roles", async (c) => c.json(roles.create(await body(c, role)), 201));
  app.get("/roles/:role", (c) => c.json(roles.get(param(c, "role"))));
  app.put("/roles/:role", async (c) => c.json(roles.update(param(c, "role"), await body(c, roleSettings))));
  app.delete("/roles/:role", (c) => {
    roles.delete(param(c, "role"), c.req.query("force") === "true");
    return c.body(null, 204);
  });

  app.put("/roles/:role/attached/:arn", (c) => {
    roles.attach(param(c, "role"), param(c, "arn"));
    return c.body(null, 204);
  });
  app.get("/roles/:role/attached", (c) => c.json(roles.attachedPolicies(param(c, "role"))));
  app.delete("/roles/:role/attached/:arn", (c) => {
    roles.detach(param(c, "role"), param(c, "arn"));
    return c.body(null, 204);
  });

  app.put("/roles/:role/inline/:policy", async (c) => {
    const { policy } = await body(c, z.object({ policy: z.string() }));
    roles.putPolicy(param(c, "role"), param(c, "policy"), policy);
    return c.body(null, 204);
  });
  app.get("/roles/:role/inline/:policy", (c) => {
    return c.json({ policy: roles.getPolicy(param(c, "role"), param(c, "policy")) });
  });
  app.delete("/roles/:role/inline/:policy", (c) => {
    roles.deletePolicy(param(c, "role"), param(c, "policy"));
    return c.body(null, 204);
  });

  app.post("/oidc-providers", async (c) => c.json(oidcProviders.create(await body(c, provider)), 201));
  app.get("/oidc-providers/:arn", (c) => c.json(oidcProviders.get(param(c, "arn"))));
  app.put("/oidc-providers/:arn", async (c) => {
    return c.json(oidcProviders.update(param(c, "arn"), await body(c, providerLists)));
  });
  app.delete("/oidc-providers/:arn", (c) => {
    oidcProviders.delete(param(c, "arn"));
    return c.body(null, 204);
  });

  app.post("/pod-identity-associations", async (c) => c.json(associations.create(await body(c, association)), 201));
  app.get("/pod-identity-associations/:cluster/:id", (c) => {
    return c.json(associations.get(param(c, "cluster"), param(c, "id")));
  });
  app.put("/pod-identity-associations/:cluster/:id", async (c) => {
    return c.json(associations.update(param(c, "cluster"), param(c, "id"), await body(c, associationSettings)));
  });
  app.delete("/pod-identity-associations/:cluster/:id", (c) => {
    associations.delete(param(c, "cluster"), param(c, "id"));
    return c.body(null, 204);
  });

  app.get("/clusters/:name", (c) => {
    const name = param(c, "name");
    const found = findEksCluster(clusters(), name);
    if (found === undefined) {
      throw new ServiceError("ResourceNotFoundException", 404, `No cluster found for name: ${name}.`);
    }
    return c.json(found);
  });
  return app;
}
