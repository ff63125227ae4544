import assert from "node:assert/strict";
import { findings, found, withSub } from "./definitions";

describe("trust/lint/check-mutable-names", () => {
  it("says what can become of a name", () => {
    assert.deepEqual(findings(withSub("repo:acme/app:ref:refs/heads/main")), [
      {
        name: "MUTABLE_GITHUB_NAME",
        severity: "warning",
        path: "policies[0].rules.sub",
        message:
          '"repo:acme/app:ref:refs/heads/main" goes by names: a name given up can become another\'s, and new repositories have ids in their subject',
        fix: "use repo:OWNER@ID/REPOSITORY@ID:…, or add rules on repository_id and repository_owner_id",
      },
    ]);
  });

  it("takes numbers behind the names for ids, all their digits, and nothing else", () => {
    for (const sub of ["repo:acme@12/app@345:*", "repo:acme@12/*", "repo:acme@12/app@345"]) {
      assert.deepEqual(found(withSub(sub)), [], sub);
    }
    for (const sub of ["repo:acme@12/app@34x:*", "repo:acme@/app@345:*", "repo:acme12/app@345:*", "repo:acme@12/app"]) {
      assert.deepEqual(found(withSub(sub)), ["MUTABLE_GITHUB_NAME warning"], sub);
    }
  });

  it("leaves an owner that is no name to what says so", () => {
    assert.deepEqual(found(withSub("repo:*/app")), ["BROAD_SUBJECT error"]);
    assert.deepEqual(found(withSub("repo:?/app")), ["BROAD_SUBJECT error"]);
  });
});
