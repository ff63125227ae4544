import assert from "node:assert/strict";
import fc from "fast-check";
import type { IssuerKey } from "../../../trust/issuers";
import { checkBreadth } from "../../../trust/lint/check-breadth";
import { shapeOf } from "../../../trust/lint/rules-view";
import { lint } from "../../../trust/parties/pulumi/lint";
import { matchesWildcard } from "../../../trust/pattern/pattern";
import { tries } from "../../helpers/property";

/** The findings about a pattern of the subject, by name and severity. */
const found = (pattern: string, wildcards = "*?.") => {
  const rule = { keys: ["sub"], pattern, shape: shapeOf(pattern, wildcards), path: "sub" };
  return checkBreadth({ issuer: undefined, rules: [rule] }).map(({ name, severity }) => `${name} ${severity}`);
};

describe("trust/lint/any-tenant", () => {
  for (const [broad, narrow] of [
    // The star takes what says whose token it is, and with it everybody of the issuer.
    ["system:*", "system:serviceaccount:pulumi:*"],
    ["system:?*", "system:serviceaccount:pulumi:?*"],
    ["system:service*", "system:serviceaccount:pulumi:deployer"],
    ["system:*deployer", "system:serviceaccount:pulumi:deployer"],
    ["system:serviceaccount*", "system:serviceaccount:pulumi:*"],
    ["system:serviceaccount:*", "system:serviceaccount:pulumi:*"],
    ["?system:serviceaccount:*", "?system:serviceaccount:pulumi:*"],
    ["system.serviceaccount:?*", "system.serviceaccount:pulumi:*"],
    [
      "system:serviceaccount:????????????????????????:deployer",
      "system:serviceaccount:t????????????????????????:deployer",
    ],
    ["s*", "system:serviceaccount:pulumi:*"],
    ["pulumi:*", "pulumi:deploy:org:acme:*"],
    ["pulumi:deploy:*", "pulumi:deploy:org:acme:*"],
    ["pulumi:deploy?*", "pulumi:deploy:org:acme:*"],
    ["repo*", "repo:acme@1/*"],
    ["project_path*", "project_path:acme/*"],
  ] as const) {
    it(`takes ${broad} for everybody, and ${narrow} not`, () => {
      assert.deepEqual(found(broad), ["BROAD_SUBJECT error"]);
      assert.ok(!found(narrow).some((finding) => finding.startsWith("BROAD_SUBJECT")), narrow);
    });
  }

  it("knows nothing of subjects that begin otherwise, and of dots that are letters", () => {
    assert.deepEqual(found("team:*"), []);
    assert.deepEqual(found("systems:*"), []);
    assert.deepEqual(found("team*"), ["WILDCARD_WITHOUT_DELIMITER error"]);
    assert.deepEqual(found("system.serviceaccount:pulumi:*", "*?"), []);
  });

  it("says nothing of a tenant that is named, whatever its name", () => {
    for (const name of ["q7xz", "j4vk", "wq7xz0lmrp5tbnh2ycgdfs8e"]) {
      assert.deepEqual(found(`system:serviceaccount:${name}:*`), []);
    }
  });

  const kinds: [kind: IssuerKey, pieces: string[], subjectOf: (tenant: string) => string][] = [
    ["kubernetes", ["system", "serviceaccount", "runner"], (tenant) => `system:serviceaccount:${tenant}:runner`],
    ["githubActions", ["repo", "app", "ref:refs/heads/main"], (tenant) => `repo:${tenant}/app:ref:refs/heads/main`],
    ["gitlab", ["project_path", "app", "ref:main"], (tenant) => `project_path:${tenant}/app:ref:main`],
    [
      "pulumiDeployments",
      ["pulumi", ":deploy", ":org", "project:p"],
      (tenant) => `pulumi:deploy:org:${tenant}:project:p`,
    ],
  ];
  for (const [kind, pieces, subjectOf] of kinds) {
    it(`lets no pattern pass that admits two tenants of ${kind} with nothing in common`, () => {
      const two = [subjectOf("aaaa"), subjectOf("qqq")];
      const beginning = subjectOf("|").split("|")[0] as string;
      const piece = fc.constantFrom(...pieces, beginning, ":", "/", "*", "?", ".", "aaaa", "qqq", "-");
      let admitting = 0;
      fc.assert(
        fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (parts) => {
          const sub = parts.join("");
          if (two.every((subject) => matchesWildcard(sub, subject))) {
            admitting += 1;
            const definition = { decision: "allow", tokenType: "organization", rules: { aud: "a", sub } } as const;
            const findings = lint([definition], { issuer: kind });
            assert.ok(
              findings.some(({ severity }) => severity === "error"),
              `nothing is said of ${sub}`,
            );
          }
        }),
        tries(10_000),
      );
      assert.ok(admitting > 10, `only ${admitting} patterns admitted both`);
    });
  }
});
