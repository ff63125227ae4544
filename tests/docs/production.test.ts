import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KubernetesOidcRunner, type KubernetesOidcRunnerArgs } from "../../provider/components/kubernetes-oidc-runner";
import { packageRoot } from "../../tools/toolchain/package-root";
import { runProgram } from "../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../provider/components/cloud";
import { only, podOf } from "../provider/components/pick";
import { productionSettings } from "./settings";

const schema = JSON.parse(readFileSync(join(packageRoot(), "schema.json"), "utf8"));
const ARGUMENTS = Object.keys(schema.resources["oidc-runner:index:KubernetesOidcRunner"].inputProperties);

const TOPICS = [
  ...["What a pod gives its command", "Disk", "Images", "Private git repositories", "OpenShift", "Sidecar meshes"],
  ...["Spot nodes and autoscalers", "Proxies"],
];

async function run(args: object) {
  const all = { organization: "acme", tokenType: "organization", cluster: { issuerUrl: ISSUER }, namespace: "pulumi" };
  const program = () =>
    void new KubernetesOidcRunner("deployer", { ...all, apiUrl: API, ...args } as KubernetesOidcRunnerArgs);
  const result = await runProgram(program, cloud);
  assert.deepEqual(result.errors, []);
  return result;
}

describe("docs/production.md", () => {
  const settings = productionSettings();
  const argsOf = (heading: string) => settings.find((setting) => setting.heading === heading)?.args ?? {};

  it("has a snippet for every topic, of arguments that runners have", () => {
    assert.deepEqual([...new Set(settings.map(({ heading }) => heading))], TOPICS);
    const unknown = settings.flatMap(({ args }) => Object.keys(args)).filter((name) => !ARGUMENTS.includes(name));
    assert.deepEqual(unknown, []);
  });

  for (const { heading, args } of productionSettings()) {
    it(`makes a runner: ${heading}, ${Object.keys(args).join(", ")}`, async () => {
      only(await run(args), "Job");
    });
  }

  it("leaves the user to OpenShift, and everything else that is restricted as it was", async () => {
    const { spec } = only(await run(argsOf("OpenShift")), "Job").inputs as {
      spec: { template: { spec: { securityContext: object } } };
    };
    assert.deepEqual(spec.template.spec.securityContext, {
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("gives git its token by reference to a Secret", async () => {
    const { env } = podOf(await run(argsOf("Private git repositories"))).container as unknown as {
      env: { name: string; valueFrom?: object }[];
    };
    const secretKeyRef = { name: "git", key: "token" };
    assert.deepEqual(env.find(({ name }) => name === "GIT_TOKEN")?.valueFrom, { secretKeyRef });
  });
});
