import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { skip } from "../skip";
import { fails, ok, SHORT_WINDOW, type StateResource } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { goProgram, pythonWith } from "./support/languages";
import { comparable, installPlugin } from "./support/plugin";
import { plainArgs, runnerStack } from "./support/runner";

const labStarted = labOn("kubernetes");

const PROGRAMS = join(packageRoot(), "tests", "engine", "programs");

/** Programs inline of the Automation API, which need no language host; they take a command, a namespace and a file of arguments. */
const INLINE: Record<string, (directory: string) => Promise<{ command: string } | { missing: string }>> = {
  async Python(directory) {
    const made = await pythonWith(directory);
    return "missing" in made ? made : { command: `${made.python} ${join(PROGRAMS, "python", "program.py")}` };
  },
  async Go(directory) {
    const made = await goProgram(join(PROGRAMS, "go"), directory);
    return "missing" in made ? made : { command: made.program };
  },
};

for (const [language, make] of Object.entries(INLINE)) {
  describe(`a program in ${language}, by the plugin`, () => {
    const namespace = `plugin-${language.toLowerCase()}`;
    let directory: string;
    let command: string;
    let state: LabState;
    let engine: Engine;
    let kubernetes: KubernetesView;

    before(async function () {
      directory = mkdtempSync(join(tmpdir(), "oidc-runner-language-"));
      const made = await make(directory);
      if ("missing" in made) {
        return skip(this, made.missing);
      }
      ({ command } = made);
      state = await labStarted();
      installPlugin(state);
      kubernetes = new KubernetesView(state);
      writeFileSync(join(directory, "args.json"), JSON.stringify(plainArgs(state, namespace)));
      engine = new Engine(state, { project: join(PROGRAMS, "runner"), stack: namespace, env: SHORT_WINDOW });
    });
    after(async () => {
      rmSync(directory, { recursive: true, force: true });
      await kubernetes?.close();
    });

    const program = (what: string, where = namespace) =>
      engine.shell(`cd ${directory} && ${command} ${what} ${where} args.json`);

    it("makes the same resources as the program in TypeScript, and runs the Job", async () => {
      const args = { createNamespace: true, command: ["pulumi", "whoami"] };
      const trust = { kubernetes: { issuerUrl: state.clusters[0]?.issuer } };
      const typescript = await runnerStack(state, `twin-${namespace}`, namespace, { args, trust });
      await ok(typescript.up());
      const isOurs = ({ type }: StateResource) => !type.startsWith("pulumi:");
      const { deployment } = await typescript.state();
      const wanted = comparable(((deployment.resources ?? []) as StateResource[]).filter(isOurs));
      await ok(typescript.destroy());

      await ok(program("up"));
      const { job } = await kubernetes.job(namespace);
      assert.equal(job.status?.succeeded, 1);
      const output = await ok(program("export"));
      const exported = JSON.parse(output.slice(output.indexOf("{"))) as { deployment: { resources: StateResource[] } };
      const found = comparable(exported.deployment.resources.filter(isOurs));
      assert.deepEqual(Object.keys(found), Object.keys(wanted));
      for (const [resource, inputs] of Object.entries(wanted)) {
        assert.equal(found[resource], inputs, resource);
      }

      const { outputs } = exported.deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack") ?? {};
      const { policyId, workload, ...others } = outputs as Record<string, unknown>;
      assert.match(String(policyId), /^\w/);
      const { name } = job.metadata;
      const issuerUrl = state.clusters[0]?.issuer;
      assert.deepEqual(others, { workloadName: name, issuerUrl });
      // The programs do not import the package of the Job: in Python it is its id, in Go a resource.
      assert.equal(typeof workload === "object" ? (workload as { id: string }).id : workload, `${namespace}/${name}`);
    });

    it("changes nothing in a refresh, a second up and a preview", async () => {
      await ok(program("again"));
    });

    it("is refused with the code of the program in TypeScript", async () => {
      const output = await fails(program("up", "Not_A_Namespace"));
      assert.match(output, /resource 'tested' has a problem: NAMESPACE_INVALID: .+ Fix: .+/);
    });

    it("is taken down by destroy", async () => {
      await ok(program("destroy"));
      assert.deepEqual(await new PulumiCloud(state).issuers(), []);
      assert.deepEqual(await kubernetes.all(), []);
    });
  });
}
