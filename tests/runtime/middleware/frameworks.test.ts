import assert from "node:assert/strict";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import {
  createVerifier,
  decide,
  type GuardOptions,
  guardExpress,
  guardFetch,
  guardHono,
  guardListener,
  type IdentityEnvironment,
  type RefusedRequest,
  type Verifier,
} from "../../../runtime";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { AUDIENCE, ISSUER, NOW, podClaims, signed } from "../support";

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The same service in each framework: `/` is open, `/private` says whose token it got. */
const FRAMEWORKS: Record<string, (verifier: Verifier, options: GuardOptions) => Listener> = {
  "node:http": (verifier, options) => {
    const guarded = guardListener(verifier, ({ identity }, response) => void response.end(identity.subject), options);
    return (request, response) => (request.url === "/" ? response.end("open") : guarded(request, response));
  },
  "Express 5": (verifier, options) => {
    const app = express();
    app.get("/", (_, response) => void response.send("open"));
    app.get("/private", guardExpress(verifier, options), (request, response) => {
      response.send(request.identity?.subject);
    });
    return app;
  },
  Fetch: (verifier, options) => {
    const guarded = guardFetch(verifier, (_, identity) => new Response(identity.subject), options);
    const fetch = async (request: Request) =>
      new URL(request.url).pathname === "/" ? new Response("open") : guarded(request);
    return listenerOf(fetch);
  },
  Hono: (verifier, options) => {
    const app = new Hono<IdentityEnvironment>();
    app.get("/", (context) => context.text("open"));
    app.use("/private", guardHono(verifier, options));
    app.get("/private", (context) => context.text(context.get("identity").subject));
    return listenerOf(app.fetch);
  },
  "another framework, by decide": (verifier, options) => async (request, response) => {
    if (request.url === "/") return response.end("open");
    const decision = await decide(verifier, request.headers.authorization, options);
    return "identity" in decision
      ? response.end(decision.identity.subject)
      : response.writeHead(decision.status, decision.headers).end();
  },
};

function listenerOf(fetch: (request: Request) => Response | Promise<Response>): Listener {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
  return server.listeners("request")[0] as Listener;
}

describe("middleware", () => {
  let key: SigningKey;
  let refusals: RefusedRequest[];
  let verifier: Verifier;
  before(async () => {
    key = await createSigningKey("ES256");
  });
  beforeEach(() => {
    refusals = [];
    verifier = createVerifier({
      issuers: [{ issuer: ISSUER, keys: { keys: [publicJwk(key)] } }],
      audience: AUDIENCE,
      allow: [{ namespace: "shop", serviceAccountName: "checkout" }],
      clock: () => NOW,
    });
  });
  const log = (refused: RefusedRequest) => void refusals.push(refused);

  for (const [name, make] of Object.entries(FRAMEWORKS)) {
    describe(`for ${name}`, () => {
      let url: string;
      let close: () => Promise<void>;
      const start = async (options: GuardOptions = { log }, used = verifier) => {
        const server = createServer(
          make(used, options) as (request: IncomingMessage, response: ServerResponse) => void,
        );
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        close = () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections());
      };
      beforeEach(() => start());
      afterEach(() => close());

      const get = async (authorization?: string, path = "/private") => {
        const response = await fetch(url + path, authorization === undefined ? {} : { headers: { authorization } });
        return { status: response.status, challenge: response.headers.get("www-authenticate"), response };
      };

      it("leaves the open route open", async () => {
        const { status, response } = await get(undefined, "/");
        assert.deepEqual([status, await response.text()], [200, "open"]);
      });

      it("lets a pod's token in, with its identity on the request, in any case of the scheme", async () => {
        for (const scheme of ["Bearer", "bearer", "BEARER", "Bearer "]) {
          const { status, response } = await get(`${scheme} ${signed(key, podClaims())}`);
          assert.deepEqual([status, await response.text()], [200, "system:serviceaccount:shop:checkout"]);
        }
        assert.deepEqual(refusals, []);
      });

      it("answers 401 without an error to a request that has no bearer token", async () => {
        for (const authorization of [undefined, "", "Basic YTpi", "Bearer", "Bearer ", "Bearertoken", "token pul-x"]) {
          const { status, challenge, response } = await get(authorization);
          assert.deepEqual([status, challenge, await response.text()], [401, "Bearer", ""], authorization);
          assert.equal(refusals.pop()?.code, "NO_TOKEN");
        }
      });

      it("answers 401 invalid_token to bad ones, with the reason in the log alone", async () => {
        const good = signed(key, podClaims());
        for (const [token, code] of [
          [signed(key, podClaims({ exp: NOW / 1000 })), "EXPIRED"],
          [signed(key, podClaims({ aud: "https://other.example.com" })), "AUDIENCE_REFUSED"],
          [signed(key, podClaims({ iss: "https://other.example.com" })), "ISSUER_REFUSED"],
          [`${good}=`, "NON_CANONICAL"],
          [`${good}, Bearer ${good}`, "NON_CANONICAL"],
          ["a.b", "MALFORMED"],
        ] as const) {
          const { status, challenge, response } = await get(`Bearer ${token}`);
          assert.equal(status, 401);
          assert.equal(challenge, 'Bearer error="invalid_token"');
          assert.equal(await response.text(), "");
          assert.equal(response.headers.get("cache-control"), "no-store");
          const refused = refusals.pop();
          if (code !== "NON_CANONICAL" || token === `${good}=`) assert.equal(refused?.code, code);
          assert.doesNotMatch([...response.headers].join(), /expired|aud|issuer|EXPIRED|REFUSED/);
          assert.ok(!JSON.stringify(refused).includes(token));
        }
      });

      it("answers 403 insufficient_scope to a neighbour's good token", async () => {
        for (const sub of ["system:serviceaccount:shop:other", "system:serviceaccount:shop2:checkout"]) {
          const { status, challenge, response } = await get(`Bearer ${signed(key, podClaims({ sub }))}`);
          assert.deepEqual([status, challenge, await response.text()], [403, 'Bearer error="insufficient_scope"', ""]);
          const refused = refusals.pop();
          assert.equal(refused?.code, "NOT_ALLOWED");
          assert.equal(refused?.identity?.subject, sub);
          assert.match(refused?.message ?? "", /sub expected system:serviceaccount:shop:checkout, got/);
        }
      });

      it("takes no token from query or body, and the first of two headers at most", async () => {
        const token = signed(key, podClaims());
        assert.equal((await fetch(`${url}/private?access_token=${token}`)).status, 401);
        const two = await new Promise<number | undefined>((resolve, reject) => {
          const headers = ["Host", "x", "Authorization", "Bearer x", "Authorization", `Bearer ${token}`];
          httpRequest(`${url}/private`, { headers }, ({ statusCode }) => resolve(statusCode))
            .on("error", reject)
            .end();
        });
        assert.equal(two, 401);
      });

      it("answers 503 when keys are not to be had, and lets nothing through", async () => {
        await close();
        const down = createVerifier({
          issuers: [ISSUER],
          audience: AUDIENCE,
          allow: "any",
          clock: () => NOW,
          fetch: async () => {
            throw new Error("down");
          },
        });
        await start({ log }, down);
        const { status, challenge, response } = await get(`Bearer ${signed(key, podClaims())}`);
        assert.deepEqual([status, challenge, await response.text()], [503, null, ""]);
        assert.equal(response.headers.get("retry-after"), "5");
        assert.equal(refusals.pop()?.code, "KEYS_UNAVAILABLE");
      });

      it("names the realm that is given", async () => {
        await close();
        await start({ log, realm: 'or"ders\r\nX: y' });
        assert.equal((await get()).challenge, 'Bearer realm="ordersX: y"');
        assert.equal((await get("Bearer x")).challenge, 'Bearer realm="ordersX: y", error="invalid_token"');
      });
    });
  }

  it("logs one line by console.warn when no log is given, without control characters", async () => {
    const lines: string[] = [];
    const { warn } = console;
    console.warn = (line: string) => lines.push(line);
    try {
      await decide(verifier, `Bearer ${signed(key, podClaims({ sub: "system:serviceaccount:shop:\u001b[2J\n" }))}`);
      await decide(verifier, undefined);
    } finally {
      console.warn = warn;
    }
    assert.match(lines[0] ?? "", /^403 NOT_ALLOWED: .*\(system:serviceaccount:shop:\\u001b\[2J\\u000a of https:/);
    assert.equal(lines[1], "401 NO_TOKEN: the request has no Authorization header");
    assert.doesNotMatch(lines.join(""), /\p{Cc}/u);
  });

  it("hands on what else a Fetch handler is called with", async () => {
    const handler = guardFetch(verifier, (_, identity, context: { id: number }) =>
      Response.json([identity.kubernetes?.namespace, context.id]),
    );
    const request = new Request(AUDIENCE, { headers: { Authorization: `Bearer ${signed(key, podClaims())}` } });
    assert.deepEqual(await (await handler(request, { id: 7 })).json(), ["shop", 7]);
  });
});
