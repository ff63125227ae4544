import assert from "node:assert/strict";
import { ACCOUNT, AUD, findings, found, NAMESPACE, SUB, withSub } from "./definitions";

const subject = (sub: string) => findings(withSub(sub, { repository_id: "2" }));

describe("trust/lint/check-breadth", () => {
  it("says whom a subject of wildcards admits", () => {
    assert.deepEqual(subject("repo:*/app"), [
      {
        name: "BROAD_SUBJECT",
        severity: "error",
        path: "policies[0].rules.sub",
        message: '"repo:*/app" does not say whose token it is: it admits everybody the issuer signs for',
        fix: "begin with the literal organization, owner or namespace; wildcards only behind it",
      },
    ]);
    for (const sub of ["repo:*", "repo:??*x/app", "repo:..*", "repo:??/app"]) {
      assert.deepEqual(
        subject(sub).map(({ name }) => name),
        ["BROAD_SUBJECT"],
        sub,
      );
    }
    // An owner that is empty is nobody, not everybody.
    for (const sub of ["repo:/app", "repo:", "system:serviceaccount::deployer", "repo:acme/*"]) {
      assert.deepEqual(subject(sub), [], sub);
    }
  });

  it("says by what name's beginning a wildcard is reached", () => {
    const loose = (severity: string, pattern: string, before: string) => [
      {
        ...{ name: "WILDCARD_WITHOUT_DELIMITER", severity, path: "policies[0].rules.sub" },
        message: `"${pattern}" also admits names that only begin alike: "${before}" and "${before}x"`,
        fix: "end the name with its delimiter before the wildcard, or write the name in full",
      },
    ];
    assert.deepEqual(subject("repo:acme?/app:*"), loose("error", "repo:acme?/app:*", "repo:acme"));
    assert.deepEqual(subject("repo:acme/app*"), loose("warning", "repo:acme/app*", "repo:acme/app"));
    assert.deepEqual(subject("repo:acme/app-*"), []);
    // Of a wildcard before a wildcard, what stands before both counts.
    assert.deepEqual(subject("repo:acme/app?*"), loose("warning", "repo:acme/app?*", "repo:acme/app?"));
    assert.deepEqual(subject("repo:acme/app-?*"), []);
  });

  it("says behind what a star reaches on", () => {
    const across = (severity: string, before: string) => [
      {
        ...{ name: "WILDCARD_ACROSS_DELIMITER", severity, path: "policies[0].rules.sub" },
        message: `the * after "${before}" also matches delimiters, and so reaches into the parts that follow`,
        fix: "write that part in full, or use * only at the end, behind a delimiter",
      },
    ];
    assert.deepEqual(subject("repo:acme/*:ref:x"), across("warning", "repo:acme/"));
    assert.deepEqual(subject("repo:acme@*/app"), across("error", "repo:acme@"));
    assert.deepEqual(subject("repo:acme@1/*"), []);
    // A namespace holds no delimiter: its star runs on only where nothing ends it.
    const runs = "system:serviceaccount:team-*";
    assert.deepEqual(subject(runs), across("warning", "system:serviceaccount:team-"));
    for (const sub of [`${runs}:*`, `${runs}:deployer`, `${runs}-prod:deployer`]) {
      assert.deepEqual(subject(sub), [], sub);
    }
    assert.deepEqual(found({ aud: AUD, [NAMESPACE]: "team-*-prod", [ACCOUNT]: "deployer" }), []);
    assert.deepEqual(found({ aud: AUD, [NAMESPACE]: "team*", [ACCOUNT]: "deployer" }), [
      "WILDCARD_WITHOUT_DELIMITER error",
    ]);
  });

  it("takes an audience of wildcards for what it is, whatever says whose token it is", () => {
    assert.deepEqual(found({ aud: "*", [NAMESPACE]: "pulumi", [ACCOUNT]: "deployer" }), ["MISSING_AUDIENCE error"]);
    assert.deepEqual(found({ aud: "*", sub: SUB }), ["MISSING_AUDIENCE error"]);
    assert.deepEqual(found({ aud: AUD, [NAMESPACE]: "*", [ACCOUNT]: "deployer" }), ["BROAD_SUBJECT error"]);
  });
});
