import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud, writes } from "./support/http";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

// One stack is taken through its life: each step begins where the one before ended.
describe("an imported issuer, with the real engine and a real cluster's keys", () => {
  let state: LabState;
  let engine: Engine;
  let cloud: PulumiCloud;
  let args: Record<string, unknown>;
  let id: string;

  before(async () => {
    state = await labStarted();
    cloud = new PulumiCloud(state);
    const url = state.clusters[0]?.issuer as string;
    id = await cloud.register("by hand", url);
    args = {
      organization: state.pulumiCloud.organization,
      caCertificates: readFileSync(state.ca, "utf8"),
      issuerUrl: url,
      jwksFromCluster: { kubeconfig: state.clusters[0]?.kubeconfig },
      maxExpirationSeconds: "2h",
    };
    const project = join(packageRoot(), "tests", "engine", "programs", "issuer");
    engine = new Engine(state, { project, stack: "import", env: SHORT_WINDOW });
    await engine.init();
  });
  after(() => cloud.remove(id));

  const configure = (more: Record<string, string>) => engine.configure({ args: JSON.stringify(args), ...more });
  const registered = async () => (await cloud.issuers()).find((issuer) => issuer.id === id);

  it("is owned from the first up on, with the keys of its API server", async () => {
    const imported = `${state.pulumiCloud.organization}/${id}`;
    configure({ import: imported });
    await ok(engine.up());
    const [issuer] = await resourcesOf(engine);
    assert.equal(issuer?.id, imported);
    const { adopted, created } = await engine.outputs();
    assert.equal(adopted, false);
    assert.match(String(created), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const now = await registered();
    // Hashes of its stack and its resource, and the mark of who took it over.
    assert.match(now?.name ?? "", /^tested-[0-9a-f]{24}$/);
    assert.equal(now?.maxExpiration, 7200);
    assert.ok((now?.jwks?.keys.length ?? 0) > 0);
  });

  it("stays as it is without the option and in another notation, through a refresh too", async () => {
    args = { ...args, maxExpirationSeconds: 7200 };
    configure({});
    const before = (await writes(state)).length;
    await ok(engine.up(["--refresh", "--expect-no-changes"]));
    assert.equal((await writes(state)).length, before);
  });

  it("is deleted with its resource", async () => {
    await ok(engine.destroy());
    assert.equal(await registered(), undefined);
  });
});
