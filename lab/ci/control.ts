import type { Hono } from "hono";
import { z } from "zod";
import { controlApp, validated } from "../control";
import type { Ci } from "./ci";
import { CI_KEYS } from "./systems";

const TOKEN = z.strictObject({ issuer: z.enum(CI_KEYS), claims: z.record(z.string(), z.unknown()) });
const JOB = TOKEN.extend({ audience: z.string().optional(), variable: z.string().optional() });

/**
 * Control of the CI systems: `POST /token` signs claims of a job, whatever they are, and `POST /jobs` starts a job: the answer has its
 * `environment` and the directory `path` of the system's command, if there is one.
 */
export function ciControlRoutes(ci: Ci): Hono {
  return controlApp()
    .post("/token", async (call) => {
      const { issuer, claims } = await validated(call, TOKEN);
      return call.json({ token: await ci.mint(issuer, claims) });
    })
    .post("/jobs", async (call) => call.json(await ci.startJob(await validated(call, JOB))));
}
