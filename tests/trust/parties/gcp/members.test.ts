import assert from "node:assert/strict";
import { mismatch, parseMember } from "../../../../trust/parties/gcp/members";
import { refused } from "../../../helpers/refused";

const POOL = "projects/123/locations/global/workloadIdentityPools/ci";
const ONE = `principal://iam.googleapis.com/${POOL}`;
const SET = `principalSet://iam.googleapis.com/${POOL}`;

describe("trust/parties/gcp/members", () => {
  it("reads each form, values with slashes and stars included", () => {
    for (const [text, kind, value] of [
      [`${ONE}/subject/repo:acme/app:*`, "subject", "repo:acme/app:*"],
      [`${SET}/group/admins`, "group", "admins"],
      [`${SET}/attribute.repo_1/acme/app`, "attribute.repo_1", "acme/app"],
      [`${SET}/*`, "all", ""],
    ] as const) {
      assert.deepEqual(parseMember(text), { text, pool: POOL, kind, value });
    }
  });

  for (const [what, text] of [
    ["a set where there is one", `${SET}/subject/a`],
    ["one where there is a set", `${ONE}/group/a`],
    ["one for all", `${ONE}/*`],
    ["no value", `${ONE}/subject/`],
    ["a star with more", `${SET}/*/a`],
    ["an attribute without a name", `${SET}/attribute./a`],
    ["an attribute in capitals", `${SET}/attribute.Repo/a`],
    ["another field", `${SET}/namespace/a`],
    ["another location", ONE.replace("global", "europe-west1").concat("/subject/a")],
    ["another service", ONE.replace("iam.googleapis.com", "iam.evil.com").concat("/subject/a")],
    ["a workforce pool", "principal://iam.googleapis.com/locations/global/workforcePools/p/subject/a"],
    ["a service account", "serviceAccount:deployer@acme.iam.gserviceaccount.com"],
    ["a user", "user:a@example.com"],
    ["everybody", "allUsers"],
    ["GKE's federation", "serviceAccount:acme.svc.id.goog[ns/ksa]"],
    ["text before", `x${ONE}/subject/a`],
    ["a number with a letter behind", `principal://iam.googleapis.com/${POOL.replace("123", "123a")}/subject/a`],
    ["a number with a letter before", `principal://iam.googleapis.com/${POOL.replace("123", "a123")}/subject/a`],
    ["a project's id", `principal://iam.googleapis.com/${POOL.replace("123", "acme-prod")}/subject/a`],
  ] as const) {
    it(`refuses ${what}`, () => refused(() => parseMember(text), "GCP_MEMBER_INVALID", "members"));
  }

  it("says what to do about the two that people mean well", () => {
    assert.throws(() => parseMember("user:a@example.com"), /names no identities .* Fix: give principal:/);
    assert.throws(() => parseMember("serviceAccount:acme.svc.id.goog[ns/ksa]"), /Fix: that is GKE's own federation/);
    assert.throws(
      () => parseMember(`${ONE.replace("123", "acme")}/subject/a`),
      /"acme" is not a project number.*Fix: give the project's number/,
    );
  });

  it("compares exactly, and says the difference", () => {
    const attributes = { "google.subject": "me", "google.groups": ["a", "b"], "attribute.team": "x" };
    const why = (member: string, pool?: string) => mismatch(parseMember(member), attributes, pool);
    for (const good of [`${ONE}/subject/me`, `${SET}/group/b`, `${SET}/attribute.team/x`, `${SET}/*`]) {
      assert.equal(why(good), undefined, good);
      assert.equal(why(good, POOL), undefined, good);
      assert.match(why(good, `${POOL}2`) ?? "", /is of another pool than .*\/ci2$/);
    }
    assert.equal(why(`${ONE}/subject/Me`), "google.subject expected Me, got me");
    assert.equal(
      mismatch(parseMember(`${SET}/attribute.team/x`), { "attribute.team": "" }, undefined),
      "attribute.team expected x, got an empty text",
    );
    assert.equal(why(`${SET}/group/c`), "google.groups expected c, got a, b");
    assert.equal(why(`${SET}/attribute.team/y`), "attribute.team expected y, got x");
    assert.equal(
      why(`${SET}/attribute.other/x`),
      `${SET}/attribute.other/x needs attribute.other, which attributeMapping doesn't map`,
    );
  });
});
