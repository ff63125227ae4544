import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identity, Verifier } from "../verify";
import { decide, type GuardOptions } from "./decide";

declare global {
  // Where Express declares what its requests have, so that handlers find the identity there.
  namespace Express {
    interface Request {
      /** Who sent the request; there behind {@link guardExpress}. */
      identity?: Identity;
    }
  }
}

/**
 * Middleware for Express 5 (and Connect): requests behind it have `request.identity`.
 *
 * @example
 * app.get("/private", guardExpress(verifier), (request, response) => {
 *   response.json({ hello: request.identity?.subject });
 * });
 */
export function guardExpress(
  verifier: Verifier,
  options: GuardOptions = {},
): (
  request: IncomingMessage & { identity?: Identity },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void> {
  return async (request, response, next) => {
    const decision = await decide(verifier, request.headers.authorization, options);
    if ("identity" in decision) {
      request.identity = decision.identity;
      next();
    } else {
      response.writeHead(decision.status, decision.headers).end();
    }
  };
}
