import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { exampleNamed } from "../../../cli/examples";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { readKubeconfig } from "../../../lab/cluster/kubeconfig";
import { Engine, type EngineResult } from "../../../lab/engine/engine";
import { clusterOfShape } from "../../../lab/issuer-shapes";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { unsignedToken } from "../../helpers/issuer/forgery";
import { filesWithTokens } from "./lab-files";
import { ArgumentSampler } from "./process-arguments";
import { type RunnerLab, startRunnerLab } from "./runner-lab";
import { findTokens } from "./token-detector";

/** The files of a lab that hold credentials on purpose, each for its user alone. */
const CREDENTIAL_FILES = /^(env\.sh|lab\.json|clusters\/lab\/(kubeconfig|control-plane-\d+\/pki\/\S+))$/;

/** What the cluster keeps, and would show to whoever may read it. */
const KINDS = ["configmaps", "pods", "events", "serviceaccounts", "secrets", "namespaces"];

describe("everything the quickstart writes", () => {
  let lab: RunnerLab;
  let engine: Engine;
  let secrets: string[];
  let up: EngineResult;
  let sampled: string[];

  before(async () => {
    lab = await startRunnerLab([clusterOfShape("kubernetes")]);
    const { state } = lab;
    const { directory, config } = exampleNamed("quickstart");
    const { token } = readKubeconfig(state.kubeconfig);
    secrets = [state.pulumiCloud.adminToken, state.control.token, token ?? ""];
    engine = new Engine(state, { project: join(packageRoot(), directory), config: config(state) });
    const sampler = new ArgumentSampler(process.pid);
    await engine.init();
    // So that the pod's processes are there long enough to be looked at.
    await lab.addFault({ path: "/api/oauth/token", kind: "delay", delayMs: 2000 });
    up = await engine.up();
    await engine.run(["stack", "ls", "--all"]);
    sampled = sampler.stop();
    assert.equal(up.code, 0, up.output);
  });
  after(async () => {
    await lab?.stop();
  });

  const assertClean = (text: string) => {
    assert.notEqual(text.trim(), "");
    assert.deepEqual(findTokens(text, secrets), []);
  };

  it("would be found to hold a token if it held one", () => {
    const jwt = unsignedToken({ iss: "https://a.example", sub: "b" });
    for (const planted of [jwt, jwt.slice(0, -10), `pul-${"0a".repeat(20)}`, ...secrets]) {
      assert.equal(findTokens(`before\n"${planted}" after`, secrets).length > 0, true);
    }
    const { state } = lab;
    assert.equal(secrets.filter((secret) => secret.length >= 24).length, 3);
    assert.match(state.pulumiCloud.adminToken, /^pul-[0-9a-f]{40}$/);
    assert.deepEqual(findTokens("https://a.example/eyJ pul-runner 0a0a"), []);
  });

  it("has no token in the CLI's output and in the Job's log", async () => {
    assertClean(up.output);
    const [cluster] = lab.clusters as [ApiClient];
    const pods = await cluster.get<{ items: { metadata: { name: string; namespace: string } }[] }>("/api/v1/pods");
    const logs = pods.items.map(({ metadata: { name, namespace } }) =>
      cluster.text(`/api/v1/namespaces/${namespace}/pods/${name}/log`),
    );
    const log = (await Promise.all(logs)).join("\n");
    assert.match(log, /exchanged this pod's token/);
    assertClean(log);
  });

  it("has no token in the state and in the stack's configuration", async () => {
    const state = JSON.stringify(await engine.state());
    assert.match(state, /OidcIssuer/);
    assertClean(state);
    assertClean(readFileSync(engine.configFile, "utf8"));
    const files = filesWithTokens(join(lab.state.directory, "state"), secrets);
    assert.ok(files.searched > 0);
    assert.deepEqual(files.found, []);
  });

  it("has no token in the cluster's objects", async () => {
    const [cluster] = lab.clusters as [ApiClient];
    const paths = [...KINDS.map((kind) => `/api/v1/${kind}`), "/apis/batch/v1/jobs"];
    const objects = await Promise.all(paths.map((path) => cluster.get(path)));
    const text = JSON.stringify(objects);
    assert.match(text, /oidc-runner: /);
    assertClean(text);
  });

  it("has no token in the lab's log", () => {
    assert.match(lab.log(), /exchange decision=allow/);
    assertClean(lab.log());
  });

  it("has no token in any process's arguments", () => {
    const seen = sampled.join("\n");
    assert.match(seen, /pulumi up /);
    assert.match(seen, /pulumi login \S+ --oidc-token file:\/\/\/var\/run\/secrets\/pulumi\/token/);
    assertClean(seen);
  });

  it("has tokens in the lab's files only where that is documented, and for the user alone", () => {
    const { directory, pulumiHome } = lab.state;
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    const { searched, found } = filesWithTokens(directory, secrets);
    assert.ok(searched > 20, `${searched} files searched`);
    for (const { path, mode, kinds } of found) {
      assert.match(path, CREDENTIAL_FILES, kinds.join());
      assert.equal(mode, "600", path);
    }
    const paths = found.map(({ path }) => path);
    for (const path of ["env.sh", "lab.json", join("clusters", "lab", "kubeconfig")]) {
      assert.ok(paths.includes(path), `the search finds the credentials in ${path}`);
    }
    for (const file of [join(directory, "options.json"), join(pulumiHome, "credentials.json")]) {
      assert.equal(existsSync(file) ? statSync(file).mode & 0o077 : 0, 0, file);
    }
  });
});
