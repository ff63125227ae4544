import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineResult } from "../../lab/engine/engine";
import { type Acme, startAcme } from "./support/acme";
import { PulumiCloud } from "./support/http";
import { JobsStack } from "./support/jobs";
import { KubernetesView, makeNamespace } from "./support/kubernetes";

/** A resource whose creation takes five seconds and can't be interrupted, as most can't. Another waits for it. */
const INFRA = {
  "Pulumi.yaml": "name: infra\nruntime: nodejs\n",
  "package.json": '{ "main": "index.js" }\n',
  "index.js": `
const pulumi = require("@pulumi/pulumi");
class Slow extends pulumi.dynamic.Resource {
  constructor(name, options) {
    const provider = {
      async create() {
        await new Promise((resolve) => setTimeout(resolve, 5000));
        return { id: name, outs: {} };
      },
    };
    super(provider, name, {}, options);
  }
}
new Slow("second", { dependsOn: new Slow("first") });
`,
};

interface Exported {
  deployment: { resources?: { type: string; id?: string }[]; pending_operations?: { resource: { urn: string } }[] };
}

describe("long-job: a pod that is deleted while its script runs pulumi up", () => {
  let acme: Acme;
  before(async () => {
    acme = await startAcme(INFRA);
    await makeNamespace(acme.state, "pulumi");
  });
  after(() => acme?.stop());

  it("cancels the update: what was being created is kept, nothing is pending, and the lease is given back [A3]", async () => {
    const { state } = acme;
    const cloud = new PulumiCloud(state);
    await cloud.createStack("infra", "prod");
    const stack = new JobsStack(state, "pulumi");
    await stack.engine.init();
    const script = "git clone https://github.com/acme/infra && cd infra && pulumi up --yes --skip-preview --stack prod";
    let outer: EngineResult | undefined;
    const up = stack
      .with({ args: { image: "pulumi/pulumi-nodejs:3.259.0", script } })
      .up()
      .then((result) => {
        outer = result;
      });
    const active = async () => (await cloud.stacks<{ activeUpdate: string }>("GET", "infra/prod")).activeUpdate;
    while ((await active()) === "" || !(await isCreating())) {
      assert.equal(outer, undefined, outer?.output);
      await sleep(100);
    }
    const update = await active();
    const kubernetes = new KubernetesView(state);
    const [pod] = await kubernetes.ours("Pod", "pulumi");
    await kubernetes.client.delete(`/api/v1/namespaces/pulumi/pods/${pod?.metadata.name}`);
    await up;
    await kubernetes.close();
    assert.notEqual(outer?.code, 0, "the Job has failed with its only pod");
    // How the CLI completes an update that was cancelled (pulumi/pulumi pkg/v3.259.0, backend/httpstate/backend.go); one that
    // was killed stays "running" until its lease ends.
    assert.equal((await cloud.stacks<{ status: string }>("GET", `infra/prod/update/${update}`)).status, "failed");
    assert.equal(await active(), "");
    const { deployment } = await cloud.stacks<Exported>("GET", "infra/prod/export");
    assert.deepEqual(deployment.pending_operations ?? [], []);
    assert.deepEqual(
      deployment.resources?.filter(({ type }) => type.endsWith(":Resource")).map(({ id }) => id),
      ["first"],
    );

    /** Whether the first resource is under way: the CLI notes that before it begins. */
    async function isCreating(): Promise<boolean> {
      const exported = await cloud.stacks<Exported>("GET", "infra/prod/export");
      return (exported.deployment?.pending_operations ?? []).some(({ resource }) => resource.urn.endsWith("::first"));
    }
  });
});
