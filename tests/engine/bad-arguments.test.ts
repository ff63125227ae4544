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

/** Plain values: refused while the program runs, before anything is registered. */
const PLAIN: Record<string, RunnerConfig & { code: string }> = {
  "an empty organization": { args: { organization: " " }, code: "ORGANIZATION_EMPTY" },
  "a malformed issuer URL": { args: { cluster: { issuerUrl: "http://[cluster" } }, code: "ISSUER_URL_INVALID" },
  "both of two exclusive options": { args: { command: ["true"], script: "true" }, code: "OPTION_CONFLICT" },
  "neither of two exclusive options": { kind: "eks", args: { cluster: {} }, code: "OPTION_MISSING" },
  "an expiration below the minimum": {
    args: { accessToken: { organization: {}, expirationSeconds: 4 } },
    code: "EXPIRATION_INVALID",
  },
  "an argument that there is not": { args: { adopt: true }, code: "ARGUMENT_UNKNOWN" },
  "a block's argument that there is not": { kind: "eks", args: { aws: { rolearn: "x" } }, code: "ARGUMENT_UNKNOWN" },
  "a command as one text": { args: { command: "pulumi up" }, code: "ARGUMENT_INVALID" },
  "no cluster": { args: { cluster: undefined }, code: "OPTION_MISSING" },
  "a cron line that can't be": { args: { cronJob: { schedule: "0 25 * * *" } }, code: "CRON_JOB_INVALID" },
  "a pod that its new namespace refuses": {
    args: { createNamespace: true, podTemplate: { spec: { hostNetwork: true } } },
    code: "POD_SECURITY_RESTRICTED",
  },
};

/** What a look-up says, in a preview too. */
const LOOKED_UP: typeof PLAIN = {
  "a cluster that is not found": { kind: "eks", args: { cluster: { name: "prod" } }, code: "CLUSTER_LOOK_UP_FAILED" },
};

/** Values that only resolve during the update, from a resource that is made by then. */
const LATE: Record<string, RunnerConfig & { code: string }> = {
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

describe("bad arguments, with the real engine", function () {
  // Against hangs only.
  this.timeout(400_000);
  let state: LabState;
  let kubernetes: KubernetesView;

  before(async () => {
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);
  });
  after(() => kubernetes?.close());

  /** Each in a stack of its own, all at once. `made`: types of the resources that may be in the state. */
  const each = (cases: typeof PLAIN, tag: string, made: string[]) =>
    together(Object.entries(cases), async (wanted, name) => {
      const engine = await runnerStack(state, `${tag}-${Object.keys(cases).indexOf(name)}`, NAMESPACE, wanted);
      assertOneDiagnostic(await fails(engine.up()), wanted.code);
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

  it("are refused on one line with a code, before anything is registered", async () => {
    await each(PLAIN, "plain", []);
    await nothingMade();
  });

  it("are refused on one line when a cluster is not found, and nothing is made", async () => {
    await each(LOOKED_UP, "look-up", []);
    await nothingMade();
  });

  it("that turn out bad during the update leave no role, policy, issuer or Job", async () => {
    await each(LATE, "late", ["kubernetes:core/v1:ConfigMap"]);
    await nothingMade();
  });

  it("that Pulumi Cloud alone knows, such as a team, show cause and fix first, and no claims", async () => {
    const wanted = { args: { accessToken: { team: { name: "platfrom" } } } };
    const engine = await runnerStack(state, "team", NAMESPACE, wanted);
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
