import assert from "node:assert/strict";
import type { IssuerKey } from "../../../trust/issuers";
import type { Rules } from "../../../trust/policy/model";
import { AUD, found, withSub } from "./definitions";

const OTHERS = ["DOT_ADMITS_OTHERS error"];
const LITERAL = ["LITERAL_DOT_MATCHES_ANY warning"];
const GITLAB = "project_path:example.com/infra:ref_type:branch:ref:main";

describe("trust/lint/dots", () => {
  for (const [what, bad, good, kind] of [
    ["a group of GitLab", withSub(GITLAB), withSub(GITLAB, { project_id: "7" }), "gitlab"],
    ["a group of GitLab, its id known", withSub(GITLAB), withSub(GITLAB, { namespace_id: "7" }), "gitlab"],
    ["an owner on GitHub", withSub("repo:ac.me/app:x"), withSub("repo:ac.me/app:x", { repository_owner_id: "1" })],
    [
      "an organization of Pulumi Deployments",
      withSub("pulumi:deploy:org:acme.io:project:a:stack:b:operation:update:scope:write"),
      withSub("pulumi:deploy:org:acme.io:project:a:stack:b:operation:update:scope:write", { stackId: "1" }),
      "pulumiDeployments",
    ],
    [
      "an organization of ESC",
      withSub("pulumi:environments:org:acme.io:env:a/b"),
      withSub("pulumi:environments:org:acme.io:env:a/b", { '"https://pulumi.com/org_id"': "1" }),
      "pulumiDeployments",
    ],
    [
      "an organization of HCP Terraform",
      withSub("organization:acme.io:project:a:workspace:b:run_phase:apply"),
      withSub("organization:acme.io:project:a:workspace:b:run_phase:apply", { terraform_organization_id: "org-1" }),
    ],
    [
      "a dot that is meant as a wildcard",
      withSub("repo:acm./app:x"),
      withSub("repo:acm./app:x", { repository_id: "1" }),
    ],
    [
      "a group named by a claim alone",
      { aud: AUD, project_path: "example.com/infra", project_id: "7*" },
      { aud: AUD, project_path: "example.com/infra", project_id: "7" },
      "gitlab",
    ],
    ["an audience", { ...withSub("system:serviceaccount:a:b"), aud: "urn:pulumi:org:acme.io" }, undefined],
  ] as [string, Rules, Rules | undefined, IssuerKey?][]) {
    it(`lets nobody pass by a dot in ${what} [A7]`, () => {
      assert.ok(found(bad, kind).includes("DOT_ADMITS_OTHERS error"), JSON.stringify(found(bad, kind)));
      if (good !== undefined) {
        assert.deepEqual(
          found(good, kind).filter((name) => / error$/.test(name)),
          [],
        );
      }
    });
  }

  it("warns of a dot behind the tenant, and of one in a namespace [A7]", () => {
    assert.deepEqual(found(withSub("project_path:acme/infra.live:ref_type:branch:ref:main"), "gitlab"), LITERAL);
    assert.deepEqual(found(withSub("organization:acme:project:a.b:workspace:c:run_phase:apply")), LITERAL);
    for (const sub of ["system:serviceaccount:my.team:app", "system:serviceaccount:team.:app"]) {
      assert.deepEqual(found(withSub(sub)), LITERAL, sub);
    }
    assert.deepEqual(found({ ...withSub("system:serviceaccount:a:b"), aud: "sts.amazonaws.com" }), LITERAL);
    assert.deepEqual(found(withSub("ci.example.com:app")), LITERAL);
  });

  it("says it once", () => {
    assert.deepEqual(found(withSub(GITLAB), "gitlab"), OTHERS);
    assert.deepEqual(found(withSub("project_path:..*/x")), ["BROAD_SUBJECT error"]);
  });
});
