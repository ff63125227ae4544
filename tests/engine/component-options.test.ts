import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok } from "./support/engine";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

/** A resource as an update would write it into state. */
interface Planned {
  urn: string;
  type: string;
  parent?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  deletedWith?: string;
  dependencies?: string[];
  provider?: string;
  aliases?: string[];
  additionalSecretOutputs?: string[];
  customTimeouts?: { create?: number };
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
}

const PROJECT = join(packageRoot(), "tests", "engine", "programs", "options");

const FILES = "kubernetes:core/v1:ConfigMap";
const LASTING_FILES = [FILES, `${FILES} -owner`];
/** Runners with options of their own share no scripts. */
const SCRIPTS = [`${FILES} -entrypoint`, `${FILES} -entrypoint-owner`];
const RIGHTS = ["Role", "RoleBinding"].map((kind) => `kubernetes:rbac.authorization.k8s.io/v1:${kind}`);
const GRANT = "gcp:projects/iAMMember:IAMMember -storage.objectViewer";

/** The components by their names, with the types of their children and what these add to the name. */
const COMPONENTS: Record<string, { type: string; children: string[] }> = {
  job: runner("batch/v1:Job", SCRIPTS),
  "cron-job": runner("batch/v1:CronJob", SCRIPTS),
  deployment: runner("apps/v1:Deployment", [...SCRIPTS, ...LASTING_FILES]),
  agent: runner("apps/v1:Deployment", [...LASTING_FILES, ...RIGHTS, "kubernetes:core/v1:ServiceAccount -worker"]),
  role: onEks([
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy -state",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment -2a3bda39",
  ]),
  "pod-identity": onEks(["aws:eks/podIdentityAssociation:PodIdentityAssociation"]),
  account: onGke(["gcp:serviceaccount/account:Account", "gcp:serviceaccount/iAMMember:IAMMember", GRANT]),
  direct: onGke([GRANT]),
  identity: onAks([
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:managedidentity:FederatedIdentityCredential",
    "azure-native:authorization:RoleAssignment -ef601ee8",
  ]),
  deployments: { type: "DeploymentsOidcTrust", children: outbound("-78413f57-update") },
  environments: { type: "EnvironmentOidcTrust", children: outbound("-78413f57") },
  trust: { type: "OidcTrustSetup", children: ["OidcIssuer", "OidcPolicy"].map(ours) },
  service: {
    type: "VerifiedService",
    children: [
      ...LASTING_FILES,
      ...["apps/v1:Deployment", "core/v1:Service", "core/v1:ServiceAccount"].map((kind) => `kubernetes:${kind}`),
      ...["ClusterRole", "ClusterRoleBinding"].map((kind) => `kubernetes:rbac.authorization.k8s.io/v1:${kind}`),
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    ],
  },
};

function runner(workload: string, others: string[], type = "KubernetesOidcRunner") {
  const children = [...others, `kubernetes:${workload}`, "kubernetes:core/v1:ServiceAccount", ours("OidcPolicy")];
  return { type, children };
}

function onEks(access: string[]) {
  return runner("batch/v1:Job", [...SCRIPTS, ...access], "EksOidcRunner");
}

function onGke(access: string[]) {
  return runner("batch/v1:Job", [...SCRIPTS, ...access], "GkeOidcRunner");
}

function onAks(access: string[]) {
  return runner("batch/v1:Job", [...SCRIPTS, ...access], "AksOidcRunner");
}

function outbound(grant: string) {
  const google = ["account:Account", `iAMMember:IAMMember ${grant}`].map((kind) => `gcp:serviceaccount/${kind}`);
  return ["aws:iam/role:Role", ...google, GRANT];
}

function ours(kind: string): string {
  return `pulumi-nodejs:dynamic/oidc-runner:${kind}`;
}

/** Whether a child has what its component was given, by the option. */
const HAS: Record<string, (child: Planned, component: string) => boolean> = {
  protect: ({ protect }) => protect === true,
  retainOnDelete: ({ retainOnDelete }) => retainOnDelete === true,
  deletedWith: ({ deletedWith = "" }) => nameOf(deletedWith) === "other",
  // The dynamic provider is in no package.
  providers: ({ provider = "", type }) => type.startsWith("pulumi-nodejs:") || provider.includes("::ours::"),
  transforms: ({ additionalSecretOutputs = [] }) => additionalSecretOutputs.includes("seen"),
  aliases: ({ aliases = [] }, component) => aliases.some((urn) => nameOf(urn).startsWith(`was-${component}`)),
  customTimeouts: ({ customTimeouts }) => customTimeouts?.create === 77,
};

function nameOf(urn: string): string {
  return urn.split("::").pop() ?? "";
}

describe("the resource options of a component, with the real engine", () => {
  let planned: Planned[];

  before(async () => {
    const state = await labStarted();
    const engine = new Engine(state, { project: PROJECT });
    await engine.init();
    await haveOldNames(engine, state);
    const output = await ok(engine.preview(["--json"]));
    const { steps } = JSON.parse(output.slice(output.indexOf("{\n"))) as { steps: { newState?: Planned }[] };
    planned = steps.flatMap(({ newState }) => newState ?? []);
  });

  const childrenOf = (component: string) =>
    planned.filter(({ parent = "" }) => parent.includes("::oidc-runner:index:") && nameOf(parent) === component);

  for (const [component, { type, children }] of Object.entries(COMPONENTS)) {
    it(`reach each child of the ${type} ${component}`, () => {
      const made = childrenOf(component);
      assert.deepEqual(
        made.map(({ type: kind, urn }) => `${kind} ${nameOf(urn)}`).sort(),
        children.map((child) => child.replace(/ |$/, ` ${component}`)).sort(),
      );
      const lacking = made.flatMap((child) =>
        Object.entries(HAS).flatMap(([option, has]) => (has(child, component) ? [] : `${child.urn}: ${option}`)),
      );
      assert.deepEqual(lacking, []);
    });
  }

  it("reach no child of a component that has none, and are not there by themselves", () => {
    const plain = childrenOf("plain");
    assert.equal(plain.length, 3);
    const { providers, ...options } = HAS;
    assert.deepEqual(
      plain.flatMap((child) => Object.entries(options).flatMap(([option, has]) => (has(child, "plain") ? option : []))),
      [],
    );
    assert.ok(plain.some((child) => providers?.(child, "plain") === false));
  });

  it("let children wait for what the component depends on", () => {
    const isBefore = (one: number, other: number) => one >= 0 && one < other;
    for (const component of Object.keys(COMPONENTS)) {
      const at = planned.findIndex(({ urn, type }) => nameOf(urn) === component && type.startsWith("oidc-runner:"));
      assert.ok(
        planned[at]?.dependencies?.some((urn) => nameOf(urn) === "other"),
        component,
      );
      assert.ok(
        isBefore(
          planned.findIndex(({ urn }) => nameOf(urn) === "other"),
          at,
        ),
        component,
      );
      for (const child of childrenOf(component)) assert.ok(isBefore(at, planned.indexOf(child)), child.urn);
    }
  });

  it("do not put one resource's paths on another", () => {
    const paths = Object.keys(COMPONENTS)
      .flatMap(childrenOf)
      .flatMap(({ ignoreChanges = [], replaceOnChanges = [] }) => [...ignoreChanges, ...replaceOnChanges]);
    assert.ok(paths.includes("spec"), "a Job's own");
    assert.ok(!paths.includes("metadata"));
  });
});

/**
 * Puts components and children into the state by their old names, because the engine tells of an alias only when there is
 * something of that name. The children are external, so that the engine asks no provider to compare them.
 */
async function haveOldNames(engine: Engine, { directory }: LabState): Promise<void> {
  const { deployment, ...state } = await engine.state();
  const urnOf = (types: string, name: string) => `urn:pulumi:${engine.stack}::tested-options::${types}::was-${name}`;
  const resources = Object.entries(COMPONENTS).flatMap(([name, { type, children }]) => {
    const component = `oidc-runner:index:${type}`;
    const parent = urnOf(component, name);
    const old = children.map((child) => {
      const [kind = "", suffix = ""] = child.split(" ");
      const urn = urnOf(`${component}$${kind}`, name + suffix);
      return { urn, type: kind, parent, custom: true, external: true, id: urn };
    });
    return [{ urn: parent, type: component, custom: false }, ...old];
  });
  const file = join(directory, "old-names.json");
  writeFileSync(file, JSON.stringify({ ...state, deployment: { ...deployment, resources } }));
  await ok(engine.run(["stack", "import", "--file", file, "--stack", engine.stack, "--cwd", PROJECT]));
}
