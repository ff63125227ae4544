import { setTimeout as sleep } from "node:timers/promises";
import { OidcRunnerError } from "../../trust";
import { claimsFromToken } from "../../trust/claims";
import { type Clock, type Fetch, failureText, readText, UnusableAnswer } from "../http";
import { renewed } from "./renewed";
import type { ExpiringToken, TokenSource } from "./token-source";

/** Which identity token is asked for. */
export interface GoogleIdTokenOptions {
  /** `aud` of the token: the URL of the service it is for. */
  audience: string;
  /**
   * Host and port of the metadata server. Default: `GCE_METADATA_HOST`, else `metadata.google.internal`, as Google's own
   * libraries have it.
   */
  metadataHost?: string;
  /** Time for one request, in milliseconds. Default: 5000. */
  timeoutMs?: number;
  /** Default: the global `fetch`. */
  fetch?: Fetch;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  clock?: Clock;
  /** Waits between two attempts. Default: the machine's timer. */
  sleep?: (ms: number) => Promise<unknown>;
}

const PATH = "/computeMetadata/v1/instance/service-accounts/default/identity";
/** Longest answer, in bytes: one token. */
const LONGEST_ANSWER = 16_384;
/** Waits after failed attempts, in milliseconds: the metadata server of GKE is not ready for seconds after a pod's start. */
const WAITS_MS = [200, 500, 1000, 2000, 4000];
/** Tokens live an hour; the server hands out a remembered one until shortly before it expires. */
const AHEAD_MS = 300_000;

/**
 * Google's identity tokens of the service account that the workload runs as, from the metadata server (Google Cloud
 * documentation, "Get an ID token": `identity?audience=…&format=full`). Remembered, and renewed 5 minutes before they expire.
 *
 * The source throws OidcRunnerError `METADATA_UNAVAILABLE`.
 *
 * @example
 * const orders = tokenFetch(googleIdToken({ audience: "https://orders.example.com" }), { origin: "https://orders.example.com" });
 */
export function googleIdToken(options: GoogleIdTokenOptions): TokenSource {
  const { audience, fetch = globalThis.fetch, clock = Date.now, sleep: wait = sleep, timeoutMs = 5000 } = options;
  const host = options.metadataHost ?? process.env.GCE_METADATA_HOST ?? "metadata.google.internal";
  const url = new URL(PATH, `http://${host}`);
  url.search = new URLSearchParams({ audience, format: "full" }).toString();

  async function once(): Promise<ExpiringToken> {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url.href, { redirect: "manual", signal, headers: { "Metadata-Flavor": "Google" } });
    const text = await readText(response, LONGEST_ANSWER);
    // Its absence means that something else answers at this address (googleapis/gcp-metadata at 01292b4, src/index.ts).
    if (response.status !== 200 || response.headers.get("Metadata-Flavor") !== "Google") {
      throw Object.assign(new UnusableAnswer(`it answers with status ${response.status}`), {
        isFinal: response.status >= 400 && response.status < 500 && response.status !== 429,
      });
    }
    return expiring(text.trim());
  }

  async function attempts(): Promise<ExpiringToken> {
    for (const pause of [...WAITS_MS, undefined]) {
      try {
        return await once();
      } catch (error) {
        if (pause === undefined || (error as { isFinal?: boolean }).isFinal === true) {
          throw new OidcRunnerError("METADATA_UNAVAILABLE", `no identity token from ${host}: ${failureText(error)}`, {
            where: url.href,
            fix: "run on Google Cloud, with a service account bound to the workload",
            cause: error,
          });
        }
        await wait(pause);
      }
    }
    throw new RangeError("unreachable");
  }

  return renewed(attempts, { clock, aheadMs: (life) => Math.min(AHEAD_MS, life / 2) });
}

function expiring(token: string): ExpiringToken {
  let exp: unknown;
  try {
    exp = claimsFromToken(token).exp;
  } catch {
    exp = undefined;
  }
  if (typeof exp !== "number" || !Number.isFinite(exp)) {
    throw new UnusableAnswer("it answers with something that is not an identity token");
  }
  return { token, expiresAt: exp * 1000 };
}
