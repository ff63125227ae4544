import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LAB_RESOURCE_GROUP, LAB_SUBSCRIPTION_ID } from "../../lab";
import { Engine } from "../../lab/engine";
import { clusterOfShape } from "../../lab/issuer-shapes";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { blocksOf } from "../docs/blocks";
import { type Acme, startAcme } from "./support/acme";
import { fails, ok, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud, writes } from "./support/http";
import { KubernetesView } from "./support/kubernetes";

/** The clusters of the guides, each with the issuer that its guide's program leads to. */
const CLUSTERS = [
  clusterOfShape("eks", "prod"),
  {
    name: "gke",
    issuer: "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod",
  },
  clusterOfShape("aks", "aks"),
  { name: "other", issuer: "https://kubernetes.example.com" },
];

/** What the lab has under another name than a reader. */
const LAB_NAMES: [string, string][] = [
  [
    'cluster: { name: "prod", resourceGroupName: "kubernetes" }',
    `cluster: { name: "aks", resourceGroupName: "${LAB_RESOURCE_GROUP}" }`,
  ],
  ["0b1f6471-1bf0-4dda-aec3-cb9272f09590", LAB_SUBSCRIPTION_ID],
];

/** The programs of a guide, in their order. */
function programsOf(guide: string): string[] {
  const text = readFileSync(join(packageRoot(), "docs", "guides", `${guide}.md`), "utf8");
  return blocksOf(text, guide)
    .filter(({ language, code }) => language === "ts" && code.startsWith("import "))
    .map(({ code }) => LAB_NAMES.reduce((all, [from, to]) => all.replaceAll(from, to), code));
}

describe("the guides' programs, as they are written there", () => {
  let acme: Acme;
  let cloud: PulumiCloud;
  let projects = 0;

  before(async () => {
    acme = await startAcme({ README: "infra\n" }, CLUSTERS);
    cloud = new PulumiCloud(acme.state);
  });
  after(() => acme?.stop());

  /** The lab as it is seen from one of its clusters. */
  function on(cluster: string): LabState {
    const { state } = acme;
    const chosen = state.clusters.find(({ name }) => name === cluster) ?? assert.fail(cluster);
    const others = state.clusters.filter((other) => other !== chosen);
    return { ...state, clusters: [chosen, ...others], kubeconfig: chosen.kubeconfig };
  }

  async function engineFor(state: LabState): Promise<{ engine: Engine; write(program: string): void }> {
    projects += 1;
    const project = join(acme.directory, `guide-${projects}`);
    mkdirSync(project);
    symlinkSync(join(packageRoot(), "node_modules"), join(project, "node_modules"));
    writeFileSync(join(project, "package.json"), '{ "dependencies": { "pulumi-oidc-runner": "*" } }');
    writeFileSync(join(project, "Pulumi.yaml"), `name: guide-${projects}\nruntime: nodejs\n`);
    writeFileSync(
      join(project, "tsconfig.json"),
      '{ "compilerOptions": { "module": "commonjs", "moduleResolution": "node", "target": "es2020", "strict": true } }',
    );
    const config = { "aws:region": "us-west-2", "gcp:project": "acme-prod" };
    const engine = new Engine(state, { project, config, env: SHORT_WINDOW });
    await engine.init();
    return { engine, write: (program) => writeFileSync(join(project, "index.ts"), program) };
  }

  async function jobSucceeds(state: LabState, namespace: string): Promise<void> {
    const kubernetes = new KubernetesView(state);
    const { job, log } = await kubernetes.job(namespace);
    await kubernetes.close();
    assert.equal(job.status?.succeeded, 1, log);
  }

  for (const [guide, cluster] of [
    ["eks", "prod"],
    ["gke", "gke"],
    ["aks", "aks"],
    ["other-clusters", "other"],
  ] as const) {
    it(`${guide}: the pod logs in, and nothing is left`, async () => {
      const state = on(cluster);
      const { engine, write } = await engineFor(state);
      write(programsOf(guide).at(-1) ?? "");
      await ok(engine.up());
      await jobSucceeds(state, "deployers");
      await ok(engine.up(["--expect-no-changes"]));
      await ok(engine.destroy());
      assert.deepEqual(await cloud.issuers(), []);
    });
  }

  it("two stacks on one cluster: both log in, and the owner goes last", async () => {
    const state = on("prod");
    const [ownersProgram = "", othersProgram = ""] = programsOf("two-stacks");
    const owner = await engineFor(state);
    const other = await engineFor(state);
    owner.write(ownersProgram);
    other.write(othersProgram);
    await ok(owner.engine.up());
    await ok(other.engine.up());
    await jobSucceeds(state, "network");
    await jobSucceeds(state, "database");
    assert.match(await fails(owner.engine.destroy()), /ISSUER_IN_USE/);
    await ok(other.engine.destroy());
    await ok(owner.engine.destroy());
    assert.deepEqual(await cloud.issuers(), []);
  });

  it("migrate from pulumiservice: no write until the issuer is to be owned, and then its name alone", async () => {
    const url = "https://token.actions.githubusercontent.com";
    const id = await cloud.register("github", url);
    const rules = { aud: "urn:pulumi:org:acme", sub: "repo:acme/infra:ref:refs/heads/main" };
    await cloud.change(id, () => [{ decision: "allow", tokenType: "organization", authorizedPermissions: [], rules }]);
    const [adopts = "", owns = ""] = programsOf("migrate-from-pulumiservice");
    const { engine, write } = await engineFor(acme.state);
    const begun = (await writes(acme.state)).length;
    const written = async () => (await writes(acme.state)).slice(begun).map((line) => line.replace(id, "ID"));
    write(adopts);
    await ok(engine.up());
    write(adopts.replace("  adoptPolicies: true,\n", ""));
    await ok(engine.up());
    assert.deepEqual(await written(), []);

    write(owns.replace(/acme\/[0-9a-f-]{36}/, `acme/${id}`));
    await ok(engine.up());
    assert.deepEqual(await written(), ["PATCH /api/orgs/acme/oidc/issuers/ID"]);
    assert.deepEqual(
      (await cloud.definitions(id)).map((definition) => definition.rules),
      [rules],
    );
    await ok(engine.destroy());
    assert.deepEqual(await cloud.issuers(), []);
  });
});
