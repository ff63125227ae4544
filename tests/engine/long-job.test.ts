import assert from "node:assert/strict";
import { fails, ok } from "./support/engine";
import { JobsStack, samplePods } from "./support/jobs";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";

const LABS = { eks: labOn("eks"), kubernetes: labOn("kubernetes") };

/** In a full run a Job longer than the ten minutes that the provider is documented to wait by itself, else a short one. */
const { deadline, script } = process.env.OIDC_RUNNER_FULL
  ? { deadline: 900, script: 660 }
  : { deadline: 300, script: 60 };

/**
 * A wait that ends before the Job does. Below a minute, because the official provider (pulumi/pulumi-kubernetes at
 * 94977969d641, provider/pkg/await/job.go, Await, and informers/factory.go) starts its timer again with every event, and looks
 * at every object again each minute: a longer wait for a Job never ends there.
 */
const SHORT_WAIT = "10";

const ARGS = { job: { activeDeadlineSeconds: deadline }, script: `sleep ${script}\necho slept\n` };

describe("long-job: a Job that runs for long, with the real engine", function () {
  // Against hangs only.
  this.timeout(3_600_000);
  const views: KubernetesView[] = [];
  const stacks: JobsStack[] = [];
  // What a test that failed left registered would fail the tests of other files as well.
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await Promise.all(stacks.map((stack) => stack.engine.destroy()));
  });
  after(() => Promise.all(views.map((view) => view.close())));

  /** A stack, and a look into its cluster. Two stacks can't register one issuer, so each has a cluster of its own. */
  async function stackOn(cluster: "eks" | "kubernetes", namespace: string) {
    const state = await LABS[cluster]();
    await makeNamespace(state, namespace);
    const stack = new JobsStack(state, namespace);
    await stack.engine.init();
    stacks.push(stack);
    const kubernetes = new KubernetesView(state);
    views.push(kubernetes);
    return { stack, kubernetes };
  }

  it("is waited for, is given up where the wait is too short, and then never runs twice [A2]", async () => {
    await Promise.all([waits(), isReplaced()]);
  });

  async function waits(): Promise<void> {
    const { stack, kubernetes } = await stackOn("eks", "long-job");
    await ok(stack.with({ args: ARGS }).up());
    const { job, log } = await kubernetes.job("long-job");
    assert.equal(job.status?.succeeded, 1);
    assert.match(log, /slept\n$/);
    await ok(stack.engine.destroy());
  }

  async function isReplaced(): Promise<void> {
    const namespace = "long-job-cut";
    const { stack, kubernetes } = await stackOn("kubernetes", namespace);
    assert.match(await fails(stack.with({ args: ARGS, wait: SHORT_WAIT }).up()), /timed out|Timeout/i);
    const { job: first, pods } = await kubernetes.job(namespace);
    assert.deepEqual(
      pods.map(({ status }) => status?.phase),
      ["Running"],
    );
    // What a preview can say of it: that it is replaced, for it is not complete.
    assert.match(await ok(stack.with({ args: ARGS }).preview(["--diff"])), /batch\/v1:Job: \(replace\)/);
    const second = stack.engine.up();
    const samples = await samplePods(kubernetes, namespace, second);
    await ok(second);
    assert.deepEqual(
      samples.filter((names) => names.length > 1),
      [],
    );
    // Both were seen, or there would have been nothing to see.
    assert.equal(new Set(samples.flat()).size, 2);
    const { job } = await kubernetes.job(namespace);
    assert.notEqual(job.metadata.uid, first.metadata.uid);
    assert.equal(job.status?.succeeded, 1);
    await ok(stack.engine.destroy());
  }

  it("is waited for as the runner's customTimeouts say, whatever its deadline is [A2]", async () => {
    const { stack, kubernetes } = await stackOn("kubernetes", "long-job-custom");
    const args = { ...ARGS, script: "sleep 60" };
    await fails(stack.with({ args, customTimeouts: { create: "10s" } }).up());
    const { job } = await kubernetes.job("long-job-custom");
    assert.equal(job.status?.succeeded ?? 0, 0);
    await ok(stack.engine.destroy());
  });
});
