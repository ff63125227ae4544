import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { observe } from "../../provider/components/options/observe";
import { allPairs, alone } from "../../provider/components/options/pairs";
import { over, type Tree } from "../../provider/components/options/row";
import { type RunnerKind, runners } from "../../provider/components/options/runners";
import { type BarePod, type KubernetesObject, kubernetesObjects, podsOf } from "./kubernetes-objects";
import { type StrictApi, startStrictApi } from "./strict-api";
import { awsAccess, webhookChanges } from "./webhook-change";

const { OIDC_RUNNER_FULL, OIDC_RUNNER_SEED = String(Date.now()) } = process.env;
const kubernetesRunner = runners[0]!;

/** Arguments of a runner, and what to call them. */
interface Trial {
  runner: RunnerKind;
  label: string;
  args: Tree;
  /** Name of the runner. Default: `deployer`. */
  name?: string;
}

const singles: Trial[] = runners.flatMap((runner) => [
  { runner, label: `${runner.name}: nothing`, args: {} },
  ...runner.rows.map((row) => ({ runner, label: `${runner.name}: ${row.label}`, args: alone(row) })),
]);
const pairs: Trial[] = allPairs().filter(({ refused }) => refused === undefined);
const third = pairs.filter(
  ({ label }) => createHash("sha256").update(`${OIDC_RUNNER_SEED} ${label}`).digest()[0]! % 3 === 0,
);

describe("lab/options: the API server's verdict on what runners make", () => {
  let api: StrictApi;
  before(async () => {
    api = await startStrictApi();
  });
  after(async () => await api?.stop());

  async function render({
    runner,
    label,
    args,
    name,
  }: Trial): Promise<{ objects: KubernetesObject[]; pods: BarePod[] }> {
    const { resources, refused } = await observe(runner, args, { name });
    assert.deepEqual(refused, [], label);
    const objects = kubernetesObjects(resources);
    const pods = podsOf(objects);
    assert.equal(pods.length, 1, `${label}: one workload`);
    return { objects, pods };
  }

  /** Renders runners and asks for verdicts at the same time. Returns all complaints, and how many pods had AWS access. */
  async function complaintsAbout(trials: readonly Trial[]): Promise<{ complaints: string[]; awsPods: number }> {
    const complaints: string[] = [];
    let awsPods = 0;
    let pending: Promise<void>[] = [];
    for (const [index, trial] of trials.entries()) {
      const { objects, pods } = await render(trial);
      for (const object of [...objects, ...pods]) {
        const note = (reason: string | undefined) => {
          if (reason !== undefined) complaints.push(`${trial.label}: ${object.kind}: ${reason}`);
        };
        pending.push(api.refusal(object).then(note, (error: unknown) => note(String(error))));
      }
      for (const pod of pods) {
        const access = awsAccess(pod);
        awsPods += access === undefined ? 0 : 1;
        if (access !== undefined && webhookChanges(pod, access)) {
          complaints.push(`${trial.label}: EKS's webhook would change the pod`);
        }
      }
      if (index % 50 === 49) {
        await Promise.all(pending);
        pending = [];
      }
    }
    await Promise.all(pending);
    return { complaints, awsPods };
  }

  it(`accepts objects and bare pod of every option alone (${singles.length}), and EKS's webhook would leave the pod alone`, async () => {
    const { complaints, awsPods } = await complaintsAbout(singles);
    assert.deepEqual(complaints, []);
    assert.ok(awsPods > 20, `${awsPods} pods with access to AWS`);
    assert.ok(api.sent() > 100, `${api.sent()} objects sent`);
  });

  const chosen = OIDC_RUNNER_FULL ? pairs : third;
  const count = `${chosen.length} of ${pairs.length}, seed ${OIDC_RUNNER_SEED}`;
  it(`accepts those of every pair of options that go together (${count}), and so would the webhook`, async () => {
    const { complaints, awsPods } = await complaintsAbout(chosen);
    assert.deepEqual(complaints, []);
    assert.ok(awsPods > 200, `${awsPods} pods with access to AWS`);
  });

  it("accepts those of runners whose names are long or no names in Kubernetes", async () => {
    const kinds = kubernetesRunner.rows.filter(({ label }) =>
      ["accessToken.expirationSeconds", "cronJob", "deployment", "agent.workerPodTemplate"].includes(label),
    );
    assert.equal(kinds.length, 4);
    const names = ["a".repeat(40), "nightly-".repeat(20), "Größe_1/prod", "7"];
    const trials = kinds.flatMap((row) =>
      names.map((name) => ({ runner: kubernetesRunner, label: `${name}: ${row.label}`, args: alone(row), name })),
    );
    assert.deepEqual((await complaintsAbout(trials)).complaints, []);
  });

  /** Verdicts on the workload and on its pod, with something merged into the pod's spec. */
  async function verdicts(spec: Tree): Promise<(string | undefined)[]> {
    const label = JSON.stringify(spec);
    const { objects, pods } = await render({ runner: kubernetesRunner, label, args: { podTemplate: { spec } } });
    const workloads = objects.filter(({ kind }) => kind === "Job");
    return await Promise.all([...workloads, ...pods].map((object) => api.refusal(object)));
  }

  const ours = (securityContext: Tree) => ({ containers: [{ name: "runner", securityContext }] });
  const privileged: [what: string, spec: Tree][] = [
    ["a privileged container", ours({ privileged: true, allowPrivilegeEscalation: true })],
    ["more privileges for a child", ours({ allowPrivilegeEscalation: true })],
    ["a capability", ours({ capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] } })],
    ["no seccomp profile", { securityContext: { seccompProfile: { type: "Unconfined" } } }],
    ["root", { securityContext: { runAsUser: 0 } }],
    ["whoever the image says", { securityContext: { runAsNonRoot: null } }],
    ["the host's files", { volumes: [{ name: "host", hostPath: { path: "/" } }] }],
    ["the host's network", { hostNetwork: true }],
    ["a sidecar without a security context", { containers: [{ name: "proxy", image: "proxy" }] }],
  ];
  for (const [what, spec] of privileged) {
    it(`refuses the pod, and not the Job, when a template wants ${what}`, async () => {
      const [job, pod] = await verdicts(spec);
      assert.equal(job, undefined);
      assert.match(String(pod), /violates PodSecurity "restricted:latest"/);
    });
  }

  it("refuses a misspelt field, and takes the one that was meant", async () => {
    for (const verdict of await verdicts({ terminationGracePeriodSecond: 45 })) {
      assert.match(String(verdict), /terminationGracePeriodSecond.*(not declared in schema|unknown field)/);
    }
    assert.deepEqual(await verdicts({ terminationGracePeriodSeconds: 45 }), [undefined, undefined]);
  });

  it("would complain of a pod that EKS's webhook changes", async () => {
    const [eks] = runners.filter(({ name }) => name === "EksOidcRunner");
    const trial = { runner: eks!, label: "roleArn", args: { aws: { role: {} } } };
    const { pods } = await render(trial);
    const [pod] = pods as [BarePod];
    const access = awsAccess(pod)!;
    assert.equal(webhookChanges(pod, access), false);
    const spec = { ...pod.spec, volumes: [] };
    assert.equal(webhookChanges({ ...pod, spec } as BarePod, access), true);
    assert.equal(awsAccess((await render({ ...trial, args: over({}, {}) })).pods[0]!), undefined);
  });
});
