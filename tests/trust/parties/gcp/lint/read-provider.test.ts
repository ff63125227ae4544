import assert from "node:assert/strict";
import { lintGcpTrust } from "../../../../../trust/parties/gcp/lint/lint";
import { refused } from "../../../../helpers/refused";
import { eks, found, github, mapped, OWNER, subject } from "./documents";

describe("trust/parties/gcp/lint/read-provider", () => {
  const UNMAPPED = ["UNMAPPED_ATTRIBUTE error attributeCondition"];

  it("finds attributes of a condition that aren't mapped, in every way they are written, once each", () => {
    for (const condition of [
      "attribute.ref == 'x'",
      "attribute['ref'] == 'x'",
      "attribute.ref.startsWith('x')",
      "'x' in google.groups",
      "attribute.ref == 'x' && attribute.ref != 'y'",
    ]) {
      assert.deepEqual(found(github(`${condition} && ${OWNER}`)), UNMAPPED, condition);
    }
    const [finding] = lintGcpTrust(github(`'x' in google.groups && ${OWNER}`));
    assert.match(finding?.message ?? "", /^google\.groups is not mapped/);
    assert.match(finding?.fix ?? "", /add "google\.groups"/);
  });

  it("leaves alone what is only asked to be there, the whole, and claims of the same name", () => {
    for (const condition of [
      "has(attribute.ref)",
      "has(google.groups)",
      "attribute == attribute",
      "assertion.attribute == assertion.google",
    ]) {
      assert.deepEqual(
        found(github(`${condition} && ${OWNER}`)).filter((finding) => finding.startsWith("UNMAPPED")),
        [],
        condition,
      );
    }
  });

  it("takes an attribute for the claim it is, and one that is computed for none", () => {
    const owner = (expression: string) => found(github("attribute.owner == '1'", mapped("owner", expression)));
    assert.deepEqual(owner("assertion.repository_owner_id"), []);
    assert.deepEqual(owner("assertion['repository_owner_id']"), []);
    for (const expression of ["assertion.sub.extract('repo:{owner}/')", "'1'", "assertion"]) {
      assert.deepEqual(owner(expression), ["CONDITION_NOT_READ warning attributeCondition"], expression);
    }
  });

  it("refuses a mapping that is none", () => {
    for (const attributeMapping of [null, [], "x", 1]) {
      refused(() => lintGcpTrust(eks({ attributeMapping })), "GCP_PROVIDER_INVALID");
    }
    refused(() => lintGcpTrust(undefined), "GCP_PROVIDER_INVALID");
  });

  it("says which expression is none", () => {
    refused(
      () => lintGcpTrust(github("assertion.sub ==")),
      "GCP_EXPRESSION_INVALID",
      "attributeCondition, line 1, column 15",
    );
    refused(
      () => lintGcpTrust(eks(mapped("x", "assertion."))),
      "GCP_EXPRESSION_INVALID",
      'attributeMapping["attribute.x"], line 1, column 10',
    );
  });

  it("tells of audiences that no token has, and of one's own resource name as audience", () => {
    assert.deepEqual(found(eks({ allowedAudiences: ["gcp", "a*"] })), ["LITERAL_WILDCARD error allowedAudiences"]);
    const [literal] = lintGcpTrust(eks({ allowedAudiences: ["a*"] }));
    assert.match(literal?.message ?? "", /^"a\*" is compared with aud exactly/);
    // Where the audience is what names the customer, one that anybody can ask for names nobody.
    const pulumi = (allowedAudiences: string[]) =>
      found({
        ...eks({ allowedAudiences, members: [subject("pulumi:deploy:org:acme:x")] }),
        issuerUri: "https://api.pulumi.com/oidc",
      });
    assert.deepEqual(pulumi(["acme"]), []);
    assert.deepEqual(pulumi([]), [
      "DEFAULT_AUDIENCE warning allowedAudiences",
      "MISSING_CONDITION error attributeCondition",
    ]);
  });

  it("says which claim an issuer never sends, and how to write one with a dot in its name", () => {
    const unknown = (expression: string) => {
      const [finding, ...more] = lintGcpTrust(eks(mapped("x", expression)));
      assert.deepEqual([finding?.name, more], ["UNKNOWN_CLAIM", []]);
      return [finding?.message, finding?.fix];
    };
    assert.deepEqual(unknown("assertion.kubernetes.io.namespace"), [
      "tokens of an EKS cluster hold no value at kubernetes.io.namespace",
      "quote the key that contains a dot: assertion['kubernetes.io']",
    ]);
    for (const claim of ["actor", "kubernetes.x", "x.io"]) {
      assert.deepEqual(unknown(`assertion.${claim}`), [
        `tokens of an EKS cluster hold no value at ${claim}`,
        "use a claim of the issuer's tokens",
      ]);
    }
  });

  it("names the claim that is only excluded", () => {
    const [finding] = lintGcpTrust(github("assertion.actor != 'x' && assertion.ref != 'y'"));
    assert.equal(finding?.name, "NEGATED_SUBJECT");
    assert.match(finding?.message ?? "", /only says what actor is not/);
    const [missing] = lintGcpTrust(github("assertion.ref == 'y'"));
    assert.equal(missing?.name, "MISSING_SUBJECT");
    assert.match(missing?.message ?? "", /^no part of it says whose tokens/);
  });
});
