import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner } from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import { policy } from "../../../../provider/resources/dynamic";
import * as review from "../../../../trust/parties/pulumi/review";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud } from "../cloud";
import { only } from "../pick";

describe("provider/components/trust: reviews of one definition", () => {
  const url = "https://k.example.com";
  const shared = [
    {
      decision: "allow",
      accessToken: { organization: {} },
      rules: { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:ci:*" },
    } as const,
  ];

  const original = review.reviewDefinitions;
  let reviews = 0;
  beforeEach(() => {
    reviews = 0;
    Object.assign(review, {
      reviewDefinitions: (...args: Parameters<typeof original>) => {
        reviews++;
        return original(...args);
      },
    });
  });
  afterEach(() => Object.assign(review, { reviewDefinitions: original }));

  for (const [what, policies] of [
    ["plain ones", shared],
    ["Outputs", pulumi.output(shared)],
  ] as const) {
    it(`are two, of ${what}: one in the program, however many runners rely on it, and one in the provider`, async () => {
      const run = await runProgram(() => {
        const common = { organization: "acme", apiUrl: API };
        const trust = new OidcTrustSetup("prod", { ...common, kubernetes: { issuerUrl: url }, policies });
        for (const name of ["one", "two", "three"]) {
          const more = { accessToken: { organization: {} }, namespace: "ci", trust, createPolicy: false } as const;
          new KubernetesOidcRunner(name, { ...common, ...more, cluster: { issuerUrl: url } });
        }
      }, cloud);
      assert.deepEqual(run.errors, []);
      assert.equal(reviews, 1);
      const { inputs } = only(run, "OidcPolicy");
      assert.deepEqual((await policy.check({} as never, inputs as never)).failures, []);
      assert.equal(reviews, 2);
    });
  }
});
