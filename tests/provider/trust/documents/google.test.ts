import assert from "node:assert/strict";
import fc from "fast-check";
import { googleAccountId, projectOfEmail, workloadIdentityMember } from "../../../../provider/trust/documents/google";
import { textOf, tries } from "../../../helpers/property";
import { refused } from "../../../helpers/refused";

describe("provider/trust/documents/google", () => {
  it("names the member that one ServiceAccount is", () => {
    assert.equal(
      workloadIdentityMember("acme-prod", "pulumi", "deployer"),
      "serviceAccount:acme-prod.svc.id.goog[pulumi/deployer]",
    );
  });

  it("makes an id that Google accepts of any name", () => {
    // IAM reference, projects.serviceAccounts.create: 6-30 characters that match this expression.
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "grapheme" }), textOf("abC9-_", 60)), fc.string(), (name, unique) => {
        assert.match(googleAccountId(name, unique), /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/);
      }),
      tries(500),
    );
  });

  it("keeps long names apart that begin alike, and one name of two stacks", () => {
    const long = "a-name-that-is-far-too-long-for-google-";
    const [one, two] = ["one", "two"].map((end) => googleAccountId(long + end, `stack ${long}${end}`));
    assert.notEqual(one, two);
    assert.notEqual(googleAccountId("deployer", "dev deployer"), googleAccountId("deployer", "prod deployer"));
    assert.equal(googleAccountId("deployer", "dev"), googleAccountId("deployer", "dev"));
  });

  it("keeps what is readable of the name", () => {
    assert.match(googleAccountId("Deploy_Bot", "x"), /^deploy-bot-[0-9a-f]{8}$/);
    assert.match(googleAccountId("deploy: bot_", "x"), /^deploy-bot-[0-9a-f]{8}$/);
    assert.match(googleAccountId("a".repeat(60), "x"), /^a{21}-[0-9a-f]{8}$/);
    assert.match(googleAccountId("123", "x"), /^runner-[0-9a-f]{8}$/);
  });

  it("reads the project of an email and refuses what is no service account", () => {
    assert.equal(projectOfEmail("runner@acme-prod.iam.gserviceaccount.com"), "acme-prod");
    for (const email of [
      "",
      "runner",
      "runner@acme.com",
      "run@acme-prod.iam.gserviceaccount.com",
      "Runner@acme-prod.iam.gserviceaccount.com",
      "runner@.iam.gserviceaccount.com.evil.com",
      "runner@acme-prod.iam.gserviceaccount.com ",
      "serviceAccount:runner@acme-prod.iam.gserviceaccount.com",
      "1234567-compute@developer.gserviceaccount.com",
    ]) {
      refused(() => projectOfEmail(email), "GOOGLE_EMAIL_INVALID", "google.serviceAccountEmail", `"${email}"`);
    }
  });
});
