/** Why an answer can't be used, as one line that quotes nothing of its body. */
export class UnusableAnswer extends Error {}

/**
 * The JSON of an answer with status 200 (or 201), of at most `limit` bytes after decompression. What is longer is given up
 * where the limit is reached.
 *
 * @throws UnusableAnswer for redirects, other statuses, longer bodies and bodies that are not JSON
 */
export async function readJson(response: Response, limit: number): Promise<unknown> {
  if (response.status !== 200 && response.status !== 201) {
    await response.body?.cancel();
    throw new UnusableAnswer(
      response.status >= 300 && response.status < 400 && response.status !== 304
        ? `it redirects (status ${response.status}), which is not followed`
        : `it answers with status ${response.status}`,
    );
  }
  const text = await readText(response, limit);
  try {
    return JSON.parse(text);
  } catch {
    throw new UnusableAnswer("it answers with something that is not JSON");
  }
}

/** The text of a body of at most `limit` bytes. @throws UnusableAnswer */
export async function readText(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > limit) {
      // Leaving the loop cancels the body.
      throw new UnusableAnswer(`its answer is longer than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Why a request failed, in words: the innermost cause of a failed `fetch`, which itself says only that it failed. */
export function failureText(error: unknown): string {
  if (error instanceof UnusableAnswer) {
    return error.message;
  }
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError" || name === "AbortError" || name === "JWKSTimeout") {
    return "it does not answer in time";
  }
  return cause instanceof Error ? failureText(cause) : message;
}
