import assert from "node:assert/strict";
import { type GcpTrust, gcpTrust } from "../../../../trust/parties/gcp/document";
import { lintGcpTrust } from "../../../../trust/parties/gcp/lint/lint";
import { refused } from "../../../helpers/refused";

const POOL = "projects/123456789012/locations/global/workloadIdentityPools/pulumi";
const deployment = (stack: string, operation = "update") =>
  `pulumi:deploy:org:acme:project:web:stack:${stack}:operation:${operation}:scope:write`;
const TRUST: GcpTrust = {
  issuer: "https://api.pulumi.com/oidc",
  subject: deployment("prod"),
  audience: "acme",
  pool: POOL,
};

describe("trust/parties/gcp/document", () => {
  it("names issuer, audience and subject", () => {
    assert.deepEqual(gcpTrust(TRUST), {
      issuerUri: "https://api.pulumi.com/oidc",
      allowedAudiences: ["acme"],
      attributeMapping: { "google.subject": "assertion.sub" },
      attributeCondition: `assertion.sub == '${deployment("prod")}'`,
      members: [`principal://iam.googleapis.com/${POOL}/subject/${deployment("prod")}`],
    });
  });

  it("names several subjects, each with a member of its own", () => {
    const subject = ["update", "refresh"].map((operation) => deployment("prod", operation));
    const { attributeCondition, members } = gcpTrust({ ...TRUST, subject });
    assert.equal(attributeCondition, `assertion.sub in ['${subject[0]}', '${subject[1]}']`);
    assert.deepEqual(
      members,
      subject.map((text) => `principal://iam.googleapis.com/${POOL}/subject/${text}`),
    );
  });

  it("is nothing that the linter finds wrong, for whatever issuer", () => {
    for (const trust of [
      TRUST,
      { ...TRUST, subject: [deployment("prod"), deployment("dev")] },
      { ...TRUST, issuer: "https://issuer.example.com", subject: "system:serviceaccount:pulumi:deployer" },
    ]) {
      assert.deepEqual(lintGcpTrust(gcpTrust(trust), trust.issuer), []);
    }
  });

  it("maps a subject of 127 bytes to google.subject, and a longer one to an attribute", () => {
    const of = (bytes: number) => deployment(`a${"é".repeat((bytes - deployment("a").length) / 2)}`);
    const fits = of(127);
    assert.equal(Buffer.byteLength(fits), 127);
    assert.deepEqual(gcpTrust({ ...TRUST, subject: fits }).attributeMapping, { "google.subject": "assertion.sub" });
    const subject = [fits, of(129)];
    refused(() => gcpTrust({ ...TRUST, subject }), "GCP_SUBJECT_TOO_LONG", "subject", subject[1]);
    refused(() => gcpTrust({ ...TRUST, subject, shortClaim: "a.b" }), "GCP_SUBJECT_TOO_LONG", "subject");
    const { attributeMapping, members } = gcpTrust({ ...TRUST, subject, shortClaim: "stack_id" });
    assert.deepEqual(attributeMapping, { "google.subject": "assertion.stack_id", "attribute.sub": "assertion.sub" });
    assert.deepEqual(
      members,
      subject.map((text) => `principalSet://iam.googleapis.com/${POOL}/attribute.sub/${text}`),
    );
    assert.equal(gcpTrust({ ...TRUST, shortClaim: "stack_id" }).attributeMapping["google.subject"], "assertion.sub");
  });

  for (const [what, change, code, where] of [
    ["a pool by its id alone", { pool: "pulumi" }, "GCP_TRUST_INVALID", "pool"],
    ["a pool of a project's id", { pool: POOL.replace("123456789012", "acme") }, "GCP_TRUST_INVALID", "pool"],
    ["a provider's name", { pool: `${POOL}/providers/pulumi` }, "GCP_TRUST_INVALID", "pool"],
    ["no audience", { audience: "" }, "GCP_TRUST_INVALID", "audience"],
    ["an audience of 257 characters", { audience: "a".repeat(257) }, "GCP_TRUST_INVALID", "audience"],
    ["more than a condition holds", { subject: Array(100).fill(deployment("prod")) }, "GCP_TRUST_INVALID", "subject"],
    ["no subject", { subject: [] }, "TRUST_SUBJECT_INVALID", "subject"],
    ["a pattern", { subject: deployment("*") }, "TRUST_SUBJECT_INVALID", "subject"],
  ] as const) {
    it(`refuses ${what}`, () => refused(() => gcpTrust({ ...TRUST, ...change }), code, where));
  }
});
