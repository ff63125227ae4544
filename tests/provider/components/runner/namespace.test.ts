import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../cloud";

function runner(name: string, args: Partial<KubernetesOidcRunnerArgs>, options?: pulumi.ComponentResourceOptions) {
  const common = {
    organization: "acme",
    accessToken: { organization: {} },
    apiUrl: API,
    createNamespace: true,
  } as const;
  return new KubernetesOidcRunner(name, { ...common, cluster: { issuerUrl: ISSUER }, ...args }, options);
}

/** The Namespaces a program makes (resource, parent, name in the cluster), and the namespace of each Job. */
async function namespacesOf(program: () => void) {
  const run = await runProgram(program, cloud);
  assert.deepEqual(run.errors, []);
  const kind = (type: string) => run.resources.filter((resource) => resource.type.endsWith(`:${type}`));
  const metadata = (inputs: Record<string, unknown>) => inputs.metadata as { name: string; namespace: string };
  return {
    made: kind("Namespace").map(({ name, parent, inputs }) => [name, parent, metadata(inputs).name]),
    jobs: kind("Job").map(({ inputs }) => metadata(inputs).namespace),
  };
}

describe("the Namespace that runners create", () => {
  it("is one for the program's runners in it, and the stack's [A17]", async () => {
    const both = await namespacesOf(() => {
      runner("one", { namespace: "pulumi" });
      runner("two", { namespace: "pulumi" });
    });
    assert.deepEqual(both, { made: [["pulumi", undefined, "pulumi"]], jobs: ["pulumi", "pulumi"] });
    // Without the runner that came first it is the same resource: replacing it would delete everything in it.
    assert.deepEqual((await namespacesOf(() => void runner("two", { namespace: "pulumi" }))).made, both.made);
  });

  it("is one for each namespace [A17]", async () => {
    const { made } = await namespacesOf(() => {
      runner("one", { namespace: "pulumi" });
      runner("two", { namespace: "pulumi-2" });
      runner("three", { namespace: "pulumi", createNamespace: false });
    });
    assert.deepEqual(made, [
      ["pulumi", undefined, "pulumi"],
      ["pulumi-2", undefined, "pulumi-2"],
    ]);
  });

  it("is one for each cluster, named by its provider [A17]", async () => {
    const { made } = await namespacesOf(() => {
      const provider = (name: string) => new kubernetes.Provider(name, { context: name });
      const [blue, green] = [provider("blue"), provider("green")];
      for (const [name, one] of Object.entries({ a: blue, b: green, c: blue })) {
        runner(name, { namespace: "pulumi" }, { providers: { kubernetes: one } });
      }
      runner("d", { namespace: "pulumi" });
    });
    assert.deepEqual(made, [
      ["pulumi", undefined, "pulumi"],
      ["pulumi-blue", undefined, "pulumi"],
      ["pulumi-green", undefined, "pulumi"],
    ]);
  });

  it("is in the cluster of its runner's provider", async () => {
    const run = await runProgram(() => {
      const provider = new kubernetes.Provider("blue", { context: "blue" });
      runner("a", { namespace: "pulumi" }, { provider });
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.match(run.engineOptions.get("kubernetes:core/v1:Namespace pulumi-blue")?.provider ?? "", /::blue::/);
  });

  it("is one for runners with the same Output, named by the first of them [A17]", async () => {
    const { made, jobs } = await namespacesOf(() => {
      const namespace = pulumi.output("pulumi");
      runner("one", { namespace });
      runner("two", { namespace });
    });
    assert.deepEqual({ made, jobs }, { made: [["one", undefined, "pulumi"]], jobs: ["pulumi", "pulumi"] });
  });
});
