import assert from "node:assert/strict";
import { join } from "node:path";
import { exampleNamed } from "../../cli/examples";
import { freePorts } from "../../lab/cluster";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok } from "./support/engine";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

describe("a service whose tokens the API server reviews, with the real engine", () => {
  const CALLERS = "reviewed-callers";
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;
  let url: string;
  let audience: string;

  before(async () => {
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, CALLERS);
    const [port] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    const { image = "" } = exampleNamed("verified-service").config(state);
    const config = { image, port: String(port), issuerUrl: state.clusters[0]?.issuer ?? "" };
    engine = new Engine(state, {
      project: join(packageRoot(), "tests", "engine", "programs", "reviewed-service"),
      config,
    });
    await engine.init();
    await ok(engine.up());
    audience = String((await engine.outputs()).audience);
  });
  after(() => kubernetes?.close());

  const accounts = `/api/v1/namespaces/${CALLERS}/serviceaccounts`;
  const made = async (name: string) => {
    await kubernetes.client.post(accounts, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { audiences: [audience] } };
    const answer = await kubernetes.client.post<{ status: { token: string } }>(`${accounts}/${name}/token`, request);
    return answer.status.token;
  };
  /** Status of a request, once the server listens: the lab runs no readiness probes. */
  const ask = async (token: string): Promise<number> => {
    for (let left = 100; ; left -= 1) {
      try {
        return (await fetch(`${url}/private`, { headers: { authorization: `Bearer ${token}` } })).status;
      } catch (error) {
        if (left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };

  it("lets the listed ServiceAccount in and no other, and refuses its token once it is deleted", async () => {
    const [listed, other] = [await made("listed"), await made("other")];
    assert.deepEqual([await ask(listed), await ask(other)], [200, 403]);
    await kubernetes.client.delete(`${accounts}/listed`, {});
    // The API server remembers for seconds which tokens were good.
    for (let left = 300; left > 0 && (await ask(listed)) === 200; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(await ask(listed), 401);
  });

  it("gives the server's ServiceAccount the right to reviews and no other", async () => {
    const { serviceAccountName } = await engine.outputs();
    const user = `system:serviceaccount:reviewed:${String(serviceAccountName)}`;
    const may = async (verb: string, group: string, resource: string) => {
      const spec = { user, groups: ["system:serviceaccounts"], resourceAttributes: { verb, group, resource } };
      const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec };
      const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
      return (await kubernetes.client.post<{ status: { allowed: boolean } }>(path, review)).status.allowed;
    };
    assert.equal(await may("create", "authentication.k8s.io", "tokenreviews"), true);
    assert.equal(await may("create", "authorization.k8s.io", "subjectaccessreviews"), false);
    assert.equal(await may("get", "", "secrets"), false);
    assert.equal(await may("list", "", "pods"), false);
  });

  it("has nothing to change afterwards, and leaves no role behind", async () => {
    await ok(engine.up(["--expect-no-changes"]));
    await ok(engine.destroy());
    const roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    const query = { labelSelector: "app.kubernetes.io/name=verified-service" };
    const { items } = await kubernetes.client.get<{ items: unknown[] }>(roles, { query });
    assert.deepEqual(items, []);
  });
});
