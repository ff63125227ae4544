import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { assertOneDiagnostic, fails, ok } from "./support/engine";
import { makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { runnerConfig } from "./support/runner";

const labStarted = labOn("kubernetes");

const NAMESPACE = "encrypted-login";

/** As the CLI writes it when its key lies in a keyring (pulumi/pulumi v3.259.0, sdk/go/common/util/securestore/envelope.go). */
const ENVELOPE = {
  $pulumiSecureStore: 1,
  backend: "linux-secretservice",
  algo: "aes-256-gcm",
  nonce: "uXGZUZc+AvcihN7t",
  data: "aXeuWem3Wl0O1cQcwZiImWdgmMyPKQ0B+XnX7CRe07mcEvTVOA0e+A6zeyOM1JrK",
};

describe("an encrypted login, with the real engine [0.3]", () => {
  let state: LabState;

  before(async () => {
    state = await labStarted();
    await makeNamespace(state, NAMESPACE);
  });

  /** A stack whose CLI finds that login and these variables; its state is in files, so the engine passes nothing on. */
  async function stack(name: string, env: Record<string, string>): Promise<Engine> {
    const credentials = join(state.directory, name);
    mkdirSync(credentials, { mode: 0o700 });
    writeFileSync(join(credentials, "credentials.json"), JSON.stringify(ENVELOPE), { mode: 0o600 });
    const engine = new Engine(state, {
      ...{ stack: name, project: join(packageRoot(), "tests", "engine", "programs", "runner") },
      config: runnerConfig(state, NAMESPACE, {}),
      env: { PULUMI_CREDENTIALS_PATH: credentials, ...env },
    });
    await engine.init();
    return engine;
  }

  it("stops a preview that would have to guess which Pulumi Cloud is meant, with what to do", async () => {
    const engine = await stack("encrypted", { PULUMI_API: "" });
    const output = await fails(engine.preview());
    assertOneDiagnostic(output, "LOGIN_ENCRYPTED");
    assert.match(output, /Fix: set PULUMI_API and PULUMI_ACCESS_TOKEN, or run/);
    assert.doesNotMatch(output, /api\.pulumi\.com/);
  });

  it("does not matter where the environment says what it would", async () => {
    const engine = await stack("encrypted-injected", {});
    await ok(engine.preview());
  });
});
