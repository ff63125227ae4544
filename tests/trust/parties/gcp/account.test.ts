import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkGoogleAccount,
  defaultDisplayName,
  googleAccountId,
  projectOfEmail,
} from "../../../../trust/parties/gcp/account";
import { textOf, tries } from "../../../helpers/property";
import { refused } from "../../../helpers/refused";

describe("trust/parties/gcp/account", () => {
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

  it("keeps any two runners apart, whatever their names", () => {
    const names = fc.tuple(textOf("ab-_", 40), textOf("ab-_", 40));
    fc.assert(
      fc.property(names, names, ([name, unique], [otherName, otherUnique]) => {
        const same = googleAccountId(name, unique) === googleAccountId(otherName, otherUnique);
        // Only the unique part counts: without it two names that shrink to one text would meet.
        assert.ok(!same || unique === otherUnique, `${name} ${otherName}`);
      }),
      tries(1000),
    );
  });

  it("accepts what Google accepts as an id, and refuses its neighbours", () => {
    // IAM REST reference, projects.serviceAccounts.create: 6-30 characters of [a-z]([-a-z0-9]*[a-z0-9]).
    for (const accountId of ["abcdef", `a${"b".repeat(29)}`, "a-b-c1", "a12345"]) {
      checkGoogleAccount({ accountId });
    }
    for (const accountId of ["", "abcde", `a${"b".repeat(30)}`, "1bcdef", "-bcdef", "abcde-", "Abcdef", "abc_def"]) {
      refused(
        () => checkGoogleAccount({ accountId }),
        "GOOGLE_ACCOUNT_INVALID",
        "google.serviceAccount.accountId",
        `"${accountId}"`,
      );
    }
  });

  it("counts bytes of display name and description", () => {
    for (const [field, longest] of [
      ["displayName", 100],
      ["description", 256],
    ] as const) {
      checkGoogleAccount({ [field]: "a".repeat(longest) });
      checkGoogleAccount({ [field]: "ä".repeat(longest / 2) });
      for (const text of ["a".repeat(longest + 1), `${"ä".repeat(longest / 2)}a`]) {
        const where = `google.serviceAccount.${field}`;
        refused(() => checkGoogleAccount({ [field]: text }), "GOOGLE_ACCOUNT_INVALID", where, `${longest + 1} bytes`);
      }
    }
  });

  it("makes a display name that Google accepts of any name", () => {
    assert.equal(defaultDisplayName("deployer"), "Pulumi runner deployer");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 120 }), (name) => {
        const displayName = defaultDisplayName(name);
        checkGoogleAccount({ displayName });
        assert.ok(`Pulumi runner ${name}`.startsWith(displayName));
        assert.ok(displayName.length === 14 + name.length || Buffer.byteLength(displayName) > 96);
      }),
      tries(200),
    );
  });

  it("reads the project of an email and refuses what is no service account", () => {
    assert.equal(projectOfEmail("runner@acme-prod.iam.gserviceaccount.com"), "acme-prod");
    // A project's id may begin with a domain; the email has it last.
    assert.equal(
      projectOfEmail("runner@acme-prod.corp.example.com.iam.gserviceaccount.com"),
      "corp.example.com:acme-prod",
    );
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
