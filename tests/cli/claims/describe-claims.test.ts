import assert from "node:assert/strict";
import { describeClaims } from "../../../cli/claims/describe-claims";
import { describeTime } from "../../../cli/claims/describe-time";
import { suggestRules } from "../../../cli/claims/suggest-rules";
import { printable } from "../../../trust/errors";
import { githubActions } from "../../../trust/issuers";
import { kubernetes, podClaims } from "../../../trust/issuers/kubernetes";
import { evaluate } from "../../../trust/parties/pulumi/evaluate";

const NOW = Date.UTC(2026, 10, 21, 10, 0, 0);
const seconds = NOW / 1000;
const POD = podClaims({
  issuerUrl: "https://issuer.example.com",
  namespace: "pulumi",
  serviceAccountName: "deployer",
  audience: "urn:pulumi:org:acme",
});

describe("cli/claims", () => {
  describe("describe-time", () => {
    for (const [offset, text] of [
      [-180, "3 min ago (2026-11-21T09:57:00Z)"],
      [-119, "119 s ago (2026-11-21T09:58:01Z)"],
      [-120, "2 min ago (2026-11-21T09:58:00Z)"],
      [0, "now (2026-11-21T10:00:00Z)"],
      [3600, "in 60 min (2026-11-21T11:00:00Z)"],
      [7200, "in 2 h (2026-11-21T12:00:00Z)"],
      [-86_400 * 2, "2 d ago (2026-11-19T10:00:00Z)"],
      [0.5, "in 1 s (2026-11-21T10:00:00.500Z)"],
    ] as const) {
      it(`says ${text}`, () => {
        assert.equal(describeTime(seconds + offset, NOW), text);
      });
    }

    it("says nothing of what is no time", () => {
      for (const time of [undefined, null, "1", Number.NaN, 1e300]) {
        assert.equal(describeTime(time, NOW), undefined);
      }
    });
  });

  describe("describe-claims", () => {
    it("tells issuer, times, claims and rules", () => {
      const claims = { ...POD, iat: seconds - 180, exp: seconds + 600 };
      const lines = describeClaims(claims, NOW);
      assert.deepEqual(lines.slice(0, 4), [
        "issuer  https://issuer.example.com (kubernetes)",
        "issued  3 min ago (2026-11-21T09:57:00Z)",
        "expires in 10 min (2026-11-21T10:10:00Z)",
        "claims",
      ]);
      const end = lines.indexOf("rules it fulfils, for a policy at Pulumi Cloud");
      assert.deepEqual(JSON.parse(lines.slice(4, end).join("")), claims);
      const rules = JSON.parse(`{${lines.slice(end + 1).join("")}}`);
      assert.deepEqual(rules, {
        aud: "urn:pulumi:org:acme",
        sub: "system:serviceaccount:pulumi:deployer",
        '"kubernetes.io".namespace': "pulumi",
        '"kubernetes.io".serviceaccount.name': "deployer",
      });
    });

    it("tells a token that has expired from one that has not", () => {
      const expiry = (exp: unknown) => describeClaims({ ...POD, exp }, NOW).find((line) => line.startsWith("expire"));
      assert.equal(expiry(seconds - 180), "expired 3 min ago (2026-11-21T09:57:00Z)");
      assert.equal(expiry(seconds), "expired now (2026-11-21T10:00:00Z)");
      assert.equal(expiry(seconds + 1), "expires in 1 s (2026-11-21T10:00:01Z)");
      assert.equal(expiry(undefined), "expires never: the token has no exp");
    });

    it("makes do with a token that says nothing", () => {
      const lines = describeClaims({}, NOW);
      assert.equal(lines[0], "issuer  none");
      assert.equal(lines.at(-1), "  none: the token has neither aud nor sub");
    });

    it("knows a cluster by its claims, and nobody's issuer as nobody's", () => {
      assert.equal(describeClaims({ iss: "https://x.example", sub: "a" }, NOW)[0], "issuer  https://x.example");
      assert.match(describeClaims({ iss: "https://gitlab.com" }, NOW)[0] ?? "", /\(gitlab\)$/);
    });
  });

  describe("suggest-rules", () => {
    const github = {
      aud: "https://github.com/acme",
      sub: "repo:a@1/b@2:ref:refs/heads/main",
      repository_id: "2",
      run_id: "9",
    };

    it("suggests rules that the token fulfils", () => {
      for (const [claims, kind] of [
        [POD, kubernetes],
        [github, githubActions],
        [{ sub: "x", aud: ["a", "b"] }, undefined],
      ] as const) {
        const rules = Object.fromEntries(suggestRules(claims, kind));
        const allow = { decision: "allow", tokenType: "organization", rules } as const;
        assert.equal(evaluate([allow], claims, { tokenType: "organization" }).decision, "allow");
        assert.ok(Object.keys(rules).length > 0);
      }
    });

    it("suggests what stays, and not what changes from run to run", () => {
      assert.deepEqual(
        suggestRules(github, githubActions).map(([path]) => path),
        ["aud", "sub", "repository_id"],
      );
    });

    it("takes Pulumi Cloud's audience of several, and no value that would be a pattern", () => {
      const rules = suggestRules({ aud: ["sts.amazonaws.com", "urn:pulumi:org:acme"], sub: "a*" }, undefined);
      assert.deepEqual(rules, [["aud", "urn:pulumi:org:acme"]]);
    });
  });

  it("prints nothing that a terminal acts on, and JSON stays the same", () => {
    const claims = { sub: "a\u001b[31m\u009b\u202eb\u2028\u{e0001}é" };
    const text = printable(JSON.stringify(claims));
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.ok(text.includes("é"));
    assert.deepEqual(JSON.parse(text), claims);
  });
});
