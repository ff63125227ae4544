import type { Context } from "hono";
import type { z } from "zod";
import type { LabEnvironment } from "../http/middleware";
import { readText } from "../http/read-text";
import { ApiError } from "./errors";

/** Reads and checks a JSON body; 400 names the field at fault and never quotes what was sent. */
export async function readJson<T>(call: Context<LabEnvironment>, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(call);
  if (text === undefined) {
    throw new ApiError(413, "the body is too large");
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(400, "the body is not JSON");
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ApiError(400, `${issue?.path.join(".") || "body"}: ${issue?.message ?? "invalid"}`);
  }
  return parsed.data;
}
