import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { join } from "node:path";
import { guardListener, verifierFromEnvironment } from "oidc-runner-runtime";

// Issuers, audience and callers are those that VerifiedService was given.
const verifier = verifierFromEnvironment();
// The port opens when the keys are there, and so the pod becomes ready.
await verifier.ready();

const json = (response, status, body) => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
const guarded = guardListener(verifier, (request, response) => {
  json(response, 200, { msg: "hello-private", caller: request.identity.subject });
});

const listener = (request, response) => {
  const { pathname } = new URL(request.url, "http://server");
  if (pathname === "/private") {
    guarded(request, response);
  } else if (pathname === "/") {
    json(response, 200, { msg: "hello-exposed" });
  } else {
    json(response, 404, { msg: "not-found" });
  }
};

const { PORT = "8080", OIDC_RUNNER_TLS_DIRECTORY: tls } = process.env;
const server =
  tls === undefined
    ? createHttpServer(listener)
    : createHttpsServer(
        { cert: readFileSync(join(tls, "tls.crt")), key: readFileSync(join(tls, "tls.key")) },
        listener,
      );
server.listen(Number(PORT), () => console.log(`listening on ${PORT}`));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
