import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../cloud";

function runner(name: string, args: Partial<KubernetesOidcRunnerArgs> = {}, options?: pulumi.ComponentResourceOptions) {
  const common = { organization: "acme", accessToken: { organization: {} }, apiUrl: API, namespace: "pulumi" } as const;
  return new KubernetesOidcRunner(name, { ...common, cluster: { issuerUrl: ISSUER }, ...args }, options);
}

/** The ConfigMaps with scripts that a program makes (resource, parent, namespace), and what each Job's pods read. */
async function scriptsOf(program: () => void) {
  const run = await runProgram(program, cloud);
  assert.deepEqual(run.errors, []);
  const kind = (type: string) => run.resources.filter((resource) => resource.type.endsWith(`:${type}`));
  return {
    made: kind("ConfigMap")
      .filter(({ inputs }) => "entrypoint.sh" in ((inputs.data as object | undefined) ?? {}))
      .map(({ name, parent, inputs }) => [name, parent, (inputs.metadata as { namespace: string }).namespace]),
    read: kind("Job").map(({ inputs }) => {
      const [volume] = (inputs.spec as { template: { spec: { volumes: { configMap?: { name: string } }[] } } }).template
        .spec.volumes;
      return volume?.configMap?.name;
    }),
  };
}

describe("the ConfigMap with a runner's scripts", () => {
  const MADE = ["pulumi-entrypoint", undefined, "pulumi"];

  it("is one for the program's runners in a namespace, and the stack's", async () => {
    const both = await scriptsOf(() => {
      runner("one");
      runner("two", { cronJob: { schedule: "@daily" } });
      runner("three", { createNamespace: true });
    });
    assert.deepEqual(both, { made: [MADE], read: ["pulumi-entrypoint-9e21", "pulumi-entrypoint-9e21"] });
    // Without the runner that came first it is the same resource, so the pods of the others stay as they are.
    assert.deepEqual((await scriptsOf(() => void runner("two"))).made, [MADE]);
  });

  it("is one for each namespace and each cluster", async () => {
    const { made } = await scriptsOf(() => {
      const blue = new kubernetes.Provider("blue", { context: "blue" });
      runner("one");
      runner("two", { namespace: "pulumi-2" });
      runner("three", {}, { providers: { kubernetes: blue } });
    });
    assert.deepEqual(made, [
      ["pulumi-2-entrypoint", undefined, "pulumi-2"],
      ["pulumi-blue-entrypoint", undefined, "pulumi"],
      MADE,
    ]);
  });

  it("is one for runners with the same Output, named by the first of them", async () => {
    const { made } = await scriptsOf(() => {
      const namespace = pulumi.output("pulumi");
      runner("one", { namespace });
      runner("two", { namespace });
    });
    assert.deepEqual(made, [["one-entrypoint", undefined, "pulumi"]]);
  });

  it("is in the cluster of its runner's provider, whichever way that was given", async () => {
    const run = await runProgram(() => {
      runner("one", {}, { provider: new kubernetes.Provider("blue", { context: "blue" }) });
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.match(
      run.engineOptions.get("kubernetes:core/v1:ConfigMap pulumi-blue-entrypoint")?.provider ?? "",
      /::blue::/,
    );
  });

  it("is a runner's own where its children have options that what is shared would not have", async () => {
    class Wrapper extends pulumi.ComponentResource {
      constructor() {
        super("acme:index:Wrapper", "wrapper");
      }
    }
    const { made, read } = await scriptsOf(() => {
      const wrapper = new Wrapper();
      runner("shares", {}, { protect: false, aliases: [], customTimeouts: { create: "5m" } });
      runner("retained", {}, { retainOnDelete: true });
      runner("protected", {}, { protect: true });
      runner("transformed", {}, { transformations: [() => undefined] });
      runner("goes-with", {}, { deletedWith: wrapper });
      runner("wrapped", {}, { parent: wrapper });
    });
    const own = ["goes-with", "protected", "retained", "transformed", "wrapped"];
    assert.deepEqual(
      made.map(([name, parent]) => [name, parent]),
      [
        ...own.map((name) => [`${name}-entrypoint`, `oidc-runner:index:KubernetesOidcRunner ${name}`]),
        ["pulumi-entrypoint", undefined],
      ].sort(),
    );
    assert.deepEqual(read.sort(), [...own, "pulumi"].map((name) => `${name}-entrypoint-9e21`).sort());
  });

  it("is not made for agents, which have no scripts", async () => {
    const agent = () => void runner("one", { accessToken: { runner: { pool: "pool" } }, agent: {} });
    assert.deepEqual((await scriptsOf(agent)).made, []);
  });

  it("waits for what its first runner depends on", async () => {
    const run = await runProgram(() => {
      const late = nextTurn().then(() => nextTurn("pulumi"));
      const namespace = new kubernetes.core.v1.Namespace("late", { metadata: { name: late } });
      runner("one", {}, { dependsOn: [namespace] });
    }, cloud);
    assert.deepEqual(run.errors, []);
    const order = [...run.engineOptions.keys()];
    const [before, after] = ["Namespace late", "ConfigMap pulumi-entrypoint-owner"].map((name) =>
      order.indexOf(`kubernetes:core/v1:${name}`),
    ) as [number, number];
    assert.ok(before >= 0 && before < after, order.join(", "));
  });
});
