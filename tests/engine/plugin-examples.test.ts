import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleNamed } from "../../cli/examples";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { skip } from "../skip";
import { ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { LANGUAGES, LanguageHost } from "./support/languages";
import { comparable, installPlugin } from "./support/plugin";

/** Versions of PyPI's packages are those of npm's. */
const versionOf = (name: string) => (require(`${name}/package.json`) as { version: string }).version;

/** Examples in other languages, and those that they are in TypeScript. */
const TWINS: {
  example: string;
  project: string;
  language: keyof typeof LANGUAGES;
  packages: string[];
  /** Of the Job to look at. */
  namespace?: string;
}[] = [
  { example: "eks", project: "eks-python", language: "Python", packages: [], namespace: "pulumi-eks" },
  { example: "gke", project: "gke-go", language: "Go", packages: [], namespace: "pulumi-gke" },
  {
    example: "verified-service",
    project: "services-python",
    language: "Python",
    packages: ["gcp", "kubernetes"].map((name) => `pulumi-${name}==${versionOf(`@pulumi/${name}`)}`),
  },
];

for (const { example, project, language, packages, namespace } of TWINS) {
  const { shape, config, machineConfig } = exampleNamed(example);
  const labStarted = labOn(shape);

  describe(`examples/${project}, by the plugin`, () => {
    const directory = mkdtempSync(join(tmpdir(), "oidc-runner-example-"));
    let state: LabState;
    let host: LanguageHost;

    before(async function () {
      const own = join(packageRoot(), "examples", project);
      const made = await LANGUAGES[language].make(own, directory, packages);
      if ("missing" in made) {
        return skip(this, made.missing);
      }
      state = await labStarted();
      installPlugin(state);
      host = await LanguageHost.start(made.command, own);
    });
    after(() => {
      host?.close();
      rmSync(directory, { recursive: true, force: true });
    });

    it(`makes what examples/${example} makes`, async () => {
      const settings = { ...config(state), ...(await machineConfig?.()) };
      const made = async (name: string, client: string[]) => {
        const where = { project: join(packageRoot(), "examples", name), stack: project };
        const engine = new Engine(state, { ...where, config: settings, env: SHORT_WINDOW });
        await engine.init();
        await ok(engine.up(client));
        const resources = comparable(await resourcesOf(engine));
        if (namespace !== undefined) {
          const kubernetes = new KubernetesView(state);
          assert.equal((await kubernetes.job(namespace)).job.status?.succeeded, 1);
          await kubernetes.close();
        }
        await ok(engine.up(["--expect-no-changes", ...client]));
        const outputs = await engine.outputs();
        await ok(engine.destroy(client));
        // The names that the engine draws are in the digest of a Job's inputs, and Cloud Run draws an address.
        const same = (inputs: string) =>
          inputs
            .replace(/("pulumi-oidc-runner\/run-inputs":)"[0-9a-f]{16}"/, '$1"RANDOM"')
            .replaceAll(String(outputs.cloudRunUrl), "RANDOM");
        const entries = Object.entries(resources).map(([resource, inputs]) => [resource, same(inputs)]);
        return { resources: Object.fromEntries(entries) as typeof resources, outputs: Object.keys(outputs).sort() };
      };
      const wanted = await made(example, []);
      const found = await made(project, [`--client=${host.address}`]);
      assert.deepEqual(Object.keys(found.resources), Object.keys(wanted.resources));
      for (const [resource, inputs] of Object.entries(wanted.resources)) {
        assert.equal(found.resources[resource], inputs, resource);
      }
      assert.deepEqual(found.outputs, wanted.outputs);
      assert.deepEqual(await new PulumiCloud(state).issuers(), []);
    });
  });
}
