import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OutboundAzure, OutboundGcp } from "../../../../provider/components/outbound";
import type { Claims } from "../../../../trust/claims/claims";
import { evaluateAwsTrust } from "../../../../trust/parties/aws/evaluate/evaluate";
import { evaluateAzureTrust } from "../../../../trust/parties/azure/evaluate/evaluate";
import { evaluateGcpTrust } from "../../../../trust/parties/gcp/evaluate/evaluate";
import type { MockedRun } from "../../../helpers/pulumi-mocks";
import { assertSource, type Source } from "../../../trust/issuers/documented";
import { only } from "../pick";
import { deployments, environments, PULUMI_PROVIDER, run } from "./outbound";

/** Tokens that a trust admits or refuses, decided by Pulumi's documentation: tests/vectors/outbound/CLOUD.json. */
interface Table {
  relyingParty: string;
  organization: string;
  sources: Record<string, Source>;
  cases: {
    name: string;
    source: string;
    deployments?: object;
    environments?: { customAudience?: object };
    token: Claims;
    decision: "allow" | "deny";
  }[];
}

const GCP: OutboundGcp = {
  ...{ project: "acme-prod", createPool: true, createProvider: true },
  serviceAccountEmail: "deployer@acme-prod.iam.gserviceaccount.com",
};

/** As many identities as are needed. */
const AZURE: OutboundAzure = { identity: { resourceGroupName: "pulumi" }, split: true };

/** For each cloud the block of a trust, and who decides by the document that comes of it. */
const CLOUDS = {
  aws: {
    block: { aws: { createOidcProvider: true } },
    evaluate: (made: MockedRun<unknown>, token: Claims) =>
      evaluateAwsTrust(JSON.parse(String(only(made, "Role").inputs.assumeRolePolicy)), token),
  },
  azure: {
    block: { azure: AZURE },
    evaluate: (made: MockedRun<unknown>, token: Claims) => {
      const all = made.resources
        .filter(({ type }) => type.endsWith(":FederatedIdentityCredential"))
        .map(({ inputs }) => evaluateAzureTrust(inputs, token));
      const reasons = all.flatMap((one) => one.reasons);
      return { decision: all.some(({ decision }) => decision === "allow") ? "allow" : "deny", reasons };
    },
  },
  gcp: {
    block: { gcp: GCP },
    evaluate: (made: MockedRun<unknown>, token: Claims) => {
      const { oidc, attributeMapping, attributeCondition } = only(made, "WorkloadIdentityPoolProvider").inputs;
      const members = made.resources
        .filter(({ type }) => type.endsWith(":IAMMember"))
        .map(({ inputs }) => inputs.member);
      return evaluateGcpTrust({ ...(oidc as object), attributeMapping, attributeCondition, members }, token);
    },
  },
};

for (const [cloud, { block, evaluate }] of Object.entries(CLOUDS)) {
  const path = join(__dirname, `../../../vectors/outbound/${cloud}.json`);
  const { relyingParty, organization, sources, cases } = JSON.parse(readFileSync(path, "utf8")) as Table;

  describe(`vectors: trusts of ${cloud} in Pulumi Cloud`, () => {
    it("has 30 cases and more, of both decisions, each with a name of its own and a source", () => {
      assert.equal(relyingParty, cloud);
      Object.values(sources).forEach(assertSource);
      assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
      assert.ok(cases.every(({ source }) => Object.hasOwn(sources, source)));
      assert.ok(cases.length >= 30);
      for (const decision of ["allow", "deny"]) {
        assert.ok(cases.filter((entry) => entry.decision === decision).length >= 10);
      }
    });

    for (const { name, token, decision, ...trust } of cases) {
      it(`${decision}: ${name}`, async () => {
        const make = trust.deployments ? deployments : environments;
        const args = { organization, ...block, ...(trust.deployments ?? trust.environments) };
        const issuer = trust.environments?.customAudience ? `${PULUMI_PROVIDER}/v2` : PULUMI_PROVIDER;
        const made = await run(() => void make(args), {
          found: () => undefined,
          state: ({ type }) => (type.endsWith(":OpenIdConnectProvider") ? { arn: issuer } : undefined),
        });
        assert.deepEqual(made.errors, []);
        const { decision: actual, reasons } = evaluate(made, token);
        assert.equal(actual, decision, reasons.join("; "));
      });
    }
  });
}
