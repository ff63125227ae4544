import assert from "node:assert/strict";
import { ISSUERS, type IssuerRecord } from "../../../trust/issuers";
import { lintAwsTrust } from "../../../trust/parties/aws/lint/lint";
import { lintGcpTrust } from "../../../trust/parties/gcp/lint/lint";
import { lint } from "../../../trust/parties/pulumi/lint";
import { findings, found, withSub } from "./definitions";

const HOST = "token.actions.githubusercontent.com";
const SUB = "repo:acme@1/app@2:ref:refs/heads/main";
const RECORDS: readonly IssuerRecord[] = ISSUERS;

describe("trust/lint/check-claims", () => {
  it("says who chooses a claim", () => {
    assert.deepEqual(findings(withSub(SUB, { head_ref: "main" }), "githubActions"), [
      {
        name: "UNTRUSTED_CLAIM",
        severity: "warning",
        path: "policies[0].rules.head_ref",
        message: "head_ref is chosen by the author of a pull request, so it does not restrict who gets in",
        fix: "use a claim that the issuer sets, such as ref or environment, and ids for owners and projects",
      },
    ]);
    // Nothing is known of another issuer's claim, and a deny of such a value admits nobody.
    assert.deepEqual(found(withSub(SUB, { head_ref: "main" })), []);
    const deny = { decision: "deny", tokenType: "organization", rules: { head_ref: "main" } } as const;
    assert.deepEqual(lint([deny], { issuer: "githubActions" }), []);
  });

  it("flags every claim that is never to be trusted, and none of the others", () => {
    let untrusted = 0;
    for (const { key, claims } of RECORDS) {
      for (const [path, { is }] of Object.entries(claims)) {
        const name = path.replace("*", "tier");
        const issuer = ISSUERS.find((record) => record.key === key)?.key;
        const names = findings({ aud: "a", [name]: "x" }, issuer).map((finding) => finding.name);
        assert.equal(names.includes("UNTRUSTED_CLAIM"), is === "untrusted", `${key} ${path}: ${names.join()}`);
        untrusted += is === "untrusted" ? 1 : 0;
      }
    }
    assert.ok(untrusted >= 5);
  });

  it("does so for every relying party that sees such a claim", () => {
    const role = {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
        Condition: {
          StringEquals: { [`${HOST}:sub`]: SUB, [`${HOST}:aud`]: "sts.amazonaws.com", [`${HOST}:workflow`]: "deploy" },
        },
      },
    };
    assert.deepEqual(
      lintAwsTrust(role).map(({ name }) => name),
      ["UNTRUSTED_CLAIM"],
    );
    const provider = {
      issuerUri: `https://${HOST}`,
      allowedAudiences: ["a"],
      attributeMapping: { "google.subject": "assertion.sub" },
      attributeCondition: `assertion.sub == '${SUB}' && assertion.head_ref == 'main'`,
    };
    const pool = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p";
    const names = lintGcpTrust({ ...provider, members: [`${pool}/subject/${SUB}`] }).map(({ name }) => name);
    assert.deepEqual(names, ["UNTRUSTED_CLAIM"]);
  });
});
