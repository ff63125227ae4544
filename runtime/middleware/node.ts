import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identity, Verifier } from "../verify";
import { decide, type GuardOptions } from "./decide";

/** Answers a request whose identity is known. */
export type IdentifiedListener = (
  request: IncomingMessage & { readonly identity: Identity },
  response: ServerResponse,
) => void | Promise<void>;

/**
 * A listener for `node:http` that answers requests without a good token itself, and hands on the others with their identity.
 *
 * @example
 * createServer(guardListener(verifier, (request, response) => {
 *   response.end(`hello ${request.identity.subject}`);
 * })).listen(8080);
 */
export function guardListener(
  verifier: Verifier,
  listener: IdentifiedListener,
  options: GuardOptions = {},
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const decision = await decide(verifier, request.headers.authorization, options);
    if ("identity" in decision) {
      await listener(Object.assign(request, decision), response);
    } else {
      response.writeHead(decision.status, decision.headers).end();
    }
  };
}
