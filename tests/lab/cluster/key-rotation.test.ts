import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, Pool, fetch as undiciFetch } from "undici";
import { type ControlPlane, startControlPlane } from "../../../lab/cluster/control-plane";
import { createCertificateAuthority } from "../../../lab/cluster/pki";
import { createVerifier, guardListener } from "../../../runtime";
import { resolveControlPlane } from "../../../tools/toolchain/control-plane";
import { silentReport } from "../../../tools/toolchain/report";

const AUDIENCE = "https://orders.example.com";
const PER_SECOND = 200;
const MINUTE = 60_000;

// One service is taken through two rotations and an outage: each step begins where the one before ended.
describe("a service that verifies pods while their cluster's keys rotate", () => {
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-rotation-"));
  let plane: ControlPlane;
  let agent: Agent;
  let server: Server;
  let pool: Pool;
  /** How far the service's clock is ahead. */
  let ahead = 0;
  /** Key sets that the API server answered with. */
  let keySets = 0;
  let first: string;
  let second: string;
  let third: string;

  before(async () => {
    const ca = await createCertificateAuthority();
    plane = await startControlPlane({
      directory,
      ca,
      nodeName: "none",
      binaries: await resolveControlPlane(silentReport),
    });
    agent = new Agent({ connect: { ca: ca.certificatePem } });
    const verifier = createVerifier({
      issuers: [plane.issuer],
      audience: AUDIENCE,
      allow: [{ namespace: "default", serviceAccountName: "default" }],
      clock: () => Date.now() + ahead,
      log: () => {},
      fetch: (async (url: URL | string, init: object) => {
        const answer = await undiciFetch(url, { ...init, dispatcher: agent });
        if (String(url).endsWith("/jwks") && answer.ok) keySets++;
        return answer;
      }) as unknown as typeof fetch,
    });
    await verifier.ready();
    server = createServer(guardListener(verifier, (_, response) => void response.end(), { log: () => {} }));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 8 });
    first = await token();
  });
  after(async () => {
    await pool?.close();
    server?.close();
    await agent?.close();
    await plane?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const token = async (audience = AUDIENCE) => {
    const path = "/api/v1/namespaces/default/serviceaccounts/default/token";
    const body = { spec: { audiences: [audience], expirationSeconds: 7200 } };
    return (await plane.client.post<{ status: { token: string } }>(path, body)).status.token;
  };
  const status = async (bearer: string) => {
    const { statusCode, body } = await pool.request({
      ...{ method: "GET", path: "/", headers: { authorization: `Bearer ${bearer}` } },
    });
    await body.dump();
    return statusCode;
  };

  /** Sends requests with these tokens in turn, 200 a second, until something is done. Returns how many had which status. */
  async function requestsDuring(
    tokens: readonly string[],
    something: Promise<unknown>,
  ): Promise<Record<number, number>> {
    let done = false;
    void something.finally(() => {
      done = true;
    });
    const statuses: Promise<number>[] = [];
    const begun = Date.now();
    while (!done || statuses.length < PER_SECOND) {
      const due = ((Date.now() - begun) * PER_SECOND) / 1000;
      while (statuses.length < due) statuses.push(status(tokens[statuses.length % tokens.length]!));
      await sleep(5);
    }
    await something;
    const counts: Record<number, number> = {};
    for (const code of await Promise.all(statuses)) counts[code] = (counts[code] ?? 0) + 1;
    return counts;
  }
  const allHad = (code: number, counts: Record<number, number>) =>
    assert.deepEqual(Object.keys(counts), [String(code)]);
  const onlyAdmitted = (counts: Record<number, number>) => allHad(200, counts);

  it("goes on while the API server restarts with a new key beside the old one", async () => {
    onlyAdmitted(await requestsDuring([first], sleep(1000)));
    onlyAdmitted(await requestsDuring([first], plane.rotate()));
    second = await token();
    onlyAdmitted(await requestsDuring([first, second], sleep(3000)));
    assert.equal(keySets, 2, "the unknown key had the set read again, once");
  });

  it("admits no token of a retired key once the set was read again, and loses none of the others", async () => {
    onlyAdmitted(await requestsDuring([second], plane.rotate()));
    third = await token();
    // What an unknown key may cause is used up; after half of the set's time it is read again.
    ahead += 5 * MINUTE + 1000;
    onlyAdmitted(await requestsDuring([second], sleep(2000)));
    assert.equal(keySets, 3);
    allHad(401, await requestsDuring([first], sleep(500)));
    onlyAdmitted(await requestsDuring([second, third], sleep(2000)));
    assert.equal(await status(await token("https://invoices.example.com")), 401);
  });

  it("serves by the keys it has while the API server is down, and fails closed after their time", async () => {
    const unseen = await token();
    await plane.stop();
    const [header = "", claims = ""] = third.split(".");
    const forged = `${header}.${claims}.${unseen.split(".")[2]}`;
    onlyAdmitted(await requestsDuring([second, third, unseen], sleep(1000)));
    ahead += MINUTE;
    onlyAdmitted(await requestsDuring([second, third, unseen], sleep(2000)));
    assert.equal(await status(forged), 401);
    // Its key may be a new one, for all that is known.
    assert.equal(await status(first), 503);
    ahead += 10 * MINUTE;
    allHad(503, await requestsDuring([second, third, unseen, first], sleep(1000)));
  });
});
