import assert from "node:assert/strict";
import type { LabState } from "../../lab/types";
import { assertOneDiagnostic, fails, ok, resourcesOf } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { type RunnerConfig, runnerStack } from "./support/runner";
import { together } from "./support/together";

const labStarted = labOn("eks");

const NAMESPACE = "bad-arguments";

const role = { role: {} };

/** What the user reads: code, what, where and fix. */
type Row = RunnerConfig & { code: string; says: RegExp; env?: Record<string, string> };

const prod = { name: "prod" };
const labCluster = { name: "lab-eks" };

/** Plain values: refused while the program runs, before anything is registered. */
const PLAIN: Record<string, Row> = {
  "an empty organization": {
    args: { organization: " " },
    code: "ORGANIZATION_EMPTY",
    says: /empty \(at organization\)\. Fix: give the organization's name as in app\.pulumi\.com\/NAME/,
  },
  "an issuer without https": {
    args: { cluster: { issuerUrl: "http://cluster.example.com" } },
    code: "ISSUER_URL_INVALID",
    says: /"http:\/\/cluster\.example\.com" .*\(at cluster\.issuerUrl\)\. Fix: .*https/,
  },
  "an EKS issuer with a final slash": {
    args: { cluster: { issuerUrl: "https://oidc.eks.us-west-2.amazonaws.com/id/ABC/" } },
    code: "ISSUER_URL_INVALID",
    says: /ends with a slash, .* \(at cluster\.issuerUrl\)\. Fix: write issuerUrl: "https:.*\/id\/ABC"$/,
  },
  "two kinds of workload": {
    args: { job: {}, deployment: {} },
    code: "OPTION_CONFLICT",
    says: /job and deployment are .* \(at tested\)\. Fix: give only one of job, cronJob, deployment, agent/,
  },
  "both of two exclusive options": {
    args: { command: ["true"], script: "true" },
    code: "OPTION_CONFLICT",
    says: /command and script are .* \(at tested\)\. Fix: give only one of command, script/,
  },
  "neither of two exclusive options": {
    kind: "eks",
    args: { cluster: {} },
    code: "OPTION_MISSING",
    says: /\(at tested\.cluster\)\. Fix: give exactly one of name, oidcProviderUrl, issuerUrl/,
  },
  "a team's token without the team": {
    args: { accessToken: { team: {} } },
    code: "TOKEN_OWNER_MISSING",
    says: /a team token needs its name \(at accessToken\.team\.name\)\. Fix: give the name/,
  },
  "an expiration below the minimum": {
    args: { accessToken: { organization: {}, expirationSeconds: 4 } },
    code: "EXPIRATION_INVALID",
    says: /\(at accessToken\.expirationSeconds\)\. Fix: .*seconds/,
  },
  "a role's ARN with a mistake": {
    kind: "eks",
    args: { cluster: prod, aws: { roleArn: "arn:aws:iam::12345678901:role/deployer" } },
    code: "ROLE_ARN_INVALID",
    says: /\(at aws\.roleArn\)\. Fix: give arn:aws:iam::ACCOUNT:role\/NAME/,
  },
  "a region that there is not": {
    kind: "eks",
    args: { cluster: prod, aws: { role: {}, region: "us-wset-2" } },
    code: "REGION_INVALID",
    says: /"us-wset-2" is not an AWS region \(at aws\.region\)\. Fix: give a region's code/,
  },
  "an argument that there is not": {
    args: { adopt: true },
    code: "ARGUMENT_UNKNOWN",
    says: /has no argument "adopt" \(at tested\.adopt\)\. Fix: leave it out; there are organization, accessToken/,
  },
  "a block's argument that there is not": {
    kind: "eks",
    args: { aws: { rolearn: "x" } },
    code: "ARGUMENT_UNKNOWN",
    says: /aws has no argument "rolearn" \(at tested\.aws\.rolearn\)\. Fix: use roleArn/,
  },
  "a command as one text": {
    args: { command: "pulumi up" },
    code: "ARGUMENT_INVALID",
    says: /a text, not a list \(at tested\.command\)\. Fix: give a list, such as \["pulumi","up"\]; or give the text as script/,
  },
  "no cluster": {
    args: { cluster: undefined },
    code: "OPTION_MISSING",
    says: /cluster is needed \(at tested\)\. Fix: give cluster/,
  },
  "a cron line that can't be": {
    args: { cronJob: { schedule: "0 25 * * *" } },
    code: "CRON_JOB_INVALID",
    says: /"25" is not a possible hour: .*\(at cronJob\.schedule\)\. Fix: give five fields as in cron/,
  },
  "a time zone that there is not": {
    args: { cronJob: { schedule: "0 3 * * *", timeZone: "Europe/Berln" } },
    code: "CRON_JOB_INVALID",
    says: /"Europe\/Berln" is not a time zone \(at cronJob\.timeZone\)\. Fix: use Europe\/Berlin/,
  },
  "a Deployment whose command ends": {
    args: { deployment: {} },
    code: "DEPLOYMENT_INVALID",
    says: /`pulumi whoami` ends by itself \(at deployment\)\. Fix: give a command or script that goes on/,
  },
  "a pod that its new namespace refuses": {
    args: { createNamespace: true, podTemplate: { spec: { hostNetwork: true } } },
    code: "POD_SECURITY_RESTRICTED",
    says: /refuses hostNetwork \(at podTemplate\.spec\)\. Fix: change the template, or make the namespace/,
  },
};

/** Subjects of a trust that strangers have: refused before anything is registered, too. */
const STRANGERS: Row = {
  trust: {
    githubActions: {},
    policies: [
      {
        decision: "allow",
        accessToken: { organization: {} },
        rules: { aud: "urn:pulumi:org:lab", sub: "repo:acme*" },
      },
    ],
  },
  code: "POLICY_LINT",
  says: /WILDCARD_WITHOUT_DELIMITER.* Fix: .*waive/,
};

/** What a look-up says, or Pulumi Cloud, in a preview. `made` before: what is registered by then, which is nothing outside. */
const PREVIEWED: Record<string, Row> = {
  "a cluster that is not found": {
    kind: "eks",
    args: { cluster: prod },
    code: "CLUSTER_LOOK_UP_FAILED",
    says: /the EKS cluster can't be looked up: .*prod.* \(at cluster\.name\)\. Fix: give the name of a cluster/,
  },
  "a managed policy that AWS does not have": {
    kind: "eks",
    args: {
      cluster: labCluster,
      aws: { role: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAcess"] } },
    },
    code: "MANAGED_POLICY_NOT_FOUND",
    says: /ReadOnlyAcess \(at aws\.role\.managedPolicyArns\[0\]\)\. Fix: give an ARN as `aws iam list-policies/,
  },
  "an organization that there is not": {
    args: { organization: "labb" },
    code: "PULUMI_CLOUD_404",
    says: /organization \(at GET .*\/orgs\/labb\/oidc\/issuers\)\. Fix: check organization/,
  },
  "an access token that is not known": {
    code: "PULUMI_CLOUD_401",
    says: /\(at GET .*\)\. Fix: log in again/,
    env: { PULUMI_ACCESS_TOKEN: "pul-0000000000000000000000000000000000000000" },
  },
  "no login": {
    code: "NOT_LOGGED_IN",
    says: /no Pulumi access token for https:.*\(at apiUrl\)\. Fix: set PULUMI_ACCESS_TOKEN, or run 'pulumi login /,
    env: { PULUMI_ACCESS_TOKEN: "" },
  },
};

/** Values that only resolve during the update, from a resource that is made by then. */
const LATE: Record<string, Omit<Row, "says">> = {
  "a namespace": {
    kind: "eks",
    args: { cluster: { name: "lab-eks" }, aws: role },
    late: { namespace: "Not_A_Namespace" },
    code: "NAMESPACE_INVALID",
  },
  "an issuer URL": {
    kind: "eks",
    args: { cluster: { oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/x" }, aws: role },
    late: { "cluster.issuerUrl": "https://cluster.example.com/?query" },
    code: "ISSUER_URL_INVALID",
  },
  "an organization": {
    kind: "eks",
    args: { cluster: { name: "lab-eks" }, aws: role },
    late: { organization: "" },
    code: "ORGANIZATION_EMPTY",
  },
};

describe("bad arguments, with the real engine", () => {
  let state: LabState;
  let kubernetes: KubernetesView;

  before(async () => {
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);
  });
  after(() => kubernetes?.close());

  /** Each in a stack of its own, all at once. `made`: types of the resources that may be in the state. */
  const each = (cases: Record<string, Omit<Row, "says"> & { says?: RegExp }>, tag: string, made: string[]) =>
    together(Object.entries(cases), async (wanted, name) => {
      const engine = await runnerStack(
        state,
        `${tag}-${Object.keys(cases).indexOf(name)}`,
        NAMESPACE,
        wanted,
        wanted.env,
      );
      const said = assertOneDiagnostic(await fails(tag === "preview" ? engine.preview() : engine.up()), wanted.code);
      assert.match(said, wanted.says ?? /./);
      const types = (await resourcesOf(engine)).map(({ type }) => type);
      // Components are bookkeeping of the engine: nothing stands behind them.
      assert.deepEqual(
        types.filter((type) => tag === "plain" || !type.startsWith("oidc-runner:index:")),
        made,
      );
    });

  const nothingMade = async () => {
    assert.deepEqual(await kubernetes.all(), []);
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
  };

  it("are refused on one line with a code, what, where and fix, before anything is registered", async () => {
    await each({ ...PLAIN, strangers: STRANGERS }, "plain", []);
    await nothingMade();
  });

  it("are refused so in a preview by what a look-up or Pulumi Cloud says", async () => {
    await each(PREVIEWED, "preview", []);
    await nothingMade();
  });

  it("are refused so in a preview where another stack has registered the issuer", async () => {
    const one = await runnerStack(state, "first-owner", NAMESPACE, { args: { command: ["true"] } });
    await ok(one.up());
    const two = await runnerStack(state, "second-owner", NAMESPACE);
    const said = assertOneDiagnostic(await fails(two.preview()), "ISSUER_EXISTS");
    assert.match(
      said,
      /already has an issuer for https:.* \(at issuerUrl\)\. Fix: give adopt: true to this issuer's Oidc/,
    );
    await ok(one.preview());
    await ok(one.destroy());
  });

  it("that turn out bad during the update leave no role, policy, issuer or Job", async () => {
    await each(LATE, "late", ["kubernetes:core/v1:ConfigMap"]);
    await nothingMade();
  });

  it("that the cluster alone knows, such as a missing namespace, are told once, and the next update goes on", async () => {
    const namespace = "not-there-yet";
    const engine = await runnerStack(state, "namespace", namespace, { args: { script: "true" } });
    const output = await fails(engine.up());
    const [, ...said] = output.slice(output.indexOf("Diagnostics:")).split(/(?=NAMESPACE_MISSING)/);
    assert.equal(said.length, 1, output);
    assert.match(
      said[0] as string,
      /^NAMESPACE_MISSING: the cluster has no namespace not-there-yet \(at namespace\)\. Fix: set createNamespace: true, or /,
    );
    assert.doesNotMatch(output, /^\s+at |hook/m);
    await makeNamespace(state, namespace);
    await ok(engine.up());
    await ok(engine.up(["--expect-no-changes"]));
    await ok(engine.destroy());
  });

  it("that the pod alone knows are told by its Job: a program that the image lacks, a script that fails", async () => {
    // One after the other: each registers the cluster's issuer.
    for (const [stack, script, says] of [
      ["missing", "no-such-program", /no-such-program: not found\n.*COMMAND_MISSING: .* Fix: use an image that has it/],
      ["exit", "echo why it fails >&2; exit 3", /why it fails\n/],
    ] as const) {
      const wanted = { args: { script, job: { backoffLimit: 0 } } };
      const engine = await runnerStack(state, stack, NAMESPACE, wanted);
      assert.match(await fails(engine.up()), says);
      await ok(engine.destroy());
    }
  });

  it("that Pulumi Cloud alone knows, such as a team, show cause and fix first, and no claims", async () => {
    const wanted = { args: { accessToken: { team: { name: "platfrom" } } } };
    const engine = await runnerStack(state, "team", NAMESPACE, wanted);
    assert.match(
      await ok(engine.preview()),
      /TOKEN_OWNER_UNKNOWN: organization lab shows no team platfrom \(at accessToken\.team\.name\)\. Fix: give the name of a team, /,
    );
    const output = await fails(engine.up());
    const lines = output.slice(output.indexOf("Diagnostics:")).split("\n");
    const first = lines.findIndex((line) => line.includes("[Error] oidc-runner: REFUSED: Pulumi Cloud did not accept"));
    assert.ok(first > 0, output);
    assert.match(lines[first + 1] ?? "", /oidc-runner: Cause: one of these;/);
    assert.match(
      lines[first + 2] ?? "",
      /\(1\) Organization lab has no team platfrom, or its edition .* has no teams\.$/,
    );
    assert.match(lines[first + 3] ?? "", /Fix: compare 'accessToken' \(team\)/);
    assert.doesNotMatch(output, /"kubernetes\.io"/);
    await ok(engine.destroy());
  });
});
