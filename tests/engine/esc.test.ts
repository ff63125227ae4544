import assert from "node:assert/strict";
import { join } from "node:path";
import { areRight } from "../../cli/attempt";
import { type EnvironmentExample, exampleNamed } from "../../cli/examples";
import { followEnvironments } from "../../cli/follow";
import { Engine } from "../../lab/engine/engine";
import { resolveEscEvaluator } from "../../tools/toolchain/esc-evaluator";
import { packageRoot } from "../../tools/toolchain/package-root";
import { silentReport } from "../../tools/toolchain/report";
import { skip } from "../skip";
import { ok, SHORT_WINDOW } from "./support/engine";
import { labOn } from "./support/lab";

const example = exampleNamed("esc");
const labStarted = labOn(example.shape);

describe("the program esc with the real engine", () => {
  it("lets one environment log in to AWS, Azure and Google Cloud, and none that resembles it", async function () {
    const evaluator = await resolveEscEvaluator(silentReport);
    if ("missing" in evaluator) {
      skip(this, evaluator.missing);
    }
    const state = await labStarted();
    const project = join(packageRoot(), example.directory);
    const engine = new Engine(state, { project, config: example.config(state), env: SHORT_WINDOW });
    await engine.init();
    await ok(engine.up());
    const { environmentDefinition } = await engine.outputs();
    const { signal } = new AbortController();
    const commands: string[] = [];
    const follow = (definition: unknown) =>
      followEnvironments(example.environments as EnvironmentExample, state, String(definition), {
        project,
        signal,
        onCommand: (command) => commands.push(command),
      });
    const opened = await follow(environmentDefinition);
    assert.ok(areRight(opened), JSON.stringify(opened));
    for (const variable of ["AWS_SESSION_TOKEN", "ARM_OIDC_TOKEN", "GOOGLE_OAUTH_ACCESS_TOKEN"]) {
      assert.ok(opened.wanted.shown.includes(variable), opened.wanted.shown.join());
    }
    // Each cloud refuses, in its own words.
    for (const { shown } of opened.nearMisses) {
      assert.deepEqual([...shown].sort(), ["AADSTS700213", "AccessDenied", "PERMISSION_DENIED"]);
    }
    assert.match(
      commands.join("\n"),
      /^pulumi env init .*\npulumi env edit .* --file definition.yaml\npulumi env open /,
    );
    // Once the trust is gone, the environment is a stranger too.
    await ok(engine.destroy());
    assert.notEqual((await follow(environmentDefinition)).wanted.outcome, "admitted");
  });
});
