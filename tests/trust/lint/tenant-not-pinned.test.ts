import assert from "node:assert/strict";
import { ISSUERS, type IssuerKey } from "../../../trust/issuers";
import { lintAwsTrust } from "../../../trust/parties/aws/lint/lint";
import { lintAzureTrust } from "../../../trust/parties/azure/lint";
import { lintGcpTrust } from "../../../trust/parties/gcp/lint/lint";
import { lint } from "../../../trust/parties/pulumi/lint";
import { found, withSub } from "./definitions";

interface Trust {
  key: IssuerKey;
  issuer: string;
  audience: string;
}

const POOL = "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/ci";

/** What each party's linter finds in a trust in subjects that begin so. */
const PARTIES = {
  pulumi: ({ key, audience }: Trust, sub: string) =>
    lint([{ decision: "allow", tokenType: "organization", rules: { aud: audience, sub: `${sub}*` } }], { issuer: key }),
  aws: ({ issuer, audience }: Trust, sub: string) => {
    const host = issuer.replace("https://", "");
    const Principal = { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` };
    const Condition = { StringEquals: { [`${host}:aud`]: audience }, StringLike: { [`${host}:sub`]: `${sub}*` } };
    const Statement = { Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal, Condition };
    return lintAwsTrust({ Version: "2012-10-17", Statement });
  },
  gcp: ({ issuer, audience }: Trust, sub: string) =>
    lintGcpTrust({
      ...{ issuerUri: issuer, allowedAudiences: [audience], members: [`principalSet:${POOL}/*`] },
      attributeMapping: { "google.subject": "assertion.sub" },
      attributeCondition: `assertion.sub.startsWith('${sub}')`,
    }),
  azure: ({ issuer }: Trust, sub: string) =>
    lintAzureTrust({
      ...{ issuer, audiences: ["api://AzureADTokenExchange"] },
      claimsMatchingExpression: { value: `claims['sub'] matches '${sub}*'`, languageVersion: 1 },
    }),
} as const;

const errorsOf = (findings: readonly { name: string; severity: string }[]) =>
  findings.filter(({ severity }) => severity === "error").map(({ name }) => name);

describe("trust/lint: a trust whose tenant is not pinned", () => {
  for (const { key, urls, subjects, multiTenant, entra } of ISSUERS) {
    const [issuer] = urls;
    if (!multiTenant || issuer === undefined) {
      continue;
    }
    const trust = { key, issuer, audience: "acme" };
    for (const [party, findingsIn] of Object.entries(PARTIES)) {
      it(`of ${key} is refused by ${party}`, () => {
        for (const { start } of subjects) {
          for (const sub of [start, start.slice(0, -1), start.slice(0, 1), ""]) {
            assert.notDeepEqual(errorsOf(findingsIn(trust, sub)), [], sub);
          }
        }
      });

      // Azure takes expressions for some issuers alone.
      if (party !== "azure" || entra !== undefined) {
        it(`of ${key} is passed by ${party} once it is`, () => {
          const [{ start, end } = assert.fail()] = subjects;
          const breadth = errorsOf(findingsIn(trust, `${start}acme${end}`)).filter((name) =>
            /BROAD|WILDCARD_W/.test(name),
          );
          assert.deepEqual(breadth, []);
        });
      }
    }
  }

  it("is seen in subjects that say nothing of the tenant, which customers can choose", () => {
    const broad = ["BROAD_SUBJECT error"];
    assert.deepEqual(found(withSub("environment:prod"), "githubActions"), broad);
    assert.deepEqual(found(withSub("environment:prod:*"), "githubActions"), broad);
    assert.deepEqual(found(withSub("job_workflow_ref:acme/ci/up@main"), "githubActions"), broad);
    assert.deepEqual(found(withSub("environment:prod", { environment: "prod" }), "githubActions"), broad);
    assert.deepEqual(found(withSub("environment:prod", { repository_id: "*" }), "githubActions"), broad);
    assert.deepEqual(found(withSub("environment:prod", { repository_id: "7" }), "githubActions"), []);
    assert.deepEqual(found(withSub("repository_owner:acme:environment:prod"), "githubActions"), []);
    assert.deepEqual(found(withSub("repository_owner:*"), "githubActions"), broad);
    assert.deepEqual(found(withSub("environment:prod"), "kubernetes"), []);
    assert.deepEqual(found(withSub("environment:prod")), []);
  });
});
