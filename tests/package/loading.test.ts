import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";
import { pack, run } from "../helpers/packed";

const NAME = "pulumi-oidc-runner";
const CLASSES = [
  ...["AksOidcRunner", "DeploymentsOidcTrust", "EksOidcRunner", "EnvironmentOidcTrust", "GkeOidcRunner"],
  ...["KubernetesOidcRunner"],
  ...["OidcIssuer", "OidcPolicy", "OidcRunnerError", "OidcTrustSetup", "VerifiedService"],
];

/** Under mocks: makes a runner with all it can have, then prints which cloud packages are loaded, or the error. */
const MAKE = `
  const pulumi = require("@pulumi/pulumi");
  const newResource = ({ inputs }) => ({ id: "id", state: { ...inputs, email: "runner@acme.iam.gserviceaccount.com" } });
  const make = async (construct) => {
    await pulumi.runtime.setMocks({ newResource, call: () => ({ identities: [{ oidcs: [{ issuer: "https://i" }] }] }) });
    try {
      construct({ organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: "https://api.acme.internal" });
      // Mocks do no I/O: so many turns are more than a program has, and need not be fast.
      for (let turn = 0; turn < 1000; turn++) await new Promise(setImmediate);
      print([...new Set(Object.keys(require.cache).map((file) => /@pulumi.(aws|azure-native|azuread|gcp|kubernetes)./.exec(file)?.[1]))]
        .filter(Boolean).sort());
    } catch (error) {
      print({ code: error.code, message: error.message });
    }
    // What a refused program leaves open is no failure of this one.
    process.removeAllListeners("exit").exit(0);
  };`;
const EKS = `{ issuerUrl: "https://oidc.eks.eu-west-1.amazonaws.com/id/A", oidcProviderArn:
  "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A" }`;
const makeEks = `${MAKE} make((args) => new (require("${NAME}/eks").EksOidcRunner)("r",
  { ...args, cluster: ${EKS}, aws: { role: {} } }));`;
const makeGke = `${MAKE} make((args) => new (require("${NAME}/gke").GkeOidcRunner)("r",
  { ...args, cluster: { project: "acme-prod", location: "europe-west1", name: "n" }, gcp: { serviceAccount: {} } }));`;
const makeAks = `${MAKE} make((args) => new (require("${NAME}/aks").AksOidcRunner)("r",
  { ...args, cluster: { issuerUrl: "https://westeurope.oic.prod-aks.azure.com/A/B/" },
    azure: { identity: { resourceGroupName: "g" } } }));`;

describe("the package as programs load it", () => {
  let directory: string;
  let unpacked: string;
  before(async () => {
    unpacked = mkdtempSync(join(tmpdir(), "unpacked-"));
    const { file } = await pack(NAME, unpacked);
    await run("tar", ["-xzf", file, "-C", unpacked, "--strip-components=1"], { cwd: unpacked });
  });
  after(() => rmSync(unpacked, { recursive: true }));
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "package-")));
    mkdirSync(join(directory, "node_modules", "@pulumi"), { recursive: true });
    // A copy, so that nothing is found beside the clone.
    cpSync(unpacked, join(directory, "node_modules", NAME), { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Has packages found, with what they need. */
  const link = (...names: string[]) => {
    for (const name of names) {
      symlinkSync(join(packageRoot(), "node_modules", name), join(directory, "node_modules", name), "dir");
    }
  };
  /** What a program in the directory prints by `print(value)`. */
  const printed = (program: string, ...flags: string[]): unknown => {
    const print = "const print = (value) => console.log('=>' + JSON.stringify(value));";
    const options = { cwd: directory, encoding: "utf8" as const };
    const output = execFileSync(process.execPath, [...flags, "-e", `${print}\n${program}`], options);
    return JSON.parse(output.split("=>").pop() ?? "");
  };

  it("gives all classes to CommonJS", () => {
    link("@pulumi/pulumi");
    assert.deepEqual(printed(`print(Object.keys(require("${NAME}")).sort())`), CLASSES);
  });

  it("gives all classes to ESM by name", () => {
    link("@pulumi/pulumi");
    const program = `import { ${CLASSES.join(", ")} } from "${NAME}";
      import { AksOidcRunner as aks } from "${NAME}/aks";
      import { EksOidcRunner as eks } from "${NAME}/eks";
      import { GkeOidcRunner as gke } from "${NAME}/gke";
      import { VerifiedService as service } from "${NAME}/service";
      import { issuer, policy } from "${NAME}/dynamic";
      print([${CLASSES.map((name) => `typeof ${name}`).join(", ")}, aks === AksOidcRunner, eks === EksOidcRunner,
        gke === GkeOidcRunner, service === VerifiedService, typeof issuer.create, typeof policy.create]);`;
    assert.deepEqual(printed(program, "--input-type=module"), [
      ...CLASSES.map(() => "function"),
      ...[true, true, true, true, "function", "function"],
    ]);
  });

  it("opens no other door", () => {
    for (const path of ["dist/provider/index.js", "trust", "dist/lab/lab.js"]) {
      const program = `try { require("${NAME}/${path}"); print("open"); } catch (error) { print(error.code); }`;
      assert.equal(printed(program), "ERR_PACKAGE_PATH_NOT_EXPORTED", path);
    }
  });

  it("loads no cloud package before a runner is made", () => {
    link("@pulumi/pulumi");
    const program = `require("${NAME}");
      print(Object.keys(require.cache).filter((file) => /@pulumi.(aws|azure-native|azuread|gcp|kubernetes)./.test(file)))`;
    assert.deepEqual(printed(program), []);
  });

  it("loads no package of another cloud, with all a runner can have", () => {
    link("@pulumi/pulumi", "@pulumi/aws", "@pulumi/azure-native", "@pulumi/gcp", "@pulumi/kubernetes");
    assert.deepEqual(printed(makeEks), ["aws", "kubernetes"]);
    assert.deepEqual(printed(makeGke), ["gcp", "kubernetes"]);
    assert.deepEqual(printed(makeAks), ["azure-native", "kubernetes"]);
  });

  it("takes no Kubernetes provider that adopts what is there already [A17]", () => {
    const { peerDependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
      peerDependencies: Record<string, string>;
    };
    // Before 4.29.0 a create took over an object of the same name, and a delete deleted it (pulumi/pulumi-kubernetes,
    // CHANGELOG.md, 4.29.0; #2926).
    const [, major, minor, below] =
      /^>=(\d+)\.(\d+)\.0 <(\d+)$/.exec(peerDependencies["@pulumi/kubernetes"] ?? "") ?? [];
    assert.deepEqual([major, Number(minor) >= 29, below], ["4", true, "5"]);
  });

  it("names the peer that is missing, in one line", () => {
    link("@pulumi/pulumi");
    for (const [program, packages] of [
      [makeEks, ["@pulumi/aws", "@pulumi/kubernetes"]],
      [makeGke, ["@pulumi/gcp", "@pulumi/kubernetes"]],
      [makeAks, ["@pulumi/azure-native", "@pulumi/kubernetes"]],
    ] as const) {
      const { code, message } = printed(program) as { code: string; message: string };
      assert.equal(code, "PEER_MISSING");
      assert.ok(
        packages.some((name) => message.includes(`npm install ${name}`)),
        message,
      );
      assert.doesNotMatch(message, /\n/);
    }
  });

  it("needs the cloud's package only for a cloud identity", () => {
    link("@pulumi/pulumi", "@pulumi/kubernetes");
    assert.equal((printed(makeEks) as { message: string }).message.includes("npm install @pulumi/aws"), true);
    const withoutRole = makeEks.replace("aws: { role: {} }", "aws: undefined");
    assert.deepEqual(printed(withoutRole), ["kubernetes"]);
  });

  it("needs of Azure's packages the one that makes or finds what is asked for", () => {
    link("@pulumi/pulumi", "@pulumi/kubernetes");
    const uuid = "00000000-0000-4000-8000-000000000000";
    const subscriptionId = `subscriptionId: "${uuid}"`;
    const identity = '{ identity: { resourceGroupName: "g" } }';
    const runner = (azure: string) => makeAks.replace(identity, azure);
    const trust = (
      azure: string,
    ) => `${MAKE} make(({ organization }) => new (require("${NAME}").DeploymentsOidcTrust)("t",
      { organization, stacks: [{ project: "site", stack: "prod" }], azure: ${azure} }));`;
    const missing = (program: string) => {
      const { code, message } = printed(program) as { code: string; message: string };
      assert.equal(code, "PEER_MISSING", message);
      return /Fix: npm install (.*)$/.exec(message)?.[1];
    };
    const application = `{ application: {}, ${subscriptionId} }`;
    const found = `{ applicationId: "/applications/${uuid}", ${subscriptionId} }`;
    assert.deepEqual(printed(runner(`{ clientId: "${uuid}", tenantId: "${uuid}" }`)), ["kubernetes"]);
    assert.equal(missing(runner(identity)), "@pulumi/azure-native");
    assert.equal(
      missing(makeAks.replace(/issuerUrl: "[^"]*"/, 'name: "n", resourceGroupName: "g"')),
      "@pulumi/azure-native",
    );
    assert.equal(missing(trust(identity)), "@pulumi/azure-native");
    for (const azure of [application, found]) assert.equal(missing(trust(azure)), "@pulumi/azuread");
    link("@pulumi/azuread");
    assert.deepEqual(printed(trust(application)), ["azuread"]);
    const scope = `/subscriptions/${uuid}`;
    const withRole = application.replace("{}", `{ roleAssignments: [{ role: "Reader", scope: "${scope}" }] }`);
    assert.equal(missing(trust(withRole)), "@pulumi/azure-native");
    assert.equal(missing(trust(identity)), "@pulumi/azure-native");
  });

  it("needs the cloud's package for a trust only where a cluster is looked up", () => {
    link("@pulumi/pulumi");
    const program = (eks: string) => `${MAKE} make(({ organization, apiUrl }) =>
      new (require("${NAME}").OidcTrustSetup)("t", { organization, apiUrl, eks: ${eks} }));`;
    assert.deepEqual(printed(program(EKS)), []);
    assert.equal((printed(program('{ name: "prod" }')) as { code: string }).code, "PEER_MISSING");
    link("@pulumi/aws");
    assert.deepEqual(printed(program('{ name: "prod" }')), ["aws"]);
  });

  it("tells a peer that is missing from one that is broken", () => {
    const { peer } = require(
      join(packageRoot(), "dist/provider/components/lib/peer.js"),
    ) as typeof import("../../provider/components/lib/peer");
    const load = (message: string) => () => {
      throw Object.assign(new Error(message), { code: "MODULE_NOT_FOUND" });
    };
    const stack = `Require stack:\n- ${dirname("/x/node_modules/@pulumi/aws/index.js")}`;
    const missing = load(`Cannot find module '@pulumi/aws/iam/role'\n${stack}`);
    assert.throws(() => peer("@pulumi/aws", missing), { code: "PEER_MISSING" });
    assert.throws(() => peer("@pulumi/aws", load(`Cannot find module 'builtin-modules'\n${stack}`)), {
      code: "MODULE_NOT_FOUND",
    });
  });
});
