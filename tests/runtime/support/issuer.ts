import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { publicJwk, type SigningKey } from "../../helpers/issuer";

/** An issuer on loopback that serves what a test wants. */
export interface LoopbackIssuer {
  /** Its address, which is its `iss` too. */
  url: string;
  keys: SigningKey[];
  /** Paths that were asked for. */
  requests: string[];
  /** Takes the place of the answer to a path; a string is sent as it is. */
  answers: Map<string, string | ((response: ServerResponse, request: IncomingMessage) => void)>;
  /** Ends every connection without an answer. */
  down: boolean;
  close(): Promise<void>;
}

export const DISCOVERY = "/.well-known/openid-configuration";
export const JWKS = "/keys";

/** Starts a server on a free port of loopback. */
export async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function startIssuer(...keys: SigningKey[]): Promise<LoopbackIssuer> {
  const requests: string[] = [];
  const answers: LoopbackIssuer["answers"] = new Map();
  const server = await serve((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    const answer = answers.get(path);
    if (issuer.down) {
      request.socket.destroy();
    } else if (typeof answer === "function") {
      answer(response, request);
    } else if (answer !== undefined) {
      response.end(answer);
    } else if (path === DISCOVERY) {
      response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}${JWKS}` }));
    } else if (path === JWKS && !request.headers.accept?.includes("application/jwk-set+json")) {
      // As an API server does.
      response.writeHead(406).end();
    } else if (path === JWKS) {
      response.end(JSON.stringify({ keys: issuer.keys.map(publicJwk) }));
    } else {
      response.writeHead(404).end();
    }
  });
  const issuer: LoopbackIssuer = { ...server, keys, requests, answers, down: false };
  return issuer;
}
