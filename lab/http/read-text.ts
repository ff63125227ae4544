import type { Context } from "hono";

/** Largest request body read, bytes. */
const MAX_BYTES = 1024 * 1024;

/** A request's body as text; undefined when it is larger than a megabyte. */
export async function readText(call: Context): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (call.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
