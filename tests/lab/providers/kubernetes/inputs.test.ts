import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { withDrift } from "../../../../lab/providers/kubernetes/drift";
import { clusterAccess } from "../../../../lab/providers/kubernetes/kubeconfig";
import { withName } from "../../../../lab/providers/kubernetes/names";
import { fromTypeToken } from "../../../../lab/providers/kubernetes/type-token";
import { secret } from "../../../../plugin/server/values";

const seed = Buffer.from("seed");

describe("names of Kubernetes objects", () => {
  it("are made once and kept", () => {
    const made = withName({ kind: "ConfigMap" }, {}, "cm", seed);
    const { name, annotations } = made.metadata as { name: string; annotations: object };
    assert.match(name, /^cm-[0-9a-f]{8}$/);
    assert.deepEqual(annotations, { "pulumi.com/autonamed": "true" });
    assert.deepEqual(withName({ kind: "ConfigMap" }, made, "cm", Buffer.from("other")), made);
    assert.notDeepEqual(withName({ kind: "ConfigMap" }, {}, "cm", Buffer.from("other")), made);
  });

  it("are left as given", () => {
    for (const metadata of [{ name: "mine" }, { generateName: "mine-" }]) {
      assert.deepEqual(withName({ metadata }, {}, "cm", seed), { metadata });
    }
    const renamed = withName({ metadata: {} }, { metadata: { name: "given" } }, "cm", seed);
    assert.notEqual((renamed.metadata as { name: string }).name, "given");
  });
});

describe("drift", () => {
  it("is what the server would change back, not how it spells or completes a value", () => {
    const inputs = { spec: { cpu: "0.5", keep: 1 }, data: secret({ a: "x" }) };
    const desired = { spec: { cpu: "500m", keep: 1, defaulted: true }, data: { a: "x" }, status: 1 };
    assert.deepEqual(withDrift(inputs, desired, { ...desired, status: 2 }), inputs);
    const changed = { ...desired, spec: { ...desired.spec, keep: 2 } };
    assert.deepEqual(withDrift(inputs, desired, changed), { ...inputs, spec: { cpu: "0.5", keep: 2 } });
  });

  it("keeps secrets wrapped, and drops what is gone", () => {
    assert.deepEqual(withDrift({ data: secret({ a: "x" }) }, { data: { a: "x" } }, { data: { a: "y" } }), {
      data: secret({ a: "y" }),
    });
    assert.deepEqual(withDrift({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 2 } }, { a: { b: 1 } }), { a: { b: 1 } });
  });
});

describe("type tokens", () => {
  it("name API version and kind", () => {
    assert.deepEqual(fromTypeToken("kubernetes:core/v1:ConfigMap"), { apiVersion: "v1", kind: "ConfigMap" });
    assert.deepEqual(fromTypeToken("kubernetes:batch/v1:Job"), { apiVersion: "batch/v1", kind: "Job" });
    for (const type of [
      "kubernetes:helm.sh/v3:Release",
      "kubernetes:core/v1:ConfigMapPatch",
      "kubernetes:core/v1:PodList",
    ]) {
      assert.throws(() => fromTypeToken(type), { code: "LAB_UNSUPPORTED_RESOURCE" }, type);
    }
  });
});

describe("kubeconfig", () => {
  const config = (user: object = { token: "t" }, context: object = {}) =>
    JSON.stringify({
      "current-context": "x",
      contexts: [{ name: "x", context: { cluster: "c", user: "u", ...context } }],
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1/", "certificate-authority-data": "Y2E=" } }],
      users: [{ name: "u", user }],
    });
  const access = { server: "https://127.0.0.1:1", ca: "ca", token: "t", namespace: "default" };

  it("is content, a path, or in the environment", () => {
    const directory = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
    try {
      const file = path.join(directory, "config");
      writeFileSync(file, config({ token: "t" }, { namespace: "team" }));
      assert.deepEqual(clusterAccess({ kubeconfig: config() }, {}), access);
      assert.deepEqual(clusterAccess({ kubeconfig: file }, {}), { ...access, namespace: "team" });
      assert.deepEqual(clusterAccess({}, { KUBECONFIG: file }), { ...access, namespace: "team" });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("is never guessed, and its secrets are not quoted", () => {
    assert.throws(() => clusterAccess({}, { HOME: "/" }), { code: "KUBECONFIG_MISSING" });
    assert.throws(() => clusterAccess({ kubeconfig: "/nowhere" }, {}), { code: "KUBECONFIG_UNREADABLE" });
    assert.throws(() => clusterAccess({ kubeconfig: config(), context: "y" }, {}), { code: "KUBECONFIG_INVALID" });
    assert.throws(() => clusterAccess({ kubeconfig: config({ exec: {} }) }, {}), { code: "KUBECONFIG_INVALID" });
    const broken = "users: [{user: {token: hush}}\n  bad: [";
    assert.throws(
      () => clusterAccess({ kubeconfig: broken }, {}),
      (error: Error) => !error.message.includes("hush"),
    );
  });
});
