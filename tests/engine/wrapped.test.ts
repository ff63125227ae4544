import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { pnpmProject, WRAPPER } from "../helpers/pnpm-project";
import { assertOneDiagnostic, fails, ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { runnerConfig } from "./support/runner";

const labStarted = labOn("kubernetes");

const NAMESPACE = "wrapped";

const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const { KubernetesOidcRunner } = require("${WRAPPER}");
new KubernetesOidcRunner("tested", new pulumi.Config().requireObject("args"));
`;

describe("a program that has the package through another one, with pnpm's node_modules", () => {
  let state: LabState;
  let kubernetes: KubernetesView;

  before(async () => {
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);
  });
  after(() => kubernetes?.close());

  it("is refused with the fix, runs with it, and says at its end which module is gone", async () => {
    const project = join(state.directory, "wrapped");
    mkdirSync(project);
    writeFileSync(join(project, "Pulumi.yaml"), "name: wrapped\nruntime: nodejs\n");
    writeFileSync(join(project, "package.json"), JSON.stringify({ main: "index.js" }));
    writeFileSync(join(project, "index.js"), PROGRAM);
    const { addDependency, removeDependency } = pnpmProject(project);
    const { args } = runnerConfig(state, NAMESPACE, {}) as { args: string };
    const engine = new Engine(state, { project, config: { args }, env: SHORT_WINDOW });
    await engine.init();

    assertOneDiagnostic(await fails(engine.up()), "DYNAMIC_MODULE_NOT_FOUND");
    assert.deepEqual(await resourcesOf(engine), []);
    addDependency();
    await ok(engine.up());
    removeDependency();
    // What README.md tells the fix for.
    assert.match(await fails(engine.destroy()), /Cannot find module 'pulumi-oidc-runner\/dynamic'/);
    addDependency();
    await ok(engine.destroy());
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
    assert.deepEqual(await kubernetes.all(), []);
  });
});
