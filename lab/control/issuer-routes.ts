import type { Hono } from "hono";
import { z } from "zod";
import type { TestIssuer } from "../issuer";
import { controlApp, validated } from "./validated";

const SIGN = z.strictObject({ claims: z.record(z.string(), z.unknown()) });
const ROTATE = z.strictObject({ forget: z.boolean().optional() });
const BEHAVIOUR = z.strictObject({
  statedIssuer: z.string().optional(),
  redirect: z.string().optional(),
  delayMs: z.int().min(0).optional(),
  paddingBytes: z.int().min(0).optional(),
  status: z.int().min(200).max(599).optional(),
  cacheControl: z.string().optional(),
});

/**
 * Control of a test issuer, to be mounted: `POST /sign {claims}`, `POST /rotate {forget?}`, `PUT /behaviour` (replaces
 * what was set; `{}` makes it behave).
 */
export function issuerControlRoutes(issuer: TestIssuer): Hono {
  return controlApp()
    .post("/sign", async (call) => call.json({ token: await issuer.sign((await validated(call, SIGN)).claims) }))
    .post("/rotate", async (call) => {
      await issuer.rotate(await validated(call, ROTATE));
      return call.json({ kid: issuer.key.kid });
    })
    .put("/behaviour", async (call) => {
      const behaviour = await validated(call, BEHAVIOUR);
      for (const name of Object.keys(issuer.behaviour) as (keyof typeof issuer.behaviour)[]) {
        delete issuer.behaviour[name];
      }
      Object.assign(issuer.behaviour, behaviour);
      return call.json(issuer.behaviour);
    });
}
