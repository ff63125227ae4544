import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { run } from "../../tools/toolchain/run";
import { PluginProcess } from "../helpers/plugin-process";
import { skip } from "../skip";
import { ok, SHORT_WINDOW } from "./support/engine";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { pythonWith } from "./support/languages";
import { NotToBeHad, nodeRelease } from "./support/node-release";
import { installPlugin } from "./support/plugin";
import { plainArgs } from "./support/runner";

const labStarted = labOn("kubernetes");

const PROGRAMS = join(packageRoot(), "tests", "engine", "programs");

describe("the plugin's archive, unpacked in an empty directory, by each line of Node", () => {
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-unpacked-"));
  const unpacked = join(directory, "plugin");
  let state: LabState;
  let python: string;

  before(async function () {
    const made = await pythonWith(directory);
    if ("missing" in made) {
      return skip(this, made.missing);
    }
    ({ python } = made);
    const { href } = pathToFileURL(join(packageRoot(), "tools", "pack", "plugin.mjs"));
    const tool = (await import(href)) as { packPlugin(root: string, to: string): Promise<string> };
    const archive = await tool.packPlugin(packageRoot(), directory);
    mkdirSync(unpacked);
    const { code, stderr } = await run("tar", ["-xzf", archive, "-C", unpacked], { env: process.env });
    assert.equal(code, 0, stderr);
    state = await labStarted();
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  for (const version of ["20.18.1", "22.23.3", "24.21.0"]) {
    it(`Node ${version}: starts, answers with the schema, and serves a program in Python`, async function () {
      let node: string;
      try {
        node = await nodeRelease(version);
      } catch (error) {
        if (!(error instanceof NotToBeHad)) throw error;
        skip(this, error.message);
      }
      const executable = join(unpacked, "pulumi-resource-oidc-runner");
      // Nothing of the machine but a shell and this Node.
      const path = `PATH=${node}:/bin:/usr/bin`;
      const plugin = await PluginProcess.run(["env", path, executable], {});
      assert.equal(readlinkSync(`/proc/${plugin.child.pid}/exe`), join(node, "node"));
      const answer = await plugin.call("getSchema", "GetSchemaRequest", {});
      const schema = (answer.getSchema as () => string).call(answer);
      assert.equal(schema, readFileSync(join(packageRoot(), "schema.json"), "utf8"));
      await plugin.close();

      installPlugin(state, ["env", path, executable]);
      const namespace = `plugin-node-${version.split(".")[0]}`;
      writeFileSync(join(directory, "args.json"), JSON.stringify(plainArgs(state, namespace)));
      const engine = new Engine(state, { project: join(PROGRAMS, "runner"), stack: namespace, env: SHORT_WINDOW });
      const program = (what: string) =>
        engine.shell(
          `cd ${directory} && ${python} ${join(PROGRAMS, "python", "program.py")} ${what} ${namespace} args.json`,
        );
      await ok(program("up"));
      const kubernetes = new KubernetesView(state);
      assert.equal((await kubernetes.job(namespace)).job.status?.succeeded, 1);
      await kubernetes.close();
      await ok(program("again"));
      await ok(program("destroy"));
    });
  }
});
