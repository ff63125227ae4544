import assert from "node:assert/strict";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exampleNamed } from "../../cli/examples";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { clonesVersions, pack, QUICK } from "../helpers/packed";
import { skip } from "../skip";
import { ok, SHORT_WINDOW } from "./support/engine";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { NotToBeHad, nodeRelease, npm } from "./support/node-release";

const labStarted = labOn("kubernetes");

/** Each line of Node with the newest SDK that runs on it: the oldest we take, and the two that are maintained. */
const COMBINATIONS = [
  // @pulumi/pulumi asks for Node 22 since 3.249.
  { node: "20.18.1", sdk: "3.248.0" },
  { node: "22.23.3", sdk: "3.270.0" },
  { node: "24.21.0", sdk: "3.276.0" },
];

/** Beside the quickstart as it is: what it was run with. */
const MAIN = `
export * from "./quickstart";
export const node = process.versions.node;
export const sdk = require("@pulumi/pulumi/package.json").version;
`;

describe("the quickstart by each line of Node", () => {
  let state: LabState;
  let tarball: string;

  before(async function () {
    if (process.env.OIDC_RUNNER_FULL === undefined) {
      skip(this, "installs three sets of packages; part of the full run");
    }
    state = await labStarted();
    const directory = join(state.directory, "node-versions");
    mkdirSync(directory);
    tarball = (await pack("pulumi-oidc-runner", directory)).file;
  });

  for (const { node, sdk } of COMBINATIONS) {
    it(`Node ${node} with @pulumi/pulumi ${sdk}`, async function () {
      const env = { ...process.env };
      const project = join(state.directory, `node-${node}`);
      try {
        env.PATH = `${await nodeRelease(node)}:${env.PATH}`;
        makeProject(project, sdk, tarball);
        // Refused where a package does not take this Node.
        await npm(["install", "--engine-strict", ...QUICK], project, env);
      } catch (error) {
        if (!(error instanceof NotToBeHad)) throw error;
        skip(this, error.message);
      }
      const config = exampleNamed("quickstart").config(state);
      const stack = `node-${node.split(".")[0]}`;
      const engine = new Engine(state, { project, stack, config, env: { ...SHORT_WINDOW, PATH: env.PATH as string } });
      await engine.init();
      try {
        const output = await ok(engine.up());
        assert.doesNotMatch(output, /warning:/);
        const outputs = await engine.outputs();
        assert.deepEqual([outputs.node, outputs.sdk], [node, sdk]);
        const kubernetes = new KubernetesView(state);
        const { job, log } = await kubernetes.job("pulumi-quickstart");
        assert.equal(job.status?.succeeded, 1);
        assert.match(log, new RegExp(`^${state.pulumiCloud.organization}$`, "m"));
        await kubernetes.close();
        await ok(engine.up(["--expect-no-changes"]));
      } finally {
        await ok(engine.destroy());
      }
    });
  }
});

/** A project of its own with the quickstart, the packed package and an SDK. */
function makeProject(directory: string, sdk: string, tarball: string): void {
  mkdirSync(directory);
  const dependencies = {
    ...clonesVersions(["@pulumi/kubernetes", "@types/node", "ts-node", "typescript"]),
    "@pulumi/pulumi": sdk,
    "pulumi-oidc-runner": `file:${tarball}`,
  };
  writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, main: "index.ts", dependencies }));
  writeFileSync(join(directory, "Pulumi.yaml"), `name: node-versions\nruntime: nodejs\n`);
  const quickstart = join(packageRoot(), "examples", "quickstart");
  cpSync(join(quickstart, "index.ts"), join(directory, "quickstart.ts"));
  cpSync(join(quickstart, "tsconfig.json"), join(directory, "tsconfig.json"));
  writeFileSync(join(directory, "index.ts"), MAIN);
}
