import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine, type EngineResult } from "../../lab/engine/engine";
import { projectNumber } from "../../lab/gcp/project-number";
import { LAB_PROJECT } from "../../lab/issuer-shapes";
import type { LabState } from "../../lab/types";
import { resolveEscEvaluator } from "../../tools/toolchain/esc-evaluator";
import { packageRoot } from "../../tools/toolchain/package-root";
import { silentReport } from "../../tools/toolchain/report";
import { skip } from "../skip";
import { ok } from "./support/engine";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

describe("a workload identity pool for ESC, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let organization: string;
  let subject: string;

  before(async () => {
    state = await labStarted();
    organization = state.pulumiCloud.organization;
    const project = join(packageRoot(), "tests", "engine", "programs", "pools");
    subject = `pulumi:environments:org:${organization}:env:infra/google`;
    engine = new Engine(state, { project, config: { organization, subject } });
    await engine.init();
  });

  const env = (...words: string[]): Promise<EngineResult> =>
    new Engine(state, { project: packageRoot(), env: { PULUMI_BACKEND_URL: state.pulumiCloud.url } }).run([
      "env",
      ...words,
    ]);

  it("is made, and then kept as it is", async () => {
    await ok(engine.up());
    assert.match(await ok(engine.preview(["--expect-no-changes"])), /unchanged/);
    await ok(engine.refresh(["--expect-no-changes"]));
  });

  it("lets the environment that it names log in, and no other", async function () {
    const evaluator = await resolveEscEvaluator(silentReport);
    if ("missing" in evaluator) {
      skip(this, evaluator.missing);
    }
    const { email } = await engine.outputs();
    const file = join(state.directory, "google.yaml");
    writeFileSync(
      file,
      `values:
  login:
    fn::open::gcp-login:
      project: ${projectNumber(LAB_PROJECT)}
      oidc: { workloadPoolId: pulumi-esc, providerId: pulumi-esc, serviceAccount: ${String(email)} }
`,
    );
    for (const name of ["google", "google2"]) {
      await ok(env("init", `${organization}/infra/${name}`, "--file", file));
    }
    assert.match(await ok(env("open", `${organization}/infra/google`, "login.accessToken")), /^"ya29\.c\./m);
    assert.match((await env("open", `${organization}/infra/google2`)).output, /status code 403/);
    engine.configure({ organization: `${organization}2`, subject });
    assert.match(await ok(engine.up()), /~ 1 updated/);
    const refused = (await env("open", `${organization}/infra/google`)).output.replace(/\s+/g, " ");
    assert.match(refused, /"error":"invalid_grant".*The audience in ID Token/);
  });

  it("goes with its provider, and its id is not free again", async () => {
    await ok(engine.destroy());
    const { code, output } = await engine.up();
    assert.notEqual(code, 0);
    assert.match(output, /Error 409: Requested entity already exists/);
    await ok(engine.destroy());
  });
});
