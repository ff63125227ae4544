import { Hono } from "hono";
import type { Iam } from "../aws";
import type { PodIdentityAssociations } from "../aws/pod-identity";
import type { Directory } from "../azure";
import type { GcpIam } from "../gcp";
import type { ClusterState } from "../types";
import { awsRoutes } from "./aws";
import { azureRoutes } from "./azure";
import { ServiceError } from "./cloud";
import { gcpRoutes } from "./gcp";

/** What the routes serve. */
export interface ResourceStores {
  iam: Iam;
  associations: PodIdentityAssociations;
  gcp: GcpIam;
  azure: Directory;
  /** The lab's clusters as they are at the time of a request. */
  clusters: () => ClusterState[];
}

/**
 * The routes `/resources/aws/...`, `/resources/gcp/...` and `/resources/azure/...` by which the provider plugins reach the lab's stores.
 * They check no credential: mount them behind the control interface's bearer check.
 * Refusals are `{"error":{"code","message"}}` with the service's status.
 */
export function resourceRoutes({ iam, associations, gcp, azure, clusters }: ResourceStores): Hono {
  const app = new Hono();
  app.route("/resources/aws", awsRoutes({ iam, associations, clusters }));
  app.route("/resources/gcp", gcpRoutes(gcp, clusters));
  app.route("/resources/azure", azureRoutes(azure, clusters));
  app.onError((error, c) => {
    if (!(error instanceof ServiceError)) {
      throw error;
    }
    // The class puts its code before the message; here the two have places of their own.
    const message = error.message.slice(error.code.length + 2);
    return c.json({ error: { code: error.code, message } }, error.httpStatus as 400);
  });
  return app;
}
