import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exampleNamed } from "../../../cli/examples";
import { describeLab } from "../../../cli/lab/describe";
import { Engine } from "../../../lab/engine/engine";
import type { JournalEntry } from "../../../lab/http/journal";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { ok } from "../../engine/support/engine";
import { control } from "../../engine/support/http";
import { copyNeeds, type PodTemplate, type ProbeOutcome, templateOf } from "../cloud-runner/runner-pod";
import { type GcpLab, startGcpLab } from "./gcp-lab";
import { claim, type ProbeOptions, probe } from "./probe";

/** Namespaces of the example, and of nobody's runner. */
const EXAMPLE = "pulumi-gke";
const ELSEWHERE = "elsewhere";
const BOTH_REFUSED = /^access token refused: 403\nID token refused: 403\n$/;

describe("Google from inside of a runner's pod, with Google's own library", () => {
  let lab: GcpLab;
  /** The pod of the GKE example, and the service account that was made for it. */
  let example: PodTemplate;
  let email: string;
  let probes = 0;

  before(async () => {
    lab = await startGcpLab();
    const { state, own, foreign } = lab;
    const { directory, config } = exampleNamed("gke");
    const engine = new Engine(state, { project: join(packageRoot(), directory), config: config(state) });
    await engine.init();
    await ok(engine.up());
    email = ((await engine.outputs()) as { serviceAccountEmail: string }).serviceAccountEmail;
    example = await templateOf(own, EXAMPLE);
    const from = { client: own, namespace: EXAMPLE };
    await own.post(`/api/v1/namespaces/${EXAMPLE}/serviceaccounts`, { metadata: { name: "neighbour" } });
    await copyNeeds(example, from, { client: own, namespace: ELSEWHERE });
    await copyNeeds(example, from, { client: foreign, namespace: EXAMPLE });
    const name = example.spec.serviceAccountName;
    await claim(email, { ...from, name: "claimant" });
    await claim(email, { client: own, namespace: ELSEWHERE, name });
    await claim(email, { client: foreign, namespace: EXAMPLE, name });
  });
  after(() => lab?.stop());

  const run = (namespace: string, options: Partial<ProbeOptions> = {}) =>
    probe(example, `probe-${probes++}`, {
      ...{ client: lab.own, namespace, oauthUrl: new URL(lab.state.gcp.jwksUrl).origin },
      ...options,
    });
  const fails = ({ exitCode, log }: ProbeOutcome, refusal: RegExp) => {
    assert.equal(exitCode, 3, log);
    assert.match(log, refusal);
  };
  const metadata = async () =>
    (await control<{ requests: JournalEntry[] }>(lab.state, "GET", "/gcp/metadata/requests")).body.requests;

  it("describes the lab's Google", () => {
    const { gcp } = describeLab(lab.state);
    assert.deepEqual(gcp, lab.state.gcp);
    const { metadataUrl, ...services } = gcp;
    assert.match(metadataUrl ?? "", /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(Object.keys(services), ["stsUrl", "iamCredentialsUrl", "jwksUrl"]);
    for (const url of Object.values(services)) assert.match(url, /^https:\/\/127\.0\.0\.1:\d+(\/oauth2\/v3\/certs)?$/);
  });

  it("gets access and ID tokens of the bound service account, after the exchange at Pulumi Cloud", async () => {
    const { exitCode, log } = await run(EXAMPLE);
    assert.equal(exitCode, 0, log);
    assert.match(log, /^oidc-runner: exchanged this pod's token /m);
    assert.ok(log.includes(`this pod's Google identity: ${email} `), log);
    assert.ok(log.endsWith(`access token of ${email}\nID token of ${email}\n`), log);
  });

  it("is refused as a neighbour that claims the account, in another namespace, and in another project's cluster", async () => {
    const bare = { bare: true };
    const [good, claimant, elsewhere, otherCluster] = await Promise.all([
      run(EXAMPLE, bare),
      run(EXAMPLE, { ...bare, serviceAccountName: "claimant" }),
      run(ELSEWHERE, bare),
      run(EXAMPLE, { ...bare, client: lab.foreign }),
    ]);
    assert.equal(good.exitCode, 0, good.log);
    for (const outcome of [claimant, elsewhere, otherCluster]) fails(outcome, BOTH_REFUSED);
  });

  it("is nobody but itself as a neighbour that claims nothing", async () => {
    const neighbour = await run(EXAMPLE, { bare: true, serviceAccountName: "neighbour" });
    fails(neighbour, /^access token of the workload itself\nID token refused: 404\n$/);
  });

  it("waits for a metadata server that is not ready at first", async () => {
    await control(lab.state, "POST", "/gcp/metadata/switches", { notReadySeconds: 5 });
    await control(lab.state, "DELETE", "/gcp/metadata/requests");
    const { exitCode, log } = await run(EXAMPLE);
    await control(lab.state, "POST", "/gcp/metadata/switches", { notReadySeconds: 0 });
    assert.equal(exitCode, 0, log);
    assert.ok(log.endsWith(`access token of ${email}\nID token of ${email}\n`), log);
    const statuses = (await metadata()).map(({ status }) => status);
    const dropped = statuses.lastIndexOf(0);
    assert.ok(dropped >= 0, "no connection was dropped");
    // The entrypoint asked until it was answered; nothing that came after was dropped.
    assert.ok(statuses.slice(0, dropped).every((status) => status === 0));
    assert.equal(statuses[dropped + 1], 200);
  });

  it("leaves no metadata server behind for pods that have ended", async () => {
    const outside = { namespace: "default", serviceAccountName: "default" };
    for (;;) {
      const { body } = await control<{ workloads: object[] }>(lab.state, "GET", "/gcp/metadata/servers");
      assert.deepEqual(body.workloads[0], outside);
      // The node takes a pod's server down just after it has told the pod's end; a server left open fails by timeout.
      if (body.workloads.length === 1) break;
      await sleep(100);
    }
  });

  it("is refused from the moment the binding is gone", async () => {
    const resource = `projects/-/serviceAccounts/${email}`;
    const member = `serviceAccount:lab-project.svc.id.goog[${EXAMPLE}/${example.spec.serviceAccountName}]`;
    const grant = { resource, role: "roles/iam.workloadIdentityUser", member };
    const removed = await control(lab.state, "POST", "/resources/gcp/grants/remove", grant);
    assert.equal(removed.status, 204);
    fails(await run(EXAMPLE, { bare: true }), BOTH_REFUSED);
  });
});
