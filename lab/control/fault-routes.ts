import type { Hono } from "hono";
import { z } from "zod";
import type { FaultRegistry } from "../http";
import { controlApp, validated } from "./validated";

const BODY = z.strictObject({
  method: z.string().optional(),
  path: z.string().startsWith("/"),
  kind: z.enum(["status", "reset-before", "reset-after", "delay"]),
  status: z.int().min(200).max(599).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  times: z.int().min(1).optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

/** `GET /` lists the faults of a server, used-up ones included, `POST /` sets one, `DELETE /` and `DELETE /:id` clear. */
export function faultRoutes(faults: FaultRegistry): Hono {
  return controlApp()
    .get("/", (call) => call.json({ faults: faults.list() }))
    .post("/", async (call) => call.json(faults.add(await validated(call, BODY))))
    .delete("/", (call) => call.json({ cleared: faults.clear() }))
    .delete("/:id", (call) => call.json({ cleared: faults.clear(call.req.param("id")) }));
}
