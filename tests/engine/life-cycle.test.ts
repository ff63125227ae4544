import assert from "node:assert/strict";
import type { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import type { PolicyDefinition } from "../../trust/policy/model";
import { assertOneDiagnostic, fails, ok, resourcesOf } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { type RunnerConfig, runnerConfig, runnerStack } from "./support/runner";

const labStarted = labOn("kubernetes");

const NAMESPACE = "life-cycle";
const NEIGHBOUR = "life-cycle-neighbour";
const SUBJECT = `system:serviceaccount:${NAMESPACE}:tested`;

/** A JSON Web Token or an access token of Pulumi Cloud, wherever it stands. */
const A_TOKEN = /eyJ[\w-]{10,}\.eyJ|pul-[0-9a-f]{16}/;

/** Definitions of others, with a field this version knows nothing of. */
const FOREIGN: PolicyDefinition[] = [
  {
    decision: "allow",
    tokenType: "team",
    teamName: "web",
    authorizedPermissions: [],
    rules: { sub: "repo:acme/web:*", aud: "urn:pulumi:org:lab" },
  },
  { decision: "deny", tokenType: "team", teamName: "x", authorizedPermissions: [], rules: { sub: "somebody-else" } },
];

const DENY: PolicyDefinition = {
  decision: "deny",
  tokenType: "organization",
  authorizedPermissions: [],
  rules: { sub: SUBJECT },
};

// One stack is taken through its life: each step begins where the one before ended.
describe("the life of a stack, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;
  let cloud: PulumiCloud;
  let issuerUrl: string;

  before(async () => {
    state = await labStarted();
    issuerUrl = state.clusters[0]?.issuer as string;
    cloud = new PulumiCloud(state);
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);
    await makeNamespace(state, NEIGHBOUR);
    engine = await runnerStack(state, "life", NAMESPACE, { args: { script: "echo first; pulumi whoami" } });
    await ok(engine.up());
  });
  after(() => kubernetes?.close());

  const configure = (wanted: RunnerConfig) => engine.configure(runnerConfig(state, NAMESPACE, wanted));
  const issuerId = async () => (await cloud.issuers()).find(({ url }) => url === issuerUrl)?.id as string;
  const subjects = async () => (await cloud.definitions(await issuerId())).map(({ rules }) => rules.sub);

  /** Name of the ConfigMap with the runner's script; the others are the namespace's. */
  const ownMap = async () => {
    const names = (await kubernetes.ours("ConfigMap", NAMESPACE)).map(({ metadata }) => metadata.name);
    const own = names.filter((name) => !name.startsWith(`${NAMESPACE}-entrypoint`));
    assert.equal(own.length, 1, names.join());
    return own[0];
  };

  it("a changed script runs the Job again, once, from a ConfigMap of its own", async () => {
    const { job: before, log } = await kubernetes.job(NAMESPACE);
    assert.match(log, /^first$/m);
    const oldMap = await ownMap();
    configure({ args: { script: "echo second; pulumi whoami" } });
    await ok(engine.up());
    const { job, pods, log: second } = await kubernetes.job(NAMESPACE);
    assert.notEqual(job.metadata.uid, before.metadata.uid);
    assert.equal(pods.length, 1, "one run, and nothing left of the run before");
    assert.match(second, /^second$/m);
    assert.notEqual(await ownMap(), oldMap);
  });

  it("a deny beside the allow fails a triggered run with the pod's own words, and the state keeps the Job", async () => {
    await cloud.change(await issuerId(), (current) => [...current, DENY]);
    const map = await ownMap();
    configure({ args: { script: "echo second; pulumi whoami", triggers: ["1"] } });
    const output = await fails(engine.up());
    assert.match(output, /\[Pod life-cycle\/tested-[\w-]+\]: \[Error\] /);
    // Kubernetes keeps the final 2 kB of a pod's log: the comparison is among them.
    assert.match(output, new RegExp(`ok +sub +${SUBJECT}$`, "m"));
    assert.match(output, /policy +expected: an allow/);
    assert.match(output, /policy +got: /);
    assert.doesNotMatch(output, A_TOKEN);
    const jobs = (await resourcesOf(engine)).filter(({ type }) => type === "kubernetes:batch/v1:Job");
    // The one before is kept until its replacement works.
    const job = jobs.find(({ delete: old }) => old !== true);
    assert.match((job?.initErrors ?? []).join("\n"), /policy +got: /);
    assert.doesNotMatch(JSON.stringify(job), A_TOKEN);
    assert.equal(await ownMap(), map, "a trigger is no new script");
  });

  it("with the deny gone the next up makes the Job anew, and a further one runs nothing", async () => {
    const failed = (await kubernetes.ours("Job", NAMESPACE)).find(({ status }) => status?.failed === 1);
    assert.ok(failed !== undefined);
    await cloud.change(await issuerId(), (current) => current.filter(({ decision }) => decision !== "deny"));
    await ok(engine.up());
    const { job, log } = await kubernetes.job(NAMESPACE);
    assert.notEqual(job.metadata.uid, failed.metadata.uid);
    assert.equal(job.status?.succeeded, 1);
    assert.match(log, /^second$/m);
    await ok(engine.up(["--expect-no-changes"]));
    assert.equal((await kubernetes.job(NAMESPACE)).job.metadata.uid, job.metadata.uid);
  });

  it("a definition removed behind its back comes back; those of others stay as they are", async () => {
    await cloud.change(await issuerId(), () => FOREIGN);
    await ok(engine.up(["--refresh"]));
    assert.deepEqual((await cloud.definitions(await issuerId())).slice(0, 2), FOREIGN);
    assert.deepEqual(await subjects(), ["repo:acme/web:*", "somebody-else", SUBJECT]);
  });

  it("a second stack on the cluster is told that the issuer exists, and harms nothing", async () => {
    const id = await issuerId();
    const definitions = await cloud.definitions(id);
    const second = await runnerStack(state, "second", NEIGHBOUR);
    assertOneDiagnostic(await fails(second.up()), "ISSUER_EXISTS");
    assert.equal(await issuerId(), id);
    assert.deepEqual(await cloud.definitions(id), definitions);

    // The fix that the line names: use it without owning it.
    const trust = { kubernetes: { issuerUrl }, adopt: true };
    second.configure(runnerConfig(state, NEIGHBOUR, { trust }));
    await ok(second.up());
    assert.equal((await kubernetes.job(NEIGHBOUR)).job.status?.succeeded, 1);
    assert.deepEqual((await cloud.definitions(id)).slice(0, definitions.length), definitions);
    await ok(second.destroy());
    assert.equal(await issuerId(), id, "destroy leaves what was adopted");
    assert.deepEqual(await cloud.definitions(id), definitions);
  });

  it("an issuer deleted behind its back is noticed by refresh and registered again by up", async () => {
    const id = await issuerId();
    await cloud.remove(id);
    await ok(engine.refresh());
    const types = (await resourcesOf(engine)).map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => type.startsWith("pulumi-nodejs:dynamic/oidc-runner:")),
      [],
    );
    await ok(engine.up());
    assert.notEqual(await issuerId(), id);
    assert.deepEqual(await subjects(), [SUBJECT]);
  });

  it("destroy takes all of it down", async () => {
    await ok(engine.destroy());
    assert.deepEqual(await cloud.issuers(), []);
    assert.deepEqual(await kubernetes.all(), []);
  });
});
