import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { fails, ok, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";

const onEks = labOn("eks");
const onAks = labOn("aks");

const COMMON = `organization: "lab", accessToken: { organization: {} }, createNamespace: true`;

/** The cluster is made by the program, so that its name and issuer are not known in a preview. */
const MADE_CLUSTER = `import * as aws from "@pulumi/aws";
import { EksOidcRunner } from "pulumi-oidc-runner/eks";

const cluster = new aws.eks.Cluster("cluster", {
  name: "lab-eks",
  roleArn: "arn:aws:iam::111122223333:role/cluster",
  vpcConfig: { subnetIds: ["subnet-1", "subnet-2"] },
});
const aws_ = { role: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } };
const runner = new EksOidcRunner("made", { ${COMMON}, cluster, namespace: "made", aws: aws_ });
export const { roleArn, workloadName } = runner;
`;

/** One stack sets the trust up, and the other takes it as data. */
const OWNER = (issuerUrl: string) => `import { OidcTrustSetup } from "pulumi-oidc-runner";

const rules = { aud: "urn:pulumi:org:lab", sub: "system:serviceaccount:guest:*" };
const setup = new OidcTrustSetup("cluster", {
  organization: "lab",
  eks: { issuerUrl: "${issuerUrl}" },
  policies: [{ decision: "allow", accessToken: { organization: {} }, rules }],
});
export const trust = setup.trust;
`;
const GUEST = (issuerUrl: string) => `import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner, type TrustReference } from "pulumi-oidc-runner";

const owner = new pulumi.StackReference("organization/owner/lab");
const trust = owner.requireOutput("trust") as pulumi.Output<TrustReference>;
const cluster = { issuerUrl: "${issuerUrl}" };
new EksOidcRunner("guest", { ${COMMON}, cluster, namespace: "guest", trust, createPolicy: false });
`;

/** An ES module in TypeScript, with top-level await. */
const ESM = (issuerUrl: string) => `import { readFile } from "node:fs/promises";
import { KubernetesOidcRunner } from "pulumi-oidc-runner";

const manifest = JSON.parse(await readFile(new URL("package.json", import.meta.url), "utf8")) as { type: string };
const runner = new KubernetesOidcRunner("esm", {
  ${COMMON}, cluster: { issuerUrl: "${issuerUrl}" }, namespace: "esm", labels: { type: manifest.type },
});
export const workloadName = runner.workloadName;
`;

/** The issuer of AKS ends with a slash, which is part of it. */
const AKS = (issuerUrl: string) => `import { AksOidcRunner } from "pulumi-oidc-runner/aks";

const cluster = { issuerUrl: "${issuerUrl}" };
new AksOidcRunner("aks", { ${COMMON}, cluster, namespace: "on-aks" });
`;

/** A program that has the package twice, as where a dependency brings a version of its own. */
const TWICE = (issuerUrl: string) => `import { EksOidcRunner, OidcTrustSetup } from "pulumi-oidc-runner";

const rules = { aud: "urn:pulumi:org:lab", sub: "system:serviceaccount:twice-*" };
const { trust } = new OidcTrustSetup("cluster", {
  organization: "lab",
  eks: { issuerUrl: "${issuerUrl}" },
  policies: [{ decision: "allow", accessToken: { organization: {} }, rules }],
});
for (const path of Object.keys(require.cache)) {
  if (!path.includes("/node_modules/@")) delete require.cache[path];
}
const copy = require("pulumi-oidc-runner") as typeof import("pulumi-oidc-runner");
if (copy.EksOidcRunner === EksOidcRunner) throw new Error("there is one copy");
const args = { ${COMMON}, cluster: { issuerUrl: "${issuerUrl}" }, trust, createPolicy: false };
new EksOidcRunner("first", { ...args, namespace: "twice-first" });
new copy.EksOidcRunner("second", { ...args, namespace: "twice-second" });
`;

/**
 * Besides: a package around this one in wrapped.test.ts, a trust of GitHub Actions alone in pipelines.test.ts and readme.test.ts, and
 * many stacks on one issuer in shared-issuer.test.ts.
 */
describe("programs of other shapes, with the real engine", () => {
  async function stackOf(state: LabState, name: string, text: string, manifest: object = {}): Promise<Engine> {
    const project = join(state.directory, "shapes", name);
    mkdirSync(project, { recursive: true });
    symlinkSync(join(packageRoot(), "node_modules"), join(project, "node_modules"));
    writeFileSync(join(project, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
    writeFileSync(join(project, "package.json"), JSON.stringify({ main: "index.ts", ...manifest }));
    const compilerOptions = { target: "ES2022", module: "nodenext", moduleResolution: "nodenext", strict: true };
    const tsconfig = { compilerOptions: { ...compilerOptions, skipLibCheck: true }, files: ["index.ts"] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(tsconfig));
    writeFileSync(join(project, "index.ts"), text);
    // Types are checked, as on users' machines.
    const env = { ...SHORT_WINDOW, PULUMI_NODEJS_TRANSPILE_ONLY: "" };
    const engine = new Engine(state, { project, env });
    await engine.init();
    return engine;
  }

  /** Up, a Job that logged in, and nothing to do after that. */
  async function logsIn(state: LabState, engine: Engine, namespace: string): Promise<void> {
    await ok(engine.up());
    const kubernetes = new KubernetesView(state);
    const { job, log } = await kubernetes.job(namespace);
    await kubernetes.close();
    assert.equal(job.status?.succeeded, 1, log);
    assert.match(log, /exchanged this pod's token/);
    const preview = await ok(engine.preview());
    assert.match(preview, /\d unchanged/);
    assert.doesNotMatch(preview, /to (create|update|replace)/);
  }

  const gone = async (state: LabState) => assert.deepEqual(await new PulumiCloud(state).issuers(), []);

  it("an aws.eks.Cluster made by the same program, previewed before it is there", async () => {
    const state = await onEks();
    const engine = await stackOf(state, "made-cluster", MADE_CLUSTER);
    const preview = await ok(engine.preview());
    assert.match(preview, /aws:eks:Cluster cluster create/);
    await logsIn(state, engine, "made");
    assert.match(String((await engine.outputs()).roleArn), /:role\/made/);
    await ok(engine.destroy());
    await gone(state);
  });

  it("a runner that takes the trust of another stack as data", async () => {
    const state = await onEks();
    const issuer = state.clusters[0]?.issuer ?? "";
    const owner = await stackOf(state, "owner", OWNER(issuer));
    const guest = await stackOf(state, "guest", GUEST(issuer));
    assert.match(await fails(guest.preview()), /owner/);
    await ok(owner.up());
    await logsIn(state, guest, "guest");
    await ok(guest.destroy());
    await ok(owner.destroy());
    await gone(state);
  });

  it("an ES module in TypeScript, with top-level await", async () => {
    const state = await onEks();
    const engine = await stackOf(state, "esm", ESM(state.clusters[0]?.issuer ?? ""), { type: "module" });
    await logsIn(state, engine, "esm");
    await ok(engine.destroy());
    await gone(state);
  });

  it("a program that has the package twice", async () => {
    const state = await onEks();
    const engine = await stackOf(state, "twice", TWICE(state.clusters[0]?.issuer ?? ""));
    await logsIn(state, engine, "twice-second");
    await ok(engine.destroy());
    await gone(state);
  });

  it("an issuer as AKS has it", async () => {
    const state = await onAks();
    const engine = await stackOf(state, "aks", AKS(state.clusters[0]?.issuer ?? ""));
    await logsIn(state, engine, "on-aks");
    await ok(engine.destroy());
    await gone(state);
  });
});
