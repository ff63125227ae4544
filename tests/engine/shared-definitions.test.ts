import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { assertOneDiagnostic, fails, ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud, requestsOf } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { organizationOn } from "./support/trust";

const labStarted = labOn("kubernetes");

const NAMESPACE = "shared-definitions";
const RUNNERS = Array.from({ length: 41 }, (_, index) => `runner-${index}`);

describe("runners that share a definition, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;

  const give = (namespace: string, runners: string[]) => {
    const { organization } = state.pulumiCloud;
    const rules = { aud: `urn:pulumi:org:${organization}`, sub: `system:serviceaccount:${namespace}:*` };
    engine.configure({
      common: JSON.stringify({ organization, caCertificates: readFileSync(state.ca, "utf8") }),
      issuerUrl: state.clusters[0]?.issuer ?? "",
      namespace: NAMESPACE,
      policies: JSON.stringify([{ decision: "allow", accessToken: { organization: {} }, rules }]),
      runners: JSON.stringify(runners),
    });
  };

  before(async () => {
    state = await organizationOn(await labStarted(), NAMESPACE);
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);
    const project = join(packageRoot(), "tests", "engine", "programs", "shared");
    // State written once is enough: between the steps it would take more time than they do.
    const env = { ...SHORT_WINDOW, PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
    engine = new Engine(state, { project, stack: NAMESPACE, env });
    await engine.init();
  });

  it("are not made of a definition for another namespace, and say what differs", async () => {
    give(`${NAMESPACE}-2`, ["runner-0"]);
    const output = await fails(engine.preview());
    assertOneDiagnostic(output, "TRUST_DOES_NOT_ADMIT");
    assert.match(output, /only the namespace differs: expected shared-definitions-2, got shared-definitions/);
    // Whether there is an issuer already is asked; nothing is written.
    assert.deepEqual(await requestsOf(state), ["GET oidc/issuers"]);
  });

  it("are more than 40 on one cluster with one definition, written once, and a pod gets its token", async () => {
    give(NAMESPACE, RUNNERS);
    await ok(engine.up());
    const requests = await requestsOf(state);
    const policies = requests.filter((request) => request.includes(" auth/policies/"));
    assert.deepEqual(
      policies.map((request) => request.split(" ")[0]),
      ["GET", "PATCH", "GET", "GET"],
    );
    const cloud = new PulumiCloud(state);
    const [issuer, ...more] = await cloud.issuers();
    assert.deepEqual(more, []);
    assert.deepEqual(
      (await cloud.definitions(issuer?.id ?? "")).map(({ decision, rules }) => [decision, rules.sub]),
      [["allow", `system:serviceaccount:${NAMESPACE}:*`]],
    );
    const jobs = await kubernetes.ours("Job", NAMESPACE);
    assert.equal(jobs.length, RUNNERS.length);
    // It ends well only when `pulumi whoami` in the pod did, which needs the access token.
    const done = jobs.filter(({ status }) => status?.succeeded === 1);
    assert.deepEqual(
      done.map(({ metadata }) => metadata.labels?.["app.kubernetes.io/instance"]),
      ["runner-0"],
    );
    const kinds = (await resourcesOf(engine)).filter(({ type }) => type.endsWith(":OidcPolicy"));
    assert.equal(kinds.length, 1);
  });

  it("have the scripts once in the state, and less than 30 kB each besides", async () => {
    const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
    const resources = await resourcesOf(engine);
    const scripts = resources.filter((resource) => bytes(resource) > 100_000);
    assert.deepEqual(
      scripts.map(({ urn }) => urn.split("::").pop()),
      [`${NAMESPACE}-entrypoint`],
    );
    const each = (bytes(resources) - bytes(scripts)) / RUNNERS.length;
    assert.ok(each < 30_000, `${each} bytes`);
  });

  after(async () => {
    await ok(engine.destroy());
    await kubernetes.close();
  });
});
