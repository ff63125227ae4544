import type { Hono } from "hono";
import { z } from "zod";
import { controlApp, serviceRoutes, switchRoutes } from "../control";
import type { Azure } from "./azure";

const SECONDS = z.number().min(0);
const SWITCHES = z
  .strictObject({
    namesFirst: z.enum(["subject", "audience"]),
    leewaySeconds: SECONDS,
    accessTokenSeconds: z.int().min(1),
    propagationSeconds: SECONDS,
    writeMs: z.int().min(0),
  })
  .partial();

/**
 * Control of the lab's Azure: `/entra` with `/faults` and `GET|DELETE /requests` (the journal); `/switches` (`GET|POST`); `GET /identities`, with
 * their credentials; and `GET /role-assignments`.
 */
export function azureControlRoutes({ directory, entra, switches }: Azure): Hono {
  return controlApp()
    .route("/entra", serviceRoutes(entra))
    .route("/switches", switchRoutes(switches, SWITCHES))
    .get("/identities", (call) => {
      const identities = directory.identities.list().map(({ identity, credentials }) => {
        return { identity, credentials: credentials.list() };
      });
      return call.json({ identities });
    })
    .get("/role-assignments", (call) => call.json({ roleAssignments: directory.roleAssignments.list() }));
}
