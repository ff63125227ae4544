import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { cloud, ISSUER } from "../cloud";
import { listed } from "../pick";
import { BARE, codes, ofNamespace, runner, shared } from "./shared";

describe("the trust of runners without definitions of their own", () => {
  describe("with definitions that are known late", () => {
    const late = <T>(value: T) => pulumi.output(Promise.resolve(value));

    it("makes runners when they admit, and none when they don't", async () => {
      const accepted = await runProgram(
        () => void runner({ trust: shared({ policies: late([ofNamespace("ci")]) }) }),
        cloud,
      );
      assert.deepEqual(accepted.errors, []);
      assert.ok(listed(accepted).includes("Job deployer"));
      const one = { ...ofNamespace("ci"), rules: late({ aud: "urn:pulumi:org:acme", sub: "x" }) };
      for (const policies of [late([ofNamespace("web")]), [late(ofNamespace("web"))], [one]]) {
        const refused = await runProgram(() => void runner({ trust: shared({ policies }) }), cloud);
        assert.deepEqual(codes(refused), ["TRUST_DOES_NOT_ADMIT"]);
        assert.deepEqual(listed(refused), ["KubernetesOidcRunner deployer", ...BARE]);
      }
    });

    it("makes none from what the linter refuses, unless it is waived", async () => {
      const rules = { sub: "system:serviceaccount:ci:*" };
      const policies = () => late([{ ...ofNamespace("ci"), rules }]);
      const refused = await runProgram(() => void runner({ trust: shared({ policies: policies() }) }), cloud);
      assert.deepEqual(codes(refused), ["POLICY_LINT"]);
      assert.deepEqual(listed(refused), ["KubernetesOidcRunner deployer", ...BARE]);
      const waive = [{ name: "MISSING_AUDIENCE", reason: "a test" } as const];
      const waived = await runProgram(() => void runner({ trust: shared({ policies: policies(), waive }) }), cloud);
      assert.deepEqual(waived.errors, []);
    });

    it("shows all that would be made in a preview that does not know them", async () => {
      class Other extends pulumi.CustomResource {
        readonly value!: pulumi.Output<string>;
      }
      const run = await runProgram(
        () => {
          const { value } = new Other("test:index:Other", "other", { value: undefined });
          const rules = { aud: "urn:pulumi:org:acme", sub: value };
          return void runner({ trust: shared({ policies: [{ ...ofNamespace("ci"), rules }] }) });
        },
        { ...cloud, preview: true },
      );
      assert.deepEqual(run.errors, []);
      for (const line of ["Job deployer", "ConfigMap ci-entrypoint", "ServiceAccount deployer", "OidcPolicy shared"]) {
        assert.ok(listed(run).includes(line), line);
      }
    });

    it("is refused in a preview that knows them", async () => {
      const trust = () => shared({ policies: [ofNamespace("web")] });
      const run = await runProgram(() => void runner({ trust: trust() }), { ...cloud, preview: true });
      assert.deepEqual(codes(run), ["TRUST_DOES_NOT_ADMIT"]);
    });
  });

  it("is of the runner's organization and issuer", async () => {
    const run = (trust: () => OidcTrustSetup) => runProgram(() => void runner({ trust: trust() }), cloud);
    assert.deepEqual(codes(await run(() => shared({ organization: "other" }))), ["TRUST_FOR_OTHER_ORGANIZATION"]);
    const elsewhere = await run(() => shared({ kubernetes: { issuerUrl: `${ISSUER}D` } }));
    assert.deepEqual(codes(elsewhere), ["TRUST_FOR_OTHER_ISSUER"]);
    assert.deepEqual(listed(elsewhere), ["KubernetesOidcRunner deployer", ...BARE]);
  });

  it("is refused once for all runners, and not where none relies on it: its resource says so", async () => {
    const policies = () => pulumi.output([ofNamespace("ci"), { ...ofNamespace("ci"), rules: {} }]);
    const alone = await runProgram(() => void shared({ policies: policies() }), cloud);
    // The resource refuses them, in its provider.
    assert.deepEqual(alone.errors, []);
    const two = await runProgram(() => {
      const trust = shared({ policies: policies() });
      runner({ trust }, "one");
      runner({ trust }, "two");
    }, cloud);
    assert.deepEqual(codes(two), ["POLICY_ALLOWS_ALL"]);
  });
});
