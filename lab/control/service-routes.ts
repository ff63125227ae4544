import type { Hono } from "hono";
import type { FaultRegistry, RequestJournal } from "../http";
import { faultRoutes } from "./fault-routes";
import { controlApp } from "./validated";

/** Control of one server of the lab: `/faults`, and `GET|DELETE /requests` (its journal). */
export function serviceRoutes({ faults, journal }: { faults: FaultRegistry; journal: RequestJournal }): Hono {
  return controlApp()
    .route("/faults", faultRoutes(faults))
    .get("/requests", (call) => call.json({ requests: journal.list() }))
    .delete("/requests", (call) => {
      journal.clear();
      return call.body(null, 204);
    });
}
