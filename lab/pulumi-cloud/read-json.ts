import type { Context } from "hono";
import type { z } from "zod";
import { type LabEnvironment, readText } from "../http";
import { ApiError } from "./errors";

/** Reads and checks a JSON body; 400 names the field at fault and never quotes what was sent. */
export async function readJson<T>(call: Context<LabEnvironment>, schema: z.ZodType<T>, maxBytes?: number): Promise<T> {
  return valid(schema, await parse(call, maxBytes));
}

/** A value that has a schema's form; 400 names the field at fault and never quotes the value. */
export function valid<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ApiError(400, `${issue?.path.join(".") || "body"}: ${issue?.message ?? "invalid"}`);
  }
  return parsed.data;
}

async function parse(call: Context<LabEnvironment>, maxBytes: number | undefined): Promise<unknown> {
  try {
    const text = await readText(call, maxBytes);
    if (text !== undefined) {
      return JSON.parse(text);
    }
  } catch {
    throw new ApiError(400, "the body is not JSON");
  }
  throw new ApiError(413, "the body is too large");
}
