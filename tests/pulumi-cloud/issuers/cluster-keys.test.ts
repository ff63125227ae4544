import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { createCertificateAuthority } from "../../../lab/cluster/pki";
import { clusterKeys } from "../../../pulumi-cloud/issuers/cluster-keys";
import { refusedLater } from "../../helpers/refused";
import { type ClusterStub, startClusterStub } from "../support/cluster-stub";

const URL = "https://kubernetes.default.svc.cluster.local";
const KEYS = { keys: [{ kty: "EC", kid: "1", use: "sig", alg: "ES256", crv: "P-256", x: "x", y: "y" }] };

describe("pulumi-cloud/issuers/cluster-keys", () => {
  const saved = process.env.KUBECONFIG;
  let cluster: ClusterStub;
  let kubeconfig: string;

  beforeEach(async () => {
    cluster = await startClusterStub(URL, KEYS);
    kubeconfig = cluster.write("kubeconfig");
  });
  afterEach(async () => {
    delete process.env.KUBECONFIG;
    Object.assign(process.env, saved === undefined ? {} : { KUBECONFIG: saved });
    await cluster.stop();
  });

  it("reads the keys of the cluster that a kubeconfig names", async () => {
    assert.deepEqual(await clusterKeys({ kubeconfig }, URL), KEYS);
    process.env.KUBECONFIG = kubeconfig;
    assert.deepEqual(await clusterKeys({}, URL), KEYS);
    assert.deepEqual(await clusterKeys({ context: "stub" }, URL), KEYS);
  });

  it("uses the context that is asked for, not the current one", async () => {
    const other = parse(readFileSync(kubeconfig, "utf8")) as { "current-context": string; contexts: object[] };
    other.contexts.push({ name: "elsewhere", context: { cluster: "none", user: "stub" } });
    writeFileSync(kubeconfig, stringify({ ...other, "current-context": "elsewhere" }));
    await refusedLater(clusterKeys({ kubeconfig }, URL), "KUBECONFIG_INVALID");
    assert.deepEqual(await clusterKeys({ kubeconfig, context: "stub" }, URL), KEYS);
    const error = await refusedLater(clusterKeys({ kubeconfig, context: "typo" }, URL), "KUBECONFIG_INVALID");
    assert.equal(error.where, "jwksFromCluster.context");
  });

  it("refuses the keys of a cluster that is another issuer, and says what to write", async () => {
    for (const url of [`${URL}/`, "https://other.example.com"]) {
      const error = await refusedLater(clusterKeys({ kubeconfig }, url), "CLUSTER_ISSUER_MISMATCH");
      assert.ok(error.fix?.includes(`"${URL}"`));
    }
  });

  it("refuses what an API server says that is no key set", async () => {
    cluster.keys = { keys: [] };
    await refusedLater(clusterKeys({ kubeconfig }, URL), "JWKS_INVALID");
    cluster.keys = { keys: [{ ...KEYS.keys[0], d: "d" }] };
    await refusedLater(clusterKeys({ kubeconfig }, URL), "JWKS_PRIVATE");
    cluster.body = "<html>";
    await refusedLater(clusterKeys({ kubeconfig }, URL), "CLUSTER_KEYS_UNREADABLE");
  });

  it("tells why the API server gave none, without the token", async () => {
    for (const status of [401, 403, 500]) {
      cluster.status = status;
      const error = await refusedLater(clusterKeys({ kubeconfig }, URL), "CLUSTER_KEYS_UNREADABLE");
      assert.match(error.message, new RegExp(`status ${status}`));
      assert.match(error.fix ?? "", /system:service-account-issuer-discovery/);
    }
    delete cluster.status;
    const wrong = cluster.write("wrong-token", { token: "nobody" });
    assert.match(
      (await refusedLater(clusterKeys({ kubeconfig: wrong }, URL), "CLUSTER_KEYS_UNREADABLE")).message,
      /401/,
    );
    const gone = cluster.write("gone", { server: "https://127.0.0.1:1" });
    const error = await refusedLater(clusterKeys({ kubeconfig: gone }, URL), "CLUSTER_KEYS_UNREADABLE");
    assert.match(error.message, /ECONNREFUSED/);
    assert.ok(!error.message.includes(cluster.kubeconfig.token));
  });

  it("believes only the server that the kubeconfig's authority vouches for", async () => {
    const { certificatePem: ca } = await createCertificateAuthority();
    const impostor = cluster.write("impostor", { ca });
    await refusedLater(clusterKeys({ kubeconfig: impostor }, URL), "CLUSTER_KEYS_UNREADABLE");
    const careless = parse(readFileSync(kubeconfig, "utf8")) as { clusters: { cluster: object }[] };
    Object.assign(careless.clusters[0]?.cluster ?? {}, { "insecure-skip-tls-verify": true });
    writeFileSync(kubeconfig, stringify(careless));
    const error = await refusedLater(clusterKeys({ kubeconfig }, URL), "KUBECONFIG_INVALID");
    assert.match(error.message, /does not verify/);
    const plain = cluster.write("plain", { server: cluster.kubeconfig.server.replace("https", "http") });
    await refusedLater(clusterKeys({ kubeconfig: plain }, URL), "KUBECONFIG_INVALID");
  });

  it("says of a kubeconfig that can't be read what is wrong, and quotes nothing", async () => {
    const missing = await refusedLater(clusterKeys({ kubeconfig: "/does/not/exist" }, URL), "KUBECONFIG_INVALID");
    assert.match(missing.message, /ENOENT/);
    const broken = join(cluster.directory, "broken");
    writeFileSync(broken, `users:\n- name: me\n  user: {token: secret-token\nclusters: [`);
    const error = await refusedLater(clusterKeys({ kubeconfig: broken }, URL), "KUBECONFIG_INVALID");
    assert.doesNotMatch(error.message, /secret-token/);
    assert.equal(error.cause, undefined);
  });

  it("names the package that is missing, and no other fault so", async () => {
    const missing = (name: string) => () =>
      Promise.reject(
        Object.assign(new Error(`Cannot find package '${name}' imported from x`), { code: "ERR_MODULE_NOT_FOUND" }),
      );
    const error = await refusedLater(
      clusterKeys({ kubeconfig }, URL, missing("@kubernetes/client-node")),
      "PEER_MISSING",
    );
    assert.equal(error.fix, "npm install @kubernetes/client-node");
    await assert.rejects(clusterKeys({ kubeconfig }, URL, missing("js-yaml")), { code: "ERR_MODULE_NOT_FOUND" });
    // The real thing, from where it is not installed.
    await assert.rejects(
      import("@kubernetes/client-none" as string),
      (reason: { code: string; message: string }) =>
        reason.message.includes("'@kubernetes/client-none'") && /MODULE_NOT_FOUND$/.test(reason.code),
    );
  });
});
