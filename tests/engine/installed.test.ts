import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { cacheDirectory } from "../../tools/toolchain/cache";
import { packageRoot } from "../../tools/toolchain/package-root";
import { installPacked } from "../helpers/packed";
import { ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { runnerConfig } from "./support/runner";

const labStarted = labOn("kubernetes");

const NAMESPACE = "installed";

/** An ES module, as today's programs are; the clone's own programs are CommonJS. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner } from "pulumi-oidc-runner";

const config = new pulumi.Config();
export const jobName = new KubernetesOidcRunner("tested", config.requireObject("args")).workloadName;
`;

describe("the package as a user installs it", () => {
  let state: LabState;
  let project: string;
  let installed: string;
  let packed: string[];

  before(async () => {
    state = await labStarted();
    project = join(state.directory, "installed");
    installed = join(project, "node_modules", "pulumi-oidc-runner");
    const manifest = { name: "installed", type: "module", main: "index.js" };
    const tarballs = await installPacked(project, ["pulumi-oidc-runner"], ["@pulumi/kubernetes", "@pulumi/pulumi"], {
      manifest,
    });
    packed = tarballs.flatMap(({ files }) => files);
    writeFileSync(join(project, "Pulumi.yaml"), "name: installed\nruntime: nodejs\n");
    writeFileSync(join(project, "index.js"), PROGRAM);
  });

  it("holds what `files` lists and nothing of the tests or of this machine", () => {
    assert.equal(realpathSync(installed), installed, "unpacked, not a link into the clone");
    const { files } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { files: string[] };
    const listed = [...files, "package.json", "README.md", "LICENSE"];
    assert.ok(packed.includes("dist/provider/entrypoint.sh"));
    for (const file of packed) {
      assert.ok(
        listed.some((entry) => file === entry || file.startsWith(`${entry}/`)),
        file,
      );
      assert.doesNotMatch(file, /(^|\/)tests?\/|\.test\.|(?<!\.d)\.ts$/);
      const text = readFileSync(join(installed, file), "utf8");
      assert.ok(!text.includes(packageRoot()), `${file} names the directory it was built in`);
    }
  });

  it("takes an ES module project up and down; its state holds no code and no path of ours", async () => {
    await makeNamespace(state, NAMESPACE);
    const { args } = runnerConfig(state, NAMESPACE, {}) as { args: string };
    const engine = new Engine(state, { project, config: { args }, env: SHORT_WINDOW });
    await engine.init();
    await ok(engine.up());
    const kubernetes = new KubernetesView(state);
    const { job, log } = await kubernetes.job(NAMESPACE);
    assert.equal(job.status?.succeeded, 1, log);
    const providers = (await resourcesOf(engine)).flatMap(
      ({ inputs }) => (inputs?.__provider as string | undefined) ?? [],
    );
    assert.equal(providers.length, 2);
    for (const provider of providers) {
      assert.ok(Buffer.byteLength(provider) < 1000, provider);
      assert.doesNotMatch(provider, /node_modules|\.js|[.~]?\/(?!dynamic")/);
    }
    await ok(engine.destroy());
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
    assert.deepEqual(await kubernetes.all(), []);
    await kubernetes.close();
  });
});

describe("the command as a user installs it, in a directory without a program", () => {
  let directory: string;
  let project: string;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "oidc-runner-command-")));
    chmodSync(directory, 0o700);
    project = join(directory, "project");
    await installPacked(project, ["pulumi-oidc-runner", "oidc-runner"], []);
    // The machine's tools, and examples of this test's own.
    const cache = join(directory, "cache");
    mkdirSync(cache);
    const tools = cacheDirectory(process.env);
    for (const name of readdirSync(tools)) {
      if (name !== "examples") symlinkSync(join(tools, name), join(cache, name));
    }
    env = { ...process.env, OIDC_RUNNER_CACHE: cache, XDG_RUNTIME_DIR: directory };
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const command = (...args: string[]) =>
    spawnSync(join(project, "node_modules", ".bin", "oidc-runner"), args, { cwd: project, env, encoding: "utf8" });

  it("starts an example, whose packages npm installs once", () => {
    for (const installs of [true, false]) {
      const { status, stdout, stderr } = command("start");
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /ok +pulumi whoami/);
      assert.equal(stdout.includes("Installing the example's packages"), installs, stdout);
    }
  });

  it("says what npm said where it can't install", () => {
    const registry = { npm_config_registry: "http://127.0.0.1:1/", npm_config_fetch_retries: "0" };
    Object.assign(env, registry, { npm_config_cache: join(directory, "npm") });
    const { status, stderr } = command("start", "eks");
    assert.equal(status, 2, stderr);
    assert.match(
      stderr,
      /^EXAMPLE_NOT_INSTALLED: .* Fix: check that npm reaches its registry, then run it again\nnpm error /,
    );
  });
});
