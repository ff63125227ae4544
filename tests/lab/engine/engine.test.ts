import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../../../lab/engine/engine";
import { environmentFile } from "../../../lab/engine/environment";
import type { LabState } from "../../../lab/types";

describe("lab/engine: the CLI's environment", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-engine-env-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("names a user, for one without an entry in passwd, and has nothing else of this machine but what is passed on", async () => {
    const path = join(directory, "pulumi");
    writeFileSync(path, "#!/bin/sh\nenv\n", { mode: 0o755 });
    writeFileSync(join(directory, "Pulumi.yaml"), "name: inner\nruntime: nodejs\n");
    const pulumiCloud = { url: "https://127.0.0.1:1", adminToken: "pul-test", organization: "acme" };
    const state = {
      ca: "ca.crt",
      authorities: "authorities.crt",
      directory,
      pulumiHome: directory,
      kubeconfig: "none",
      pulumiCli: { path },
      pulumiCloud,
    };
    process.env.OIDC_RUNNER_TEST_OUTSIDE = "outside";
    try {
      const engine = new Engine(state as unknown as LabState, { project: directory });
      const { output } = await engine.run([]);
      assert.match(output, /^USER=lab$/m);
      assert.match(output, /^PULUMI_API=https:\/\/127\.0\.0\.1:1$/m);
      assert.doesNotMatch(output, /outside/);
      // Its own programs are checked elsewhere; a user's is checked as on any other machine.
      assert.match(output, /^PULUMI_NODEJS_TRANSPILE_ONLY=true$/m);
      assert.doesNotMatch(environmentFile(state as unknown as LabState), /TRANSPILE_ONLY/);
    } finally {
      delete process.env.OIDC_RUNNER_TEST_OUTSIDE;
    }
  });
});
