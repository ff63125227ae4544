import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EnvHttpProxyAgent, fetch, type Response } from "undici";

/** Time to connect, milliseconds: a machine without internet must find that out at once. */
export const CONNECT_TIMEOUT_MS = 3000;

/** A route to a tool that is not open here: the next one is tried, and the reason is kept for the user. */
export class RouteUnavailable extends Error {}

/**
 * Whether the server of a URL answers at all; neither its status nor its certificate matters: the program that fetches from it
 * next, Go for example, has trusted authorities of its own. Proxies of the environment are honoured.
 *
 * @param timeout milliseconds for the whole question
 */
export async function isReachable(url: string, timeout = CONNECT_TIMEOUT_MS): Promise<boolean> {
  try {
    await withAgent(async (dispatcher) => {
      const signal = AbortSignal.timeout(timeout);
      await (
        await fetch(withoutUserInfo(url), { method: "HEAD", redirect: "manual", dispatcher, signal })
      ).body?.cancel();
    });
    return true;
  } catch (error) {
    const { code = "" } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    return /CERT|UNABLE_TO_VERIFY/.test(code);
  }
}

/** An address without the name and password it may carry, which are not for asking or telling. */
export function withoutUserInfo(address: string): string {
  return address.replace(/\/\/[^/@]*@/, "//");
}

/** The text at a URL, at most one megabyte; {@link RouteUnavailable} if it cannot be had. */
export async function fetchText(url: string): Promise<string> {
  return withAgent(async (dispatcher) => {
    const response = checked(
      url,
      await reach(url, () => fetch(url, { dispatcher, signal: AbortSignal.timeout(30_000) })),
    );
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body(response)) {
      size += (chunk as Uint8Array).length;
      if (size > 1 << 20) {
        throw new RouteUnavailable(`${url} is larger than a checksum file can be`);
      }
      chunks.push(chunk as Uint8Array);
    }
    return Buffer.concat(chunks).toString("utf8");
  });
}

/**
 * Streams a URL into a file.
 *
 * @param onProgress bytes so far, and in all if the server says so
 * @returns the SHA-256 of what was written, lower-case hex
 */
export async function downloadFile(
  url: string,
  file: string,
  onProgress: (bytes: number, total: number | undefined) => void,
): Promise<string> {
  return withAgent(async (dispatcher) => {
    const response = checked(url, await reach(url, () => fetch(url, { dispatcher })));
    const total = Number(response.headers.get("content-length")) || undefined;
    const hash = createHash("sha256");
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        onProgress(bytes, total);
        done(null, chunk);
      },
    });
    await reach(url, () => pipeline(body(response), meter, createWriteStream(file)));
    return hash.digest("hex");
  });
}

async function withAgent<T>(work: (dispatcher: EnvHttpProxyAgent) => Promise<T>): Promise<T> {
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: 15_000,
    bodyTimeout: 30_000, // between two chunks: a stalled transfer ends
  });
  try {
    return await work(agent);
  } finally {
    await agent.destroy();
  }
}

async function reach<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = (error as Error).cause;
    throw new RouteUnavailable(`${new URL(url).host}: ${cause instanceof Error ? cause.message : String(error)}`);
  }
}

function checked(url: string, response: Response): Response {
  if (!response.ok) {
    throw new RouteUnavailable(`${url} answered ${response.status}`);
  }
  if (url.startsWith("https:") && !response.url.startsWith("https:")) {
    throw new RouteUnavailable(`${url} leads away from https`);
  }
  return response;
}

function body(response: Response): Readable {
  return response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
}
