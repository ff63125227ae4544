import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { ENTRYPOINT_PARTS } from "../../../../provider/workload/entrypoint";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../cloud";
import { configMap, listed, only, podOf } from "../pick";

async function run(args: Partial<KubernetesOidcRunnerArgs>) {
  const program = () =>
    void new KubernetesOidcRunner("deployer", {
      organization: "acme",
      accessToken: { organization: {} },
      cluster: { issuerUrl: ISSUER },
      namespace: "pulumi",
      apiUrl: API,
      ...args,
    });
  const result = await runProgram(program, cloud);
  assert.deepEqual(result.errors, []);
  return result;
}

describe("a runner's work", () => {
  it("is a command, on the entrypoint's argument list", async () => {
    const result = await run({ command: ["pulumi", pulumi.output("env"), "ls"] });
    assert.deepEqual(podOf(result).container.args, ["pulumi", "env", "ls"]);
    const names = Object.keys(configMap(result, "pulumi-entrypoint").inputs.data as object);
    assert.deepEqual(names.sort(), [...ENTRYPOINT_PARTS, "entrypoint.sh"].sort());
    assert.ok(!listed(result).includes("ConfigMap deployer"));
  });

  for (const [form, script] of [
    ["text", "pulumi env ls\n"],
    ["an Output", pulumi.output("pulumi env ls\n")],
  ] as const) {
    it(`is a script given as ${form}, kept in a ConfigMap of its own, beside the scripts`, async () => {
      const result = await run({ script });
      assert.deepEqual(podOf(result).container.args, ["/opt/oidc-runner/script.sh"]);
      const { inputs } = configMap(result, "deployer");
      assert.deepEqual(inputs.data, { "script.sh": "pulumi env ls\n" });
      const sources = ["pulumi-entrypoint-9e21", (inputs.metadata as { name: string }).name].map((name) => ({
        configMap: { name },
      }));
      assert.deepEqual(podOf(result).volumes[0], { name: "entrypoint", projected: { defaultMode: 0o555, sources } });
    });
  }

  it("is the command when the script turns out to be none", async () => {
    const script = pulumi.output(undefined as string | undefined) as pulumi.Output<string>;
    assert.deepEqual(podOf(await run({ script })).container.args, ["pulumi", "whoami"]);
  });

  it("runs again when the script changes, and not when it stays", async () => {
    const name = async (script: string) => {
      const { name: made } = configMap(await run({ script }), "deployer").inputs.metadata as { name: string };
      assert.match(made, /^deployer-[0-9a-f]{10}$/);
      return made;
    };
    assert.equal(await name("true"), await name("true"));
    assert.notEqual(await name("true"), await name("false"));
  });

  it("runs again when a trigger changes, and not when they stay", async () => {
    const annotations = async (...triggers: string[]) => podOf(await run({ triggers })).annotations;
    assert.deepEqual(await annotations("a", "b"), { "pulumi-oidc-runner/triggers": "0473ef2dc0d324ab" });
    assert.deepEqual(await annotations("a", "b"), await annotations("a", "b"));
    assert.notDeepEqual(await annotations("a", "b"), await annotations("ab"));
    assert.deepEqual(podOf(await run({})).annotations, {});
  });

  it("takes image, environment and resources", async () => {
    const result = await run({
      image: "registry.example.com/runner:1",
      env: { AWS_REGION: pulumi.output("eu-west-1") },
      resources: pulumi.output({ requests: { cpu: "100m" }, limits: { memory: "128Mi" } }),
    });
    const { image, env, resources } = podOf(result).container;
    assert.equal(image, "registry.example.com/runner:1");
    assert.deepEqual(env[0], { name: "AWS_REGION", value: "eu-west-1" });
    const requests = { "ephemeral-storage": "4Gi", cpu: "100m" };
    assert.deepEqual(resources, { requests, limits: { memory: "128Mi" } });
  });

  it("lets the user's environment move HOME", async () => {
    const { env } = podOf(await run({ env: { HOME: "/workspace" } })).container;
    assert.deepEqual(
      env.filter(({ name }) => name === "HOME"),
      [{ name: "HOME", value: "/workspace" }],
    );
  });

  it("can't be pointed elsewhere by an environment variable", async () => {
    await assert.rejects(run({ env: { PULUMI_BACKEND_URL: "https://evil.example.com" } }), /ENV_RESERVED/);
    await assert.rejects(run({ env: pulumi.output({ OIDC_RUNNER_TOKEN_FILE: "/x" }) }), /ENV_RESERVED/);
  });

  it("takes the Job's settings and the token's life", async () => {
    const result = await run({
      job: { activeDeadlineSeconds: 60, backoffLimit: pulumi.output(2) },
      accessToken: { organization: {}, expirationSeconds: 900 },
    });
    const spec = only(result, "Job").inputs.spec as Record<string, unknown>;
    assert.equal(spec.activeDeadlineSeconds, 60);
    assert.equal(spec.backoffLimit, 2);
    const { env } = podOf(result).container;
    assert.deepEqual(
      env.find(({ name }) => name === "OIDC_RUNNER_EXPIRATION_SECONDS"),
      { name: "OIDC_RUNNER_EXPIRATION_SECONDS", value: "900" },
    );
  });

  it("goes to the Pulumi Cloud one is logged in to", async () => {
    const before = process.env.PULUMI_BACKEND_URL;
    process.env.PULUMI_BACKEND_URL = "https://pulumi.example.com";
    try {
      const result = await run({ apiUrl: undefined });
      assert.equal(only(result, "OidcIssuer").inputs.apiUrl, "https://pulumi.example.com");
      assert.equal(only(result, "OidcPolicy").inputs.apiUrl, "https://pulumi.example.com");
      assert.ok(podOf(result).container.env.some(({ value }) => value === "https://pulumi.example.com"));
    } finally {
      if (before === undefined) delete process.env.PULUMI_BACKEND_URL;
      else process.env.PULUMI_BACKEND_URL = before;
    }
  });
});
