import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpmProject, WRAPPER } from "../../helpers/pnpm-project";

/** What each class is made with; `args` has what all of them need. */
const MAKE = {
  OidcIssuer: `new OidcIssuer("x", { ...args, issuerUrl: "https://i.example.com" })`,
  OidcPolicy: `new OidcPolicy("x", { ...args, issuerId: "id", policies: [{ decision: "allow", accessToken: { organization: {} },
    rules: { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:a:b" } }] })`,
  OidcTrustSetup: `new OidcTrustSetup("x", { ...args, kubernetes: { issuerUrl: "https://i.example.com" } })`,
  KubernetesOidcRunner: `new KubernetesOidcRunner("x", { ...args, accessToken: { organization: {} }, namespace: "pulumi",
    cluster: { issuerUrl: "https://i.example.com" } })`,
  EksOidcRunner: `new EksOidcRunner("x", { ...args, accessToken: { organization: {} }, namespace: "pulumi",
    cluster: { name: "prod" } })`,
  GkeOidcRunner: `new GkeOidcRunner("x", { ...args, accessToken: { organization: {} }, namespace: "pulumi",
    cluster: { project: "acme-prod", location: "europe-west1", name: "n" } })`,
};
/** What the engine's language host sets for a program. */
const IN_THE_ENGINE = { PULUMI_NODEJS_MONITOR: "127.0.0.1:1" };

describe("provider/resources/dynamic/module", () => {
  let directory: string;
  let project: ReturnType<typeof pnpmProject>;
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "dynamic-module-")));
    project = pnpmProject(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Makes each class in the program's directory: the code of the refusal, and whether anything was registered. */
  function make(env: Record<string, string>): Record<string, { code?: string; message?: string; registered: number }> {
    const constructors = Object.entries(MAKE).map(([name, text]) => `${name}: () => ${text}`);
    const program = `
      const pulumi = require("@pulumi/pulumi");
      const { ${Object.keys(MAKE).join(", ")} } = require("${WRAPPER}");
      const args = { organization: "acme", apiUrl: "https://api.acme.internal" };
      const made = {};
      let registered = 0;
      const results = {};
      process.on("unhandledRejection", () => {});
      (async () => {
        for (const [name, construct] of Object.entries({ ${constructors.join(", ")} })) {
          registered = 0;
          await pulumi.runtime.setMocks({ newResource: ({ inputs }) => { registered++; return { id: "id", state: inputs }; },
            call: () => ({ identities: [{ oidcs: [{ issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/A" }] }] }) });
          let refusal = {};
          try { construct(); } catch ({ code, message }) { refusal = { code, message }; }
          for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
          results[name] = { ...refusal, registered };
        }
        console.log("=>" + JSON.stringify(results));
        process.removeAllListeners("exit").exit(0);
      })();`;
    const options = { cwd: directory, encoding: "utf8" as const, env: { ...process.env, ...env } };
    return JSON.parse(execFileSync(process.execPath, ["-e", program], options).split("=>").pop() ?? "");
  }

  it("refuses a program that has the package only through another one, before anything is registered [A12]", () => {
    for (const [name, { code, message = "", registered }] of Object.entries(make(IN_THE_ENGINE))) {
      assert.deepEqual([name, code, registered], [name, "DYNAMIC_MODULE_NOT_FOUND", 0]);
      assert.ok(message.includes(`(at ${directory}). Fix: add pulumi-oidc-runner to the dependencies`), message);
      assert.doesNotMatch(message, /\n/);
    }
  });

  it("takes it when the program names the package too", () => {
    project.addDependency();
    for (const [name, { code, registered }] of Object.entries(make(IN_THE_ENGINE))) {
      assert.deepEqual([name, code], [name, undefined]);
      assert.ok(registered > 0, name);
    }
  });

  it("takes it from NODE_PATH, as the engine's host would", () => {
    const NODE_PATH = join(directory, "node_modules", ".pnpm", `${WRAPPER}@1.0.0`, "node_modules");
    assert.equal(make({ ...IN_THE_ENGINE, NODE_PATH }).OidcIssuer?.code, undefined);
  });

  it("asks nothing under mocks and in inline programs, whose working directory is not the host's", () => {
    for (const { code } of Object.values(make({}))) assert.equal(code, undefined);
  });
});
