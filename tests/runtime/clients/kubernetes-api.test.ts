import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { globalAgent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { createCertificateAuthority } from "../../../lab/cluster";
import { serveTls } from "../../../lab/http";
import { kubernetesApi } from "../../../runtime";
import { createSigningKey } from "../../helpers/issuer";
import { refused, refusedLater } from "../../helpers/refused";
import { podClaims, signed } from "../support";

describe("the API server of a pod's cluster", () => {
  it("gets the pod's token over TLS of the cluster's authority, and no other server does", async () => {
    const authority = await createCertificateAuthority();
    const directory = await mkdtemp(join(tmpdir(), "credentials-"));
    const token = signed(await createSigningKey("ES256"), podClaims());
    await writeFile(join(directory, "token"), token);
    await writeFile(join(directory, "ca.crt"), authority.certificatePem);
    const app = new Hono()
      .get("/openid/v1/jwks", (call) => call.json({ authorization: call.req.header("authorization") }))
      .post("/echo", async (call) => call.text(await call.req.text(), 201));
    const server = await serveTls(app.fetch, await authority.issue({ commonName: "API server" }));
    const strangers = await createCertificateAuthority();
    const stranger = await serveTls(app.fetch, await strangers.issue({ commonName: "x" }));
    const { ca } = globalAgent.options;
    try {
      // What the rest of the program trusts has no say here.
      globalAgent.options.ca = strangers.certificatePem;
      const api = kubernetesApi({ url: server.url, credentials: directory });
      assert.equal(api.url, server.url);
      const answer = await api.fetch(`${server.url}/openid/v1/jwks`, {});
      assert.deepEqual(await answer.json(), { authorization: `Bearer ${token}` });
      const echo = await api.fetch(`${server.url}/echo`, { method: "POST", body: "text" });
      assert.deepEqual([echo.status, await echo.text()], [201, "text"]);
      await refusedLater(api.fetch(`${stranger.url}/openid/v1/jwks`, {}), "ORIGIN_FOREIGN");
      const other = kubernetesApi({ url: stranger.url, credentials: directory });
      await assert.rejects(
        other.fetch(`${stranger.url}/openid/v1/jwks`, {}),
        /certificate|self-signed|unable to verify/,
      );
    } finally {
      globalAgent.options.ca = ca;
      await Promise.all([server.close(), stranger.close(), rm(directory, { recursive: true })]);
    }
  });

  it("is found by the variables of every pod", () => {
    const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env;
    try {
      Object.assign(process.env, { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "6443" });
      assert.equal(kubernetesApi().url, "https://10.96.0.1:6443");
      process.env.KUBERNETES_SERVICE_HOST = "fd00::1";
      assert.equal(kubernetesApi().url, "https://[fd00::1]:6443");
      delete process.env.KUBERNETES_SERVICE_HOST;
      refused(() => kubernetesApi(), "OPTION_MISSING", "url");
    } finally {
      for (const [name, value] of Object.entries({ KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});
