import assert from "node:assert/strict";
import { join } from "node:path";
import { EXAMPLE_ORGANIZATION } from "../../cli/examples";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { skip } from "../skip";
import { fails, ok, resourcesOf, type StateResource } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { comparable, YamlPrograms } from "./support/plugin";
import { plainArgs, runnerStack } from "./support/runner";
import { together } from "./support/together";
import { organizationOn } from "./support/trust";

const labStarted = labOn("kubernetes");

const NAMESPACE = "plugin-yaml";
const RUNNER = "oidc-runner:KubernetesOidcRunner";

describe("programs in YAML, by the plugin", () => {
  let state: LabState;
  let programs: YamlPrograms;
  let engine: Engine;
  let kubernetes: KubernetesView;
  let properties: Record<string, unknown>;

  before(async function () {
    const started = await YamlPrograms.start(labStarted);
    if ("missing" in started) {
      return skip(this, `no language host for YAML: ${started.missing}`);
    }
    programs = started;
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    properties = { ...plainArgs(state, NAMESPACE), createNamespace: true, command: ["pulumi", "whoami"] };
    const outputs = {
      ...{ workloadName: "${tested.workloadName}", subject: "${tested.subject}" },
      policyId: "${tested.policy.policyId}",
    };
    engine = await programs.stack("main", { resources: { tested: { type: RUNNER, properties } }, outputs });
  });
  after(async () => {
    programs?.remove();
    await kubernetes?.close();
  });

  it("run the Job to `pulumi whoami` in the pod, of the same resources as the program in TypeScript", async () => {
    const typescript = await runnerStack(state, "yaml-twin", NAMESPACE, { args: properties });
    await ok(typescript.up());
    const wanted = comparable(await resourcesOf(typescript));
    await ok(typescript.destroy());

    // The stack besides.
    assert.match(await ok(engine.preview()), new RegExp(`\\+ ${Object.keys(wanted).length + 1} to create`));
    assert.doesNotMatch(await ok(engine.up()), /POLICY_WRITE_UNCERTAIN/);
    const found = comparable(await resourcesOf(engine));
    assert.deepEqual(Object.keys(found), Object.keys(wanted));
    for (const [resource, inputs] of Object.entries(wanted)) {
      assert.equal(found[resource], inputs, resource);
    }
    const { job, log } = await kubernetes.job(NAMESPACE);
    assert.match(log, /^\S+$/m);
    assert.equal(job.status?.succeeded, 1);
    const { policyId, ...outputs } = await engine.outputs();
    assert.match(String(policyId), /^\w/);
    assert.deepEqual(outputs, {
      workloadName: job.metadata.name,
      subject: `system:serviceaccount:${NAMESPACE}:tested`,
    });
  });

  it("change nothing in a second up, a preview and a refresh", async () => {
    await ok(engine.up(["--expect-no-changes"]));
    await ok(engine.refresh(["--expect-no-changes"]));
    await ok(engine.preview(["--expect-no-changes"]));
  });

  it("are taken down by destroy", async () => {
    await ok(engine.destroy());
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
    assert.deepEqual(await kubernetes.all(), []);
  });

  it("make what examples/github-actions makes, as examples/trust-yaml", async () => {
    const examples = join(packageRoot(), "examples");
    // The issuer is GitHub's own, which no lab can register: the same is planned, in the organization of the examples.
    const acme = await organizationOn(state, EXAMPLE_ORGANIZATION);
    const planned = async (project: string, env: Record<string, string>) => {
      const example = new Engine(acme, { project: join(examples, project), stack: "planned", env });
      await example.init();
      const output = await ok(example.preview(["--json"]));
      const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as { steps: { newState: StateResource }[] };
      const isOurs = ({ type }: StateResource) => !type.startsWith("pulumi:");
      return comparable(steps.map(({ newState }) => newState).filter(isOurs));
    };
    const wanted = await planned("github-actions", {});
    assert.equal(Object.keys(wanted).length, 3);
    assert.deepEqual(await planned("trust-yaml", { PATH: programs.path }), wanted);
  });

  it("make components at once that share the trust of their cluster, and one that is bad fails by itself", async () => {
    const runner = (serviceAccountName: string, more: object = {}) => {
      const own = { ...properties, namespace: "plugin-shared", serviceAccountName, createNamespace: false };
      return { type: RUNNER, properties: { ...own, job: {}, ...more }, options: { dependsOn: ["${space}"] } };
    };
    const space = { type: "kubernetes:core/v1:Namespace", properties: { metadata: { name: "plugin-shared" } } };
    const names = ["one", "two", "three", "four", "five"];
    const resources = { space, ...Object.fromEntries(names.map((name) => [name, runner(name)])) };
    const shared = await programs.stack("shared", { resources });
    await ok(shared.up());
    const [issuer, ...others] = await new PulumiCloud(state).issuers();
    assert.deepEqual(others, []);
    assert.equal((await new PulumiCloud(state).definitions(issuer?.id as string)).length, names.length);
    const bad = { bad: runner("bad", { job: { backoffLimit: -1 } }) };
    programs.write("shared", { resources: { ...resources, ...bad } });
    const output = await fails(shared.up());
    assert.match(output, /resource 'bad' has a problem: JOB_INVALID: /);
    // The engine ends the plugin at once, and says so of each component that is being made (pulumi/pulumi v3.259.0,
    // pkg/resource/deploy/source_eval.go, registerResource).
    assert.doesNotMatch(output, /resource '(one|two|three|four|five)' has a problem: (?!grpc: )/);
    programs.write("shared", { resources });
    await ok(shared.up(["--expect-no-changes"]));
    await ok(shared.destroy());
  });

  it("say what to do about a namespace that is missing", async () => {
    const resources = {
      tested: { type: RUNNER, properties: { ...properties, namespace: "nowhere", createNamespace: false } },
    };
    const stack = await programs.stack("nowhere", { resources });
    assert.match(await fails(stack.up()), /NAMESPACE_MISSING: the cluster has no namespace nowhere .+ Fix: /);
    await ok(stack.destroy());
  });

  it("are refused on one line with the code of the program in TypeScript, and nothing is made", async () => {
    const cases: Record<string, [more: object, code: string]> = {
      "an empty organization": [{ organization: " " }, "ORGANIZATION_EMPTY"],
      "a malformed issuer URL": [{ cluster: { issuerUrl: "http://[cluster" } }, "ISSUER_URL_INVALID"],
      "both of two exclusive options": [{ script: "true" }, "OPTION_CONFLICT"],
      "a namespace that turns out bad during the update": [
        { createNamespace: false, namespace: "${source.data.namespace}" },
        "NAMESPACE_INVALID",
      ],
    };
    await together(Object.entries(cases), async ([more, code], name) => {
      const stack = `bad-${Object.keys(cases).indexOf(name)}`;
      const source = {
        type: "kubernetes:core/v1:ConfigMap",
        properties: { metadata: { namespace: "default" }, data: { namespace: "Not_A_Namespace" } },
      };
      const resources = { source, tested: { type: RUNNER, properties: { ...properties, ...more } } };
      const bad = await programs.stack(stack, { resources });
      const output = await fails(bad.up());
      assert.match(output, new RegExp(`resource 'tested' has a problem: ${code}: .+ Fix: .+`));
      assert.doesNotMatch(output, /^\s+at /m);
      const types = (await resourcesOf(bad)).map(({ type }) => type).filter((type) => !type.startsWith("oidc-runner"));
      assert.deepEqual(
        types.filter((type) => type !== "kubernetes:core/v1:ConfigMap"),
        [],
      );
      await ok(bad.destroy());
    });
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
  });
});
