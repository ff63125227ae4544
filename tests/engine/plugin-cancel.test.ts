import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Engine, type EngineResult } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { skip } from "../skip";
import { ok, resourcesOf } from "./support/engine";
import { PulumiCloud, requestsOf } from "./support/http";
import { labOn } from "./support/lab";
import { YamlPrograms } from "./support/plugin";
import { organizationOn, Trust } from "./support/trust";

const labStarted = labOn("kubernetes");

describe("an update by the plugin that the user cancels", () => {
  let lab: LabState;
  let programs: YamlPrograms;

  before(async function () {
    const started = await YamlPrograms.start(labStarted);
    if ("missing" in started) {
      return skip(this, `no language host for YAML: ${started.missing}`);
    }
    programs = started;
    lab = await labStarted();
  });
  after(() => programs?.remove());

  it("ends while a policy waits to be confirmed, and the next update goes on from its state", async () => {
    const state = await organizationOn(lab, "plugin-cancelled");
    const trust = new Trust(state);
    // An allow that is added would be answered at once.
    const { kind, args } = trust.setup("trust", [{ ...trust.allow("pod"), decision: "deny" }]);
    const resources = { trust: { type: `oidc-runner:${kind}`, properties: args } };
    const project = programs.write("cancelled", { resources });
    const engine = new Engine(state, { project, stack: "cancelled", env: { PATH: programs.path } });
    await engine.init();

    const mark = join(project, "written");
    const where = `--stack cancelled --cwd ${project} --config-file ${engine.configFile}`;
    let ended: EngineResult | undefined;
    const up = engine
      .shell(
        `PATH=${programs.path}:$PATH; pulumi up --yes --skip-preview --non-interactive --color never ${where} & up=$!
        while ! [ -e ${mark} ]; do sleep 0.05; done; kill -TERM $up; wait $up`,
      )
      .then((result) => {
        ended = result;
        return result;
      });
    const isWritten = async () => (await requestsOf(state)).some((request) => /^PATCH auth\/policies/.test(request));
    while (!(await isWritten())) {
      assert.equal(ended, undefined, ended?.output);
      await sleep(25);
    }
    writeFileSync(mark, "");
    const { code, output } = await up;
    assert.notEqual(code, 0, output);
    assert.match(output, /POLICY_WRITE_UNCERTAIN: .*CANCELLED/);
    assert.equal((await resourcesOf(engine)).filter(({ type }) => type === "oidc-runner:index:OidcPolicy").length, 1);

    await ok(engine.up());
    const [issuer] = await new PulumiCloud(state).issuers();
    assert.equal((await new PulumiCloud(state).definitions(issuer?.id as string)).length, 1);
    await ok(engine.up(["--expect-no-changes"]));
    await ok(engine.destroy());
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
  });
});
