import type { Hono } from "hono";
import type { z } from "zod";
import { controlApp, validated } from "./validated";

/** `GET /` shows a server's switches, `POST /` sets those that are given. */
export function switchRoutes<T extends object>(switches: T, schema: z.ZodType<Partial<T>>): Hono {
  return controlApp()
    .get("/", (call) => call.json(switches))
    .post("/", async (call) => call.json(Object.assign(switches, await validated(call, schema))));
}
