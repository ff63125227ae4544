import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../provider/components/runner/kubernetes-oidc-runner";
import { packageRoot } from "../../tools/toolchain/package-root";
import { runProgram } from "../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../provider/components/cloud";
import { only, podOf } from "../provider/components/pick";
import { productionSettings } from "./settings";

const schema = JSON.parse(readFileSync(join(packageRoot(), "schema.json"), "utf8"));
const text = readFileSync(join(packageRoot(), "docs", "production.md"), "utf8");
const ARGUMENTS = Object.keys(schema.resources["oidc-runner:index:KubernetesOidcRunner"].inputProperties);

const TOPICS = ["What a pod gives its command", "Disk", "Images", "Spot nodes and autoscalers", "Proxies"];
const GIT = "Clone a private git repository";

async function run(args: object) {
  const all = {
    organization: "acme",
    accessToken: { organization: {} },
    cluster: { issuerUrl: ISSUER },
    namespace: "pulumi",
  };
  const program = () =>
    void new KubernetesOidcRunner("deployer", { ...all, apiUrl: API, ...args } as KubernetesOidcRunnerArgs);
  const result = await runProgram(program, cloud);
  assert.deepEqual(result.errors, []);
  return result;
}

describe("docs/production.md and the pages with arguments of a runner", () => {
  const settings = productionSettings();
  const argsOf = (heading: string) => settings.find((setting) => setting.heading === heading)?.args ?? {};

  it("has a snippet for every topic, of arguments that runners have", () => {
    const ofPage = settings.filter(({ page }) => page === "production.md");
    assert.deepEqual([...new Set(ofPage.map(({ heading }) => heading))], TOPICS);
    const unknown = settings.flatMap(({ args }) => Object.keys(args)).filter((name) => !ARGUMENTS.includes(name));
    assert.deepEqual(unknown, []);
  });

  for (const { heading, args } of productionSettings()) {
    it(`makes a runner: ${heading}, ${Object.keys(args).join(", ")}`, async () => {
      only(await run(args), "cronJob" in args ? "CronJob" : "Job");
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
    const { env } = podOf(await run(argsOf(GIT))).container as unknown as {
      env: { name: string; valueFrom?: object }[];
    };
    const secretKeyRef = { name: "git", key: "token" };
    assert.deepEqual(env.find(({ name }) => name === "GIT_TOKEN")?.valueFrom, { secretKeyRef });
  });

  it("says that ssh refuses the pod's user, and has git use https in its place [A23]", () => {
    const [, row = ""] = /^\| ssh, .*?No user exists for uid 65532.*?\| (.*) \|$/m.exec(text) ?? [];
    assert.match(row, /^https with a token/);
    const { env } = argsOf(GIT) as { env: Record<string, string> };
    const used = (address: string) =>
      execFileSync("git", ["ls-remote", "--get-url", address], { env: { PATH: process.env.PATH, ...env } })
        .toString()
        .trim();
    for (const address of ["git@github.com:acme/infra", "ssh://git@github.com/acme/infra"]) {
      assert.equal(used(address), "https://github.com/acme/infra");
    }
    assert.equal(used("git@git.example.com:acme/infra"), "git@git.example.com:acme/infra");
  });

  it("clones by https alone, here and in README.md and the examples", () => {
    const examples = readdirSync(join(packageRoot(), "examples"), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|md)$/.test(name) && !name.includes("node_modules"))
      .map((name) => join("examples", name));
    for (const name of ["README.md", "docs/production.md", "docs/guides/private-git.md", ...examples]) {
      const cloned = readFileSync(join(packageRoot(), name), "utf8").matchAll(/git clone (?!git@…)(\S+)/g);
      for (const [, address = ""] of cloned) assert.match(address, /^https:/, name);
    }
  });
});
