import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { skip } from "../skip";
import { ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { control, PulumiCloud, writes } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { installPlugin, PLUGIN_MAIN, type YamlProgram, YamlPrograms } from "./support/plugin";
import { plainArgs } from "./support/runner";
import { type Described, Trust } from "./support/trust";

const labStarted = labOn("kubernetes");

const NAMESPACE = "to-plugin";

/** Makes the plugin forget what its resources were called in programs in TypeScript. */
const FORGET = `
const module_ = require(${JSON.stringify(join(packageRoot(), "dist", "provider", "resources", "cloud-resource.js"))});
const { typeTokens } = module_;
module_.typeTokens = (name) => ({ ...typeTokens(name), dynamic: "other:index:" + name });
`;

describe("to-plugin: a stack of a program in TypeScript that the plugin takes over", () => {
  let state: LabState;
  let programs: YamlPrograms;
  let engine: Engine;
  let kubernetes: KubernetesView;
  let directory: string;

  before(async function () {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-forget-"));
    const started = await YamlPrograms.start(labStarted);
    if ("missing" in started) {
      return skip(this, `no language host for YAML: ${started.missing}`);
    }
    programs = started;
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);

    const { cluster, ...common } = plainArgs(state, NAMESPACE);
    const { organization, caCertificates } = common;
    const policies = [
      { decision: "allow", accessToken: { team: { name: "platform" } }, rules: { aud: "a", sub: "repo:acme/infra:*" } },
    ];
    const setup = { organization, caCertificates, kubernetes: cluster, policies };
    const runner = { ...common, cluster, command: ["pulumi", "whoami"] };
    const described: Described[] = [
      { kind: "OidcTrustSetup", name: "setup", args: setup },
      ...["one", "two"].map((name): Described => {
        return { kind: "KubernetesOidcRunner", name, args: { ...runner, trust: { of: "setup" } } };
      }),
    ];
    const typescript = await new Trust(state).stack("to-plugin", SHORT_WINDOW);
    typescript.describe(...described);
    await ok(typescript.up());

    const type = "oidc-runner:KubernetesOidcRunner";
    const properties = { ...runner, trust: "${setup.trust}" };
    const resources: YamlProgram["resources"] = {
      setup: { type: "oidc-runner:OidcTrustSetup", properties: setup },
      one: { type, properties },
      two: { type, properties },
    };
    engine = programs.takeOver("to-plugin", { name: "tested-trust", resources });
    engine.configure({});
    await control(state, "DELETE", "/pulumi-cloud/requests");
  });
  after(async () => {
    rmSync(directory, { recursive: true });
    programs?.remove();
    await kubernetes?.close();
  });

  it("makes new resources where the plugin does not know what they were called", async () => {
    const file = join(directory, "forget.cjs");
    writeFileSync(file, FORGET);
    installPlugin(state, [process.execPath, "--require", file, PLUGIN_MAIN]);
    // The preview fails, because the program has no provider for the old ones any more.
    const { output } = await engine.preview(["--diff"]);
    assert.match(output, /\+ oidc-runner:index:OidcIssuer: \(create\)/);
    assert.match(output, /\+ oidc-runner:index:OidcPolicy: \(create\)/);
    installPlugin(state);
  });

  it("shows nothing but another provider in a preview", async () => {
    const output = await ok(engine.preview(["--diff"]));
    assert.doesNotMatch(output, /to (create|delete|replace)/);
  });

  it("is taken over without a change in Pulumi Cloud or the cluster", async () => {
    const before = (await kubernetes.all()).sort();
    const [issuer] = await new PulumiCloud(state).issuers();
    await ok(engine.up());
    assert.deepEqual(await writes(state), []);
    assert.deepEqual((await kubernetes.all()).sort(), before);
    const types = (await resourcesOf(engine)).map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => type.startsWith("pulumi-nodejs:")),
      [],
    );
    assert.equal(types.filter((type) => type === "oidc-runner:index:OidcPolicy").length, 3);
    await ok(engine.up(["--expect-no-changes"]));
    await ok(engine.destroy());
    assert.deepEqual(
      (await new PulumiCloud(state).issuers()).filter(({ id }) => id === issuer?.id),
      [],
    );
  });
});
