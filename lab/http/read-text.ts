import { gunzipSync } from "node:zlib";
import type { Context } from "hono";

/** Largest request body read unless a route says otherwise, bytes. */
const MAX_BYTES = 1024 * 1024;

/**
 * A request's body as text, uncompressed; undefined when it is larger than `maxBytes`.
 *
 * @throws Error when it is said to be compressed and is not
 */
export async function readText(call: Context, maxBytes = MAX_BYTES): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (call.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) {
      return undefined;
    }
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (call.req.header("Content-Encoding") !== "gzip") {
    return bytes.toString("utf8");
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes }).toString("utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      return undefined;
    }
    throw error;
  }
}
