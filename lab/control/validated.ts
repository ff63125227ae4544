import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";

/** Reads and checks the JSON body of a control request; 400 says which field is wrong. */
export async function validated<T>(call: Context, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await call.req.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const message = parsed.error.issues
      .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`)
      .join("; ");
    throw new HTTPException(400, { message });
  }
  return parsed.data;
}

/** An application whose errors are `{"error": text}`: 400 for bad bodies, and whatever status a route throws. */
export function controlApp(): Hono {
  return new Hono().onError((error, call) => {
    if (error instanceof HTTPException) {
      return call.json({ error: error.message }, error.status);
    }
    return call.json({ error: "internal error" }, 500);
  });
}
