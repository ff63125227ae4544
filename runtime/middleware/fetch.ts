import type { Identity, Verifier } from "../verify";
import { decide, type GuardOptions } from "./decide";

/**
 * Guards a handler of Fetch's `Request` and `Response` (Hono's `app.fetch`, Next.js, Bun, Deno). The handler gets the identity
 * second, and whatever else it is called with behind that.
 *
 * @example
 * export const GET = guardFetch(verifier, (request, identity) => Response.json({ hello: identity.subject }));
 */
export function guardFetch<Rest extends unknown[]>(
  verifier: Verifier,
  handler: (request: Request, identity: Identity, ...rest: Rest) => Response | Promise<Response>,
  options: GuardOptions = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const decision = await decide(verifier, request.headers.get("Authorization"), options);
    return "identity" in decision ? handler(request, decision.identity, ...rest) : new Response(null, decision);
  };
}
