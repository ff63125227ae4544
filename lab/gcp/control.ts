import type { Hono } from "hono";
import { z } from "zod";
import { controlApp, serviceRoutes, switchRoutes, validated } from "../control";
import type { Gcp } from "./gcp";

const SECONDS = z.number().min(0);
const STS_SWITCHES = z.strictObject({ leewaySeconds: SECONDS, federatedTokenSeconds: z.int().min(1) }).partial();
const RUN_SWITCHES = z.strictObject({ leewaySeconds: SECONDS }).partial();
const METADATA_SWITCHES = z.strictObject({ notReadySeconds: SECONDS }).partial();
const METADATA_SERVER = z.strictObject({
  cluster: z.string(),
  namespace: z.string().min(1),
  serviceAccountName: z.string().min(1),
});

/**
 * Control of the lab's Google Cloud: `/sts`, `/iam-credentials`, `/oauth` and `/metadata`, each with `/faults` and `GET|DELETE
 * /requests` (the journal); `/sts/switches`, `/metadata/switches` and `/run/switches` (`GET|POST`); `GET /metadata/servers`, for whom metadata
 * servers are open; and `POST /metadata/servers
 * {cluster, namespace, serviceAccountName}`, which answers with the address of a metadata server for that ServiceAccount.
 */
export function gcpControlRoutes(gcp: Gcp): Hono {
  return controlApp()
    .route("/iam-credentials", serviceRoutes(gcp.iamCredentials))
    .route("/oauth", serviceRoutes(gcp.oauth))
    .route("/run/switches", switchRoutes(gcp.runSwitches, RUN_SWITCHES))
    .route("/sts", serviceRoutes(gcp.sts).route("/switches", switchRoutes(gcp.sts.switches, STS_SWITCHES)))
    .route(
      "/metadata",
      serviceRoutes(gcp.metadata)
        .route("/switches", switchRoutes(gcp.metadata.switches, METADATA_SWITCHES))
        .get("/servers", (call) => call.json({ workloads: gcp.metadata.workloads() }))
        .post("/servers", async (call) => {
          const { cluster, ...workload } = await validated(call, METADATA_SERVER);
          const url = await gcp.metadataServer(cluster, workload);
          return url === undefined
            ? call.json({ error: `${cluster} is not a GKE-shaped cluster of the lab` }, 404)
            : call.json({ url });
        }),
    );
}
