import assert from "node:assert/strict";
import type { LabState } from "../../lab/types";
import { assertOneDiagnostic, fails, resourcesOf } from "./support/engine";
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

  it("that turn out bad during the update leave no role, policy, issuer or Job", async () => {
    await each(LATE, "late", ["kubernetes:core/v1:ConfigMap"]);
    await nothingMade();
  });
});
