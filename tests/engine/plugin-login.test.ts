import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { skip } from "../skip";
import { fails, ok, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { labOn } from "./support/lab";
import { type YamlProgram, YamlPrograms } from "./support/plugin";
import { plainArgs } from "./support/runner";

const labStarted = labOn("kubernetes");

/** As the CLI writes it when its key lies in a keyring (pulumi/pulumi v3.259.0, sdk/go/common/util/securestore/envelope.go). */
const ENVELOPE = {
  $pulumiSecureStore: 1,
  backend: "linux-secretservice",
  algo: "aes-256-gcm",
  nonce: "uXGZUZc+AvcihN7t",
  data: "aXeuWem3Wl0O1cQcwZiImWdgmMyPKQ0B+XnX7CRe07mcEvTVOA0e+A6zeyOM1JrK",
};

describe("an encrypted login, by the plugin", () => {
  let state: LabState;
  let programs: YamlPrograms;
  let resources: YamlProgram["resources"];

  before(async function () {
    const started = await YamlPrograms.start(labStarted);
    if ("missing" in started) {
      return skip(this, `no language host for YAML: ${started.missing}`);
    }
    programs = started;
    state = await labStarted();
    const { organization, caCertificates } = plainArgs(state, "");
    const issuerUrl = "https://encrypted.example.com";
    const jwks = { keys: [{ kty: "OKP", kid: "1", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] };
    const common = { organization, caCertificates };
    resources = {
      issuer: { type: "oidc-runner:OidcIssuer", properties: { ...common, issuerUrl, jwks } },
      setup: {
        type: "oidc-runner:OidcTrustSetup",
        properties: { ...common, custom: { issuerUrl: `${issuerUrl}/setup`, jwks } },
      },
    };
  });
  after(() => programs?.remove());

  /** A stack whose CLI finds that login and these variables; its state is in files, so the engine passes nothing on. */
  async function stack(name: string, env: Record<string, string>, more: YamlProgram["resources"]): Promise<Engine> {
    const credentials = join(state.directory, name);
    mkdirSync(credentials, { mode: 0o700 });
    writeFileSync(join(credentials, "credentials.json"), JSON.stringify(ENVELOPE), { mode: 0o600 });
    const project = programs.write(name, { resources: more });
    const own = { PATH: programs.path, PULUMI_CREDENTIALS_PATH: credentials, ...SHORT_WINDOW, ...env };
    const engine = new Engine(state, { stack: name, project, env: own });
    await engine.init();
    return engine;
  }

  it("stops resources and components that would have to guess which Pulumi Cloud is meant, with what to do", async () => {
    for (const [name, resource] of Object.entries(resources)) {
      const engine = await stack(`login-${name}`, { PULUMI_API: "" }, { [name]: resource });
      const output = await fails(engine.preview());
      assert.match(output, /LOGIN_ENCRYPTED: .+ Fix: set PULUMI_API and PULUMI_ACCESS_TOKEN, or run/);
      assert.doesNotMatch(output, /api\.pulumi\.com|^\s+at /m);
    }
  });

  it("does not matter where the environment says what it would", async () => {
    await ok((await stack("login-injected", {}, resources)).preview());
  });

  it("does not matter where the provider's configuration says it", async () => {
    const { url, adminToken } = state.pulumiCloud;
    const provider = {
      type: "pulumi:providers:oidc-runner",
      properties: {
        ...{ apiUrl: url, accessToken: { "fn::secret": adminToken } },
        caCertificates: readFileSync(state.ca, "utf8"),
      },
    };
    const configured = Object.entries(resources).map(([name, resource]) => {
      const options = name === "setup" ? { providers: ["${provider}"] } : { provider: "${provider}" };
      return [name, { ...resource, options }];
    });
    const all = { provider, ...(Object.fromEntries(configured) as YamlProgram["resources"]) };
    const engine = await stack("login-configured", { PULUMI_API: "", PULUMI_ACCESS_TOKEN: "" }, all);
    await ok(engine.up());
    assert.equal((await new PulumiCloud(state).issuers()).length, 2);
    await ok(engine.destroy());
  });
});
