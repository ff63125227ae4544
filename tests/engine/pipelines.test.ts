import assert from "node:assert/strict";
import { join } from "node:path";
import { areRight } from "../../cli/attempt";
import { EXAMPLE_ORGANIZATION, exampleNamed, type PipelineExample } from "../../cli/examples";
import { followPipeline } from "../../cli/follow";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok, SHORT_WINDOW } from "./support/engine";
import { control } from "./support/http";
import { labOn } from "./support/lab";
import { organizationOn } from "./support/trust";

const labStarted = labOn("kubernetes");

describe("the programs github-actions and gitlab-ci with the real engine", () => {
  let state: LabState;

  before(async () => {
    state = await organizationOn(await labStarted(), EXAMPLE_ORGANIZATION);
    await control(state, "PUT", `/pulumi-cloud/organizations/${EXAMPLE_ORGANIZATION}/environments`, [
      { project: "default", name: "dev" },
    ]);
  });

  for (const name of ["github-actions", "gitlab-ci"]) {
    it(`${name}: the pipeline's job lists environments, and none that resembles it logs in`, async () => {
      const example = exampleNamed(name);
      const pipeline = example.pipeline as PipelineExample;
      const project = join(packageRoot(), example.directory);
      const engine = new Engine(state, { project, stack: name, config: example.config(state), env: SHORT_WINDOW });
      await engine.init();
      await ok(engine.up());
      const lines: string[] = [];
      const signal = new AbortController().signal;
      const jobs = await followPipeline(pipeline, state, signal, {
        onStep: () => undefined,
        onLine: (line) => lines.push(line),
      });
      assert.ok(areRight(jobs), JSON.stringify(jobs));
      assert.match(lines.join("\n"), /dev/);
      assert.doesNotMatch(lines.join("\n"), /eyJ/);
      for (const { name: miss, shown } of jobs.nearMisses) {
        assert.ok(shown.length > 0, miss);
      }
      // Once the trust is gone, the job is a stranger too.
      await ok(engine.destroy());
      const { wanted } = await followPipeline({ ...pipeline, nearMisses: [] }, state, signal, {
        onStep: () => undefined,
        onLine: () => undefined,
      });
      assert.equal(wanted.outcome, "failed", "Pulumi Cloud knows the issuer no more");
    });
  }
});
