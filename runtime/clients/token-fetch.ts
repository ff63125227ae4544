import { OidcRunnerError, secureUrl } from "../../trust";
import type { Fetch } from "../http";
import type { TokenSource } from "./token-source";

/** How requests are sent. */
export interface TokenFetchOptions {
  /** The only origin that the token is sent to: the service's address. Paths in it have no effect. */
  origin: string;
  /** Default: the global `fetch`. */
  fetch?: Fetch;
}

/**
 * A `fetch` that sends a token in `Authorization: Bearer`. A request that is answered with 401 is sent a second time, with a
 * token that is read again, unless its body is a stream.
 *
 * URLs may be relative to the origin. Redirects are answered to the caller and not followed, because they could take the token
 * elsewhere.
 *
 * It throws OidcRunnerError `ORIGIN_FOREIGN` for any other origin before anything is sent, and what source and `fetch` throw.
 * Errors of the call itself: `API_URL_INVALID`, `API_URL_INSECURE`.
 *
 * @example
 * const orders = tokenFetch(tokenFile("/var/run/secrets/orders/token"), { origin: "https://orders.example.com" });
 * const response = await orders("/private");
 */
export function tokenFetch(
  source: TokenSource,
  options: TokenFetchOptions,
): (input: string | URL, init?: RequestInit) => Promise<Response> {
  const { origin } = secureUrl(options.origin, "origin");
  const fetch = options.fetch ?? globalThis.fetch;

  return async (input, init = {}) => {
    const url = new URL(input, origin);
    if (url.origin !== origin) {
      throw new OidcRunnerError("ORIGIN_FOREIGN", `the token is for ${origin}, and is not sent to ${url.origin}`, {
        where: "input",
        fix: "send the request without the token, or make a tokenFetch for that origin",
      });
    }
    const send = async (fresh: boolean) => {
      const headers = new Headers(init.headers);
      headers.set("Authorization", `Bearer ${await source.get(fresh)}`);
      return fetch(url.href, { ...init, headers, redirect: init.redirect === "error" ? "error" : "manual" });
    };
    const response = await send(false);
    if (response.status !== 401 || isStream(init.body)) {
      return response;
    }
    await response.body?.cancel();
    return send(true);
  };
}

/** A body that is read once can't be sent twice. */
function isStream(body: unknown): boolean {
  return (
    body instanceof ReadableStream ||
    (typeof body === "object" && body !== null && Symbol.asyncIterator in body && !(body instanceof Blob))
  );
}
