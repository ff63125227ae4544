import { Agent, createServer, get, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type RequestHandler } from "express";
import { auth } from "express-oauth2-jwt-bearer";
import type { Benchmark } from "../measure/benchmark";
import { ourVerifier, runtime } from "./ours";
import { AUDIENCE, createSigner, ISSUER, type Signer } from "./tokens";

const REQUESTS = 2000;

interface Listening {
  url: string;
  close(): void;
}

async function listen(listener: RequestListener): Promise<Listening> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close().closeAllConnections() };
}

/** Express with what stands before its only route. */
function serveExpress(...before: RequestHandler[]): Promise<Listening> {
  const app = express();
  app.get("/", ...before, (_, response) => void response.end("ok"));
  return listen(app);
}

/** Milliseconds for all requests, one after the other on one connection. */
async function timed(url: string, token: string): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { authorization: `Bearer ${token}` };
  const begun = performance.now();
  for (let request = 0; request < REQUESTS; request++) {
    await new Promise<void>((resolve, reject) => {
      get(url, { agent, headers }, (response) => {
        if (response.statusCode !== 200) {
          reject(new Error(`status ${response.statusCode}`));
        }
        response.resume().on("end", resolve);
      }).on("error", reject);
    });
  }
  agent.destroy();
  return { time: performance.now() - begun };
}

/** What users would pick instead. Its issuer's keys come from a server on loopback. */
async function otherGuard({ jwks, algorithm }: Signer): Promise<{ guard: RequestHandler; close(): void }> {
  const keys = await listen((_, response) => void response.end(JSON.stringify(jwks)));
  const guard = auth({ issuer: ISSUER, audience: AUDIENCE, jwksUri: keys.url, tokenSigningAlg: algorithm });
  return { guard, close: keys.close };
}

function of(other: "bare" | "express-oauth2-jwt-bearer"): Benchmark {
  const name = `verify/middleware/${other}`;
  const subject = `${REQUESTS} requests with one token to Express with guardExpress`;
  const reference = other === "bare" ? "the same to Express alone" : `the same to Express with ${other}`;
  return {
    name,
    pairs: 9,
    rows: [{ name, metric: "time", unit: "ms", subject, reference }],
    async start() {
      const signer = createSigner("RS256");
      const [token = ""] = signer.tokens(1);
      const ours = await serveExpress(runtime().guardExpress(ourVerifier(signer)));
      const foreign = other === "bare" ? undefined : await otherGuard(signer);
      const reference = await serveExpress(...(foreign === undefined ? [] : [foreign.guard]));
      return {
        subject: () => timed(ours.url, token),
        reference: () => timed(reference.url, token),
        async close() {
          ours.close();
          reference.close();
          foreign?.close();
        },
      };
    },
  };
}

/** A guarded server against a bare one, and against one with another guard. */
export const middleware: Benchmark[] = [of("bare"), of("express-oauth2-jwt-bearer")];
