import type { Context } from "hono";
import type { z } from "zod";
import { ServiceError } from "./service-error";

/** A request's JSON body in the form asked for; anything else is a 400 that names the field. */
export async function body<T extends z.ZodType>(c: Context, form: T): Promise<z.infer<T>> {
  const result = form.safeParse(await c.req.json().catch(() => undefined));
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  throw new ServiceError("InvalidInput", 400, `${issue?.path.join(".") || "body"}: ${issue?.message ?? "invalid"}`);
}
