import assert from "node:assert/strict";
import type { LabState } from "../../lab/types";
import { fails, ok } from "./support/engine";
import { type JobsConfig, JobsStack } from "./support/jobs";
import { KubernetesView, makeNamespace, type ObjectView } from "./support/kubernetes";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

const NAMESPACE = "run-again";

interface JobView extends ObjectView {
  spec: { activeDeadlineSeconds: number; template: PodView };
}
interface PodView {
  metadata: { labels: Record<string, string> };
  spec: { containers: { image: string }[]; volumes: { projected?: { sources: { configMap?: { name: string } }[] } }[] };
}

// One stack is taken through its life: each step begins where the one before ended.
describe("a Job that has ended, with the real engine", () => {
  let stack: JobsStack;
  let kubernetes: KubernetesView;
  /** The Job that ran first. */
  let first: JobView;
  let config: JobsConfig = { args: { script: "echo done\n" } };

  before(async () => {
    const state: LabState = await labStarted();
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);
    stack = new JobsStack(state, NAMESPACE);
    await stack.engine.init();
    await ok(stack.with(config).up());
    first = await jobNow();
  });
  after(() => kubernetes?.close());

  const jobNow = async () => (await kubernetes.job(NAMESPACE)).job as JobView;
  /** Names of the ConfigMaps that its pods read: the scripts', and its own. */
  const configMapsOf = ({ spec }: JobView) =>
    spec.template.spec.volumes.flatMap(({ projected }) =>
      (projected?.sources ?? []).flatMap(({ configMap }) => configMap?.name ?? []),
    );
  /** Changes the runner's arguments or the package for good. */
  const changed = ({ args, ...more }: JobsConfig) => {
    config = { ...config, ...more, args: { ...config.args, ...args } };
    return stack.with(config);
  };

  it("is not run again by another version of this package [A13]", async () => {
    const preview = await ok(changed({ nextVersion: true }).preview(["--diff"]));
    assert.match(preview, /core\/v1:ConfigMap: \(replace\[retain\]\)/);
    assert.doesNotMatch(preview, /batch\/v1:Job/);
    await ok(stack.engine.up());
    const job = await jobNow();
    assert.equal(job.metadata.uid, first.metadata.uid);
    const read = configMapsOf(job);
    assert.deepEqual(read, configMapsOf(first));
    // The scripts that its pod had stay, beside their owner, the new ones and its own file, for pods that begin late.
    const names = (await kubernetes.ours("ConfigMap", NAMESPACE)).map(({ metadata }) => metadata.name);
    assert.equal(names.length, 4);
    assert.ok(
      read.every((name) => names.includes(name)),
      names.join(),
    );
  });

  it("is not run again by labels, which it gets, nor by its settings and where it runs [A13]", async () => {
    const nodeSelector = { "kubernetes.io/os": "linux" };
    await ok(changed({ args: { labels: { team: "web" }, job: { activeDeadlineSeconds: 5000 }, nodeSelector } }).up());
    const job = await jobNow();
    assert.equal(job.metadata.uid, first.metadata.uid);
    assert.equal(job.metadata.labels?.team, "web");
    assert.equal(job.spec.activeDeadlineSeconds, 3600);
  });

  it("shows no drift [A13]", async () => {
    assert.match(await ok(stack.engine.refresh(["--diff"])), /\bunchanged\b/);
    await ok(stack.engine.preview(["--expect-no-changes"]));
  });

  it("is run again by a change of what it does, with all that changed meanwhile [A13]", async () => {
    await ok(changed({ args: { env: { STAGE: "prod" } } }).up());
    const job = await jobNow();
    assert.notEqual(job.metadata.uid, first.metadata.uid);
    const [scripts, own] = configMapsOf(job);
    assert.notEqual(scripts, configMapsOf(first)[0]);
    assert.equal(own, configMapsOf(first)[1]);
    assert.equal(job.spec.activeDeadlineSeconds, 5000);
    assert.equal(job.spec.template.metadata.labels.team, "web");
    assert.match(String(job.spec.template.spec.containers[0]?.image), /3\.251\.0/);
    await ok(stack.engine.preview(["--expect-no-changes"]));
  });

  it("is run again if it failed, without any change", async () => {
    await fails(changed({ args: { script: "exit 3\n" } }).up());
    const failed = await jobNow();
    assert.equal(failed.status?.failed, 1);
    await fails(stack.engine.up());
    assert.notEqual((await jobNow()).metadata.uid, failed.metadata.uid);
    await ok(changed({ args: { script: "echo done\n" } }).up());
    await ok(stack.engine.destroy());
    assert.deepEqual(
      (await kubernetes.all()).filter((line) => line.includes(` ${NAMESPACE}/`)),
      [],
    );
  });
});
