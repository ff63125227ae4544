import { setTimeout as sleep } from "node:timers/promises";
import { googleIdToken, tokenFetch, tokenFile } from "oidc-runner-runtime";

const { IDENTITY = "cluster", CALLER, SERVICE_URL, AUDIENCE, CLOUD_RUN_URL } = process.env;
const OTHER = "https://other.example.com";

/** Tokens of this pod for an audience: its own file, or Google's metadata server. */
const tokens = (audience) =>
  IDENTITY === "google"
    ? googleIdToken({ audience })
    : tokenFile(audience === OTHER ? "/var/run/secrets/other/token" : "/var/run/secrets/hello/token");

/** A new Service takes connections a moment after its first pod is ready. */
async function patient(send) {
  for (let left = 60; ; left -= 1) {
    try {
      return await send();
    } catch (error) {
      if (left === 0 || error.cause?.code !== "ECONNREFUSED") {
        throw error;
      }
      await sleep(500);
    }
  }
}

/** Asks, and prints what came back; never a token. */
async function ask(request, send) {
  const response = await patient(send);
  const text = await response.text();
  const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : undefined;
  console.log(JSON.stringify({ caller: CALLER, request, status: response.status, msg: body?.msg }));
}

async function call(origin, audience, name, path) {
  await ask(`${name} without a token`, () => fetch(new URL(path, origin)));
  await ask(`${name} with its token`, () => tokenFetch(tokens(audience), { origin })(path));
  await ask(`${name} with a token for another audience`, () => tokenFetch(tokens(OTHER), { origin })(path));
}

await ask("GET /", () => fetch(new URL("/", SERVICE_URL)));
await call(SERVICE_URL, AUDIENCE, "GET /private", "/private");
if (CLOUD_RUN_URL !== undefined) {
  await call(CLOUD_RUN_URL, CLOUD_RUN_URL, "Cloud Run", "/");
}
