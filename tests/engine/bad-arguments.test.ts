import assert from "node:assert/strict";
import type { LabState } from "../../lab/types";
import { assertOneDiagnostic, fails, resourcesOf } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { type RunnerConfig, runnerStack } from "./support/runner";

const NAMESPACE = "bad-arguments";

const role = { role: {} };

/** Plain values: refused while the program runs, before anything is registered. */
const PLAIN: Record<string, RunnerConfig & { code: string }> = {
  "an empty organization": { args: { organization: " " }, code: "ORGANIZATION_EMPTY" },
  "a malformed issuer URL": { args: { cluster: { issuerUrl: "http://[cluster" } }, code: "ISSUER_URL_INVALID" },
  "both of two exclusive options": { args: { command: ["true"], script: "true" }, code: "OPTION_CONFLICT" },
  "neither of two exclusive options": { kind: "eks", args: { cluster: {} }, code: "OPTION_MISSING" },
  "an expiration below the minimum": { args: { expirationSeconds: 4 }, code: "EXPIRATION_INVALID" },
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
  this.timeout(120_000);
  let state: LabState;
  let kubernetes: KubernetesView;

  before(async () => {
    state = await labOn("eks");
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);
  });
  after(() => kubernetes?.close());

  /** Each in a stack of its own, all at once. */
  const each = (cases: typeof PLAIN, check: (name: string, output: string, types: string[]) => void, tag: string) =>
    Promise.all(
      Object.entries(cases).map(async ([name, wanted], index) => {
        const engine = await runnerStack(state, `${tag}-${index}`, NAMESPACE, wanted);
        const output = await fails(engine.up());
        check(
          name,
          output,
          (await resourcesOf(engine)).map(({ type }) => type),
        );
      }),
    );

  it("are refused on one line with a code, before anything is registered", async () => {
    await each(
      PLAIN,
      (name, output, types) => {
        assertOneDiagnostic(output, (PLAIN[name] as { code: string }).code);
        assert.deepEqual(types, [], name);
      },
      "plain",
    );
    assert.deepEqual(await kubernetes.all(), []);
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
  });

  it("that turn out bad during the update leave no role, policy, issuer or Job", async () => {
    await each(
      LATE,
      (name, output, types) => {
        assertOneDiagnostic(output, (LATE[name] as { code: string }).code);
        // Components are bookkeeping of the engine; nothing stands behind them.
        const made = types.filter((type) => !type.startsWith("oidc-runner:index:"));
        assert.deepEqual(made, ["kubernetes:core/v1:ConfigMap"], `${name}: the program's own source, and no more`);
      },
      "late",
    );
    assert.deepEqual(await kubernetes.all(), []);
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
  });
});
