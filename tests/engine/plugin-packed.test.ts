import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { PluginProcess } from "../helpers/plugin-process";
import { skip } from "../skip";
import { ok, resourcesOf } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { YamlPrograms } from "./support/plugin";
import { plainArgs } from "./support/runner";

const labStarted = labOn("eks");

const NAMESPACE = "plugin-packed";
const { version } = JSON.parse(readFileSync(join(packageRoot(), "schema.json"), "utf8")) as { version: string };

describe("the plugin's archive, installed alone", () => {
  let directory: string;
  let archive: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-archive-"));
    const { href } = pathToFileURL(join(packageRoot(), "tools", "pack", "plugin.mjs"));
    const tool = (await import(href)) as { packPlugin(root: string, to: string): Promise<string> };
    archive = await tool.packPlugin(packageRoot(), directory);
  });
  after(() => rmSync(directory, { recursive: true }));

  describe("by the CLI", () => {
    let state: LabState;
    let programs: YamlPrograms;
    let kubernetes: KubernetesView;

    before(async function () {
      const started = await YamlPrograms.start(labStarted, archive);
      if ("missing" in started) {
        return skip(this, `no language host for YAML: ${started.missing}`);
      }
      programs = started;
      state = await labStarted();
      kubernetes = new KubernetesView(state);
    });
    after(async () => {
      programs?.remove();
      await kubernetes?.close();
    });

    it("answers with the package's schema", async () => {
      const { launcher } = programs;
      const plugin = await PluginProcess.run([launcher], {});
      const answer = await plugin.call("getSchema", "GetSchemaRequest", {});
      assert.equal(
        (answer.getSchema as () => string).call(answer),
        readFileSync(join(packageRoot(), "schema.json"), "utf8"),
      );
      await plugin.close();
    });

    it("is added to a project by `pulumi package add`, installed, and as the folder of a clone", async () => {
      const { organization } = state.pulumiCloud;
      const properties = { organization, issuerUrl: "https://added.example.com" };
      const resources = { issuer: { type: "oidc-runner:OidcIssuer", properties } };
      const cases = {
        [`oidc-runner@${version}`]: { home: state.pulumiHome, recorded: `oidc-runner@${version}` },
        // The home has no plugin; the language host for Node.js is to find the SDK.
        [join(packageRoot(), "plugin")]: { home: join(directory, "home"), recorded: join(packageRoot(), "plugin") },
      };
      for (const [added, { home, recorded }] of Object.entries(cases)) {
        const project = programs.write("added", { resources });
        const env = { PATH: programs.path, PULUMI_HOME: home, OIDC_RUNNER_NODE_ROOT: packageRoot() };
        const engine = new Engine(state, { project, stack: basename(home), env });
        await engine.init();
        await ok(engine.run(["package", "add", added, "--cwd", project]));
        const lock = readFileSync(join(project, "sdks", "oidc-runner", `oidc-runner-${version}.yaml`), "utf8");
        assert.match(lock, /^name: oidc-runner$/m);
        const { packages } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as { packages: object };
        assert.deepEqual(packages, { "oidc-runner": recorded });
        assert.match(await ok(engine.preview()), /oidc-runner:index:OidcIssuer +issuer +create/);
        rmSync(project, { recursive: true });
      }
    });

    it("runs a Job with a role, and makes what deployments need, by the SDKs in it", async () => {
      const common = plainArgs(state, NAMESPACE);
      const { organization } = common;
      const runner = { ...common, cluster: { name: "lab-eks" }, aws: { role: {} }, createNamespace: true };
      const stacks = [{ project: "site", stack: "prod" }];
      const engine = await programs.stack("packed", {
        resources: {
          runner: {
            type: "oidc-runner:EksOidcRunner",
            properties: { ...runner, command: ["pulumi", "whoami"] },
          },
          deployments: {
            type: "oidc-runner:DeploymentsOidcTrust",
            properties: { organization, stacks, aws: { role: {}, createOidcProvider: true } },
          },
        },
        outputs: { role: "${runner.roleArn}", settings: "${deployments.settingsCommand}" },
      });
      await ok(engine.up());
      assert.equal((await kubernetes.job(NAMESPACE)).job.status?.succeeded, 1);
      const outputs = await engine.outputs();
      assert.match(String(outputs.role), /^arn:aws:iam::\d{12}:role\//);
      assert.match(String(outputs.settings), /--oidc-aws-role-arn/);
      await ok(engine.up(["--expect-no-changes"]));
      await ok(engine.destroy());
    });

    it("serves issuers and policies with the provider's configuration, imports them and keeps secrets", async () => {
      const { organization, url, adminToken } = state.pulumiCloud;
      const caCertificates = readFileSync(state.ca, "utf8");
      const issuerUrl = "https://packed.example.com";
      const jwks = {
        keys: [{ kty: "OKP", kid: "1", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }],
      };
      const provider = {
        type: "pulumi:providers:oidc-runner",
        properties: { organization, apiUrl: url, accessToken: { "fn::secret": adminToken }, caCertificates },
      };
      const options = { provider: "${provider}" };
      const policies = [
        { decision: "allow", accessToken: { organization: {} }, rules: { aud: "a", sub: "system:serviceaccount:a:b" } },
      ];
      const issuer = {
        type: "oidc-runner:OidcIssuer",
        properties: { issuerUrl, jwks, name: { "fn::secret": "hidden-label" } },
        options,
      };
      const policy = {
        type: "oidc-runner:OidcPolicy",
        properties: { issuerId: "${issuer.issuerId}", policies },
        options,
      };
      const outputs = { issuerId: "${issuer.issuerId}" };
      const engine = await programs.stack("natives", { resources: { provider, issuer, policy }, outputs });
      await ok(engine.up());
      const exported = JSON.stringify(await engine.state());
      assert.ok(!exported.includes("hidden-label") && !exported.includes(adminToken));
      await ok(engine.up(["--expect-no-changes"]));
      await ok(engine.refresh(["--expect-no-changes"]));

      const moved = { ...issuer, properties: { ...issuer.properties, maxExpirationSeconds: "1h" } };
      programs.write("natives", { resources: { provider, issuer: moved, policy }, outputs });
      assert.match(await ok(engine.preview(["--diff"])), /\+ maxExpirationSeconds: 3600/);
      await ok(engine.up());

      const found = await resourcesOf(engine);
      const idOf = (name: string) => found.find(({ urn }) => urn.endsWith(`::${name}`))?.id as string;
      const taken = {
        issuer: { ...moved, options: { ...options, import: idOf("issuer") } },
        policy: {
          ...policy,
          options: { ...options, import: idOf("policy") },
        },
      };
      const owner = await programs.stack("imports", { resources: { provider, ...taken } });
      await ok(owner.up());
      await ok(owner.up(["--expect-no-changes"]));
      await ok(owner.destroy());
      assert.deepEqual(
        (await new PulumiCloud(state).issuers()).filter(({ url: of }) => of === issuerUrl),
        [],
      );
      await ok(engine.refresh());
      await ok(engine.destroy());
    });
  });
});
