import type { Hono } from "hono";
import { z } from "zod";
import { controlApp, serviceRoutes, switchRoutes } from "../control";
import type { Aws } from "./aws";

const SECONDS = z.number().min(0);
const STS_SWITCHES = z.strictObject({ skewSeconds: SECONDS, expiredSeconds: SECONDS }).partial();

/**
 * Control of the lab's AWS: `/sts` and `/pod-identity/CLUSTER`, each with `/faults` and `GET|DELETE /requests` (the
 * journal), and `/sts/switches` (`GET|POST`).
 */
export function awsControlRoutes({ sts, agents }: Pick<Aws, "sts" | "agents">): Hono {
  const app = controlApp().route(
    "/sts",
    serviceRoutes(sts).route("/switches", switchRoutes(sts.switches, STS_SWITCHES)),
  );
  for (const [cluster, agent] of agents) {
    app.route(`/pod-identity/${cluster}`, serviceRoutes(agent));
  }
  return app;
}
