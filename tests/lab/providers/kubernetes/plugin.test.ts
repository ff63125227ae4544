import assert from "node:assert/strict";
import { secret } from "../../../../plugin/server/values";
import { type PluginError, PluginProcess } from "../../../helpers/plugin-process";
import { FakeKubernetes } from "../fake-kubernetes";

const URN = "urn:pulumi:s::p::kubernetes:batch/v1:Job::runner";
const COMPLETE = { startTime: "t", conditions: [{ type: "Complete", status: "True" }] };
const FAILED = {
  startTime: "t",
  conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too many retries" }],
};

function job(metadata: object = {}) {
  const container = { name: "c", image: "i", env: [{ name: "T", value: secret("hush-hush") }] };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "runner", ...metadata },
    spec: { selector: { matchLabels: { job: "runner" } }, template: { spec: { containers: [container] } } },
  };
}

describe("the kubernetes plugin", () => {
  const api = new FakeKubernetes();
  let plugin: PluginProcess;

  before(async () => {
    await api.start();
    plugin = await PluginProcess.start("kubernetes", { KUBECONFIG: "" }, { kubeconfig: secret(api.kubeconfig) });
  });

  after(async () => {
    assert.equal(await plugin.close(), "SIGKILL");
    assert.deepEqual(plugin.stderr, []);
    api.stop();
  });

  beforeEach(() => {
    api.jobs.clear();
    api.jobStatus = COMPLETE;
    api.pods = [];
    api.requests.length = 0;
  });

  const check = async (news: object) =>
    PluginProcess.struct(await plugin.call("check", "CheckRequest", { Urn: URN, News: news, Olds: {} }), "Inputs");
  const create = async (inputs: object, more: object = {}) =>
    (await plugin.call("create", "CreateRequest", { Urn: URN, Properties: inputs, ...more })) as Record<
      string,
      unknown
    > & {
      getId(): string;
    };
  const diff = async (inputs: object) =>
    (await plugin.call("diff", "DiffRequest", {
      ...{ Id: "team/runner", Urn: URN, Olds: inputs, OldInputs: inputs, News: inputs },
    })) as unknown as { getReplacesList(): string[]; getChanges(): number; getDeletebeforereplace(): boolean };

  it("puts objects into the kubeconfig's namespace and keeps secrets wrapped", async () => {
    const inputs = await check(job());
    const made = await create(inputs);
    assert.equal(made.getId(), "team/runner");
    const outputs = PluginProcess.struct(made, "Properties") as ReturnType<typeof job>;
    assert.deepEqual(outputs.spec.template.spec.containers[0]?.env[0]?.value, secret("hush-hush"));
    const stored = api.jobs.get("runner") as unknown as ReturnType<typeof job>;
    assert.equal(stored.spec.template.spec.containers[0]?.env[0]?.value, "hush-hush");
    const [post] = api.requests.filter((request) => request.startsWith("POST"));
    assert.match(String(post), /\?fieldManager=pulumi-kubernetes-[0-9a-f]{8}&fieldValidation=Strict$/);
  });

  it("refuses to create what exists, but not in a preview, where it may be about to go", async () => {
    const inputs = await check(job());
    await create(inputs);
    await assert.rejects(create(inputs), { details: /jobs "runner" already exists/ });
    assert.equal((await create(inputs, { Preview: true })).getId(), "");
  });

  it("waits with a create for an old object that is being deleted", async () => {
    api.dying = 2;
    assert.equal((await create(await check(job()))).getId(), "team/runner");
    assert.equal(api.requests.filter((request) => request.startsWith("POST")).length, 3);
  });

  it("keeps a failed Job with its reasons and its pod's message, but no secret", async () => {
    api.jobStatus = FAILED;
    const state = { terminated: { exitCode: 3, reason: "Error", message: "token hush-hush was refused" } };
    api.pods = [
      { metadata: { name: "runner-1", namespace: "team" }, status: { containerStatuses: [{ name: "c", state }] } },
    ];
    const inputs = await check(job());
    await assert.rejects(create(inputs), ({ initFailed }: PluginError) => {
      assert.equal(initFailed?.id, "team/runner");
      assert.deepEqual(initFailed.reasons, [
        "Resource 'runner' was created but failed to initialize",
        "[BackoffLimitExceeded] too many retries",
        "[Pod team/runner-1]: [Error] token [secret] was refused",
      ]);
      assert.equal((initFailed.properties.metadata as { uid: string }).uid, "uid-1");
      return true;
    });
  });

  it("does not wait where told so, and no longer than told", async () => {
    api.jobStatus = { startTime: "t", active: 1 };
    const annotations = { "pulumi.com/skipAwait": "true" };
    await create(await check(job({ annotations })));
    api.jobs.clear();
    await assert.rejects(create(await check(job()), { Timeout: 0.01 }), ({ initFailed }: PluginError) => {
      assert.equal(initFailed?.reasons[0], "'runner' timed out waiting to be Ready");
      assert.match(String(initFailed?.reasons[1]), /^the Job is not complete \(active: 1/);
      return true;
    });
  });

  it("runs an annotated Job again until it completed, and another one never", async () => {
    const annotated = await check(job({ annotations: { "pulumi.com/replaceUnready": "true" } }));
    const plain = await check(job());
    await create(annotated);
    assert.equal((await diff(annotated)).getChanges(), 1);
    api.jobs.get("runner")!.status = FAILED;
    const again = await diff(annotated);
    assert.deepEqual(again.getReplacesList(), ['metadata.annotations["pulumi.com/replaceUnready"]']);
    assert.ok(again.getDeletebeforereplace());
    assert.equal((await diff(plain)).getChanges(), 1);
  });

  it("sees what is gone, and deletes what is there", async () => {
    const inputs = await check(job());
    const state = PluginProcess.struct(await create(inputs), "Properties");
    const fields = { Id: "team/runner", Urn: URN, Properties: state };
    const read = async () =>
      (await plugin.call("read", "ReadRequest", { ...fields, Inputs: inputs })) as unknown as { getId(): string };
    assert.equal((await read()).getId(), "team/runner");
    await plugin.call("delete", "DeleteRequest", fields);
    assert.equal(api.jobs.size, 0);
    assert.equal((await read()).getId(), "");
    await plugin.call("delete", "DeleteRequest", fields);
  });
});
