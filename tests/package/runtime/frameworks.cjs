// A user's program: the same service in each framework, from the installed package. Prints the status of each request.
const { createSign, generateKeyPairSync } = require("node:crypto");
const { createServer } = require("node:http");
const express = require("express");
const { Hono } = require("hono");
const { serve } = require("@hono/node-server");
const { createVerifier, guardExpress, guardFetch, guardHono, guardListener } = require("oidc-runner-runtime");

const ISSUER = "https://issuer.example.com";
const AUDIENCE = "https://orders.example.com";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = (changes = {}) => {
  const claims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "system:serviceaccount:shop:checkout",
    exp: 4_000_000_000,
    ...changes,
  };
  const input = `${part({ alg: "RS256", kid: "one" })}.${part(claims)}`;
  return `${input}.${createSign("sha256").update(input).sign(privateKey, "base64url")}`;
};
const verifier = createVerifier({
  issuers: [{ issuer: ISSUER, keys: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one" }] } }],
  audience: AUDIENCE,
  allow: [{ namespace: "shop", serviceAccountName: "checkout" }],
});
const options = { log() {} };

const app = express();
app.get("/private", guardExpress(verifier, options), (request, response) => response.send(request.identity.subject));
const hono = new Hono();
hono.use("/private", guardHono(verifier, options));
hono.get("/private", (context) => context.text(context.get("identity").subject));
const fetchHandler = guardFetch(verifier, (_, identity) => new Response(identity.subject), options);
const listen = (server) =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve([server, server.address().port])));
const served = (fetch) =>
  new Promise((resolve) => {
    const server = serve({ fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve([server, port]));
  });

const SERVERS = {
  http: () =>
    listen(
      createServer(guardListener(verifier, (request, response) => response.end(request.identity.subject), options)),
    ),
  express: () => listen(createServer(app)),
  fetch: () => served((request) => fetchHandler(request)),
  hono: () => served(hono.fetch),
};
const REQUESTS = {
  none: undefined,
  good: token(),
  account: token({ sub: "system:serviceaccount:shop:checkout2" }),
  namespace: token({ sub: "system:serviceaccount:shop2:checkout" }),
  audience: token({ aud: `${AUDIENCE}/` }),
  issuer: token({ iss: `${ISSUER}/` }),
  expired: token({ exp: 1 }),
  spelled: `${token()}=`,
};

(async () => {
  const answers = {};
  for (const [name, start] of Object.entries(SERVERS)) {
    const [server, port] = await start();
    answers[name] = {};
    for (const [request, bearer] of Object.entries(REQUESTS)) {
      const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
      const response = await fetch(`http://127.0.0.1:${port}/private`, { headers });
      answers[name][request] = [response.status, await response.text()];
    }
    server.close();
    server.closeAllConnections();
  }
  console.log(JSON.stringify(answers));
})();
