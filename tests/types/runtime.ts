import { createServer } from "node:http";
import express from "express";
import { Hono } from "hono";
import {
  createVerifier,
  guardExpress,
  guardFetch,
  guardHono,
  guardListener,
  type Identity,
  type IdentityEnvironment,
  type RefusalCode,
  type TokenSource,
  tokenFetch,
  type Verifier,
} from "../../runtime";
import { same } from "./exact";

declare const verifier: Verifier;
declare const source: TokenSource;

// What a verifier takes.
const issuers = ["https://issuer.example.com"];
createVerifier({ issuers, audience: "a", allow: [{ namespace: "shop" }] });
createVerifier({ issuers: [{ issuer: "a", keys: { keys: [{ kty: "RSA" }] } }], audience: ["a"], allow: "any" });
// @ts-expect-error no audience
createVerifier({ issuers, allow: "any" });
// @ts-expect-error nothing says who is let in
createVerifier({ issuers, audience: "a" });
// @ts-expect-error any is the only word
createVerifier({ issuers, audience: "a", allow: "all" });
// @ts-expect-error a name of Pulumi Cloud's policies
createVerifier({ issuers, audience: "a", allow: [{ serviceAccount: "checkout" }] });
// @ts-expect-error rules are texts
createVerifier({ issuers, audience: "a", allow: [{ rules: { sub: 1 } }] });
declare const meter: ReturnType<typeof import("@opentelemetry/api")["metrics"]["getMeter"]>;
createVerifier({ issuers, audience: "a", allow: "unchecked", meter });

// A verdict tells an identity from a code.
async function verdict(): Promise<string> {
  const answer = await verifier.verify("token");
  if (answer.valid) {
    same<typeof answer.identity, Identity>();
    // @ts-expect-error claims are what anybody may have written
    answer.identity.claims.email.toLowerCase();
    // @ts-expect-error an identity is read only
    answer.identity.subject = "x";
    return answer.identity.subject;
  }
  same<typeof answer.code, RefusalCode>();
  // @ts-expect-error a refused token has no claims
  return answer.claims;
}
void verdict;

// node:http
createServer(guardListener(verifier, ({ identity, url }, response) => void response.end(identity.subject + url)));

// Express
const app = express();
app.use(guardExpress(verifier, { realm: "orders" }));
app.get("/private", guardExpress(verifier), (request, response) => {
  same<typeof request.identity, Identity | undefined>();
  response.json(request.identity?.kubernetes?.namespace);
});

// Fetch
const handler = guardFetch(verifier, (request, identity, context: { id: number }) => {
  same<typeof identity, Identity>();
  return new Response(`${request.url} ${context.id}`);
});
void handler(new Request("https://orders.example.com"), { id: 1 });
// @ts-expect-error what the handler needs besides
void handler(new Request("https://orders.example.com"));

// Hono
const hono = new Hono<IdentityEnvironment>();
hono.use("/private", guardHono(verifier));
hono.get("/private", guardHono(verifier), (context) => {
  same<ReturnType<typeof identityOf>, Identity>();
  const identityOf = () => context.get("identity");
  return context.text(identityOf().subject);
});

// Clients
const orders = tokenFetch(source, { origin: "https://orders.example.com" });
void orders("/private", { method: "POST", body: "x" });
void orders(new URL("https://orders.example.com"));
// @ts-expect-error an origin
tokenFetch(source, {});
