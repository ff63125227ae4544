import assert from "node:assert/strict";
import { found, SUB, withSub } from "./definitions";

const LOOSE = "WILDCARD_WITHOUT_DELIMITER error";

/** What is found in a rule on one more claim, beside a subject that nothing is wrong with. */
const beside = (claim: string, pattern: string) => found(withSub(SUB, { [claim]: pattern }));

describe("trust/lint/tenant", () => {
  it("is in claims that name it, and in none that are only written alike", () => {
    for (const claim of ["repository_owner", "stackId", "namespace_path", '"kubernetes.io".namespace']) {
      assert.deepEqual(beside(claim, "a*"), [LOOSE], claim);
    }
    for (const claim of [
      ...["ref", "repository_owner.name", "owner.repository_owner", "namespace", "constructor", "toString"],
      ...['"kubernetes.io".warnafter', '"kubernetes.io".pod.name', '"kubernetes.io".namespace.name', '"kubernetes.io"'],
    ]) {
      assert.deepEqual(beside(claim, "a*"), [], claim);
    }
    assert.deepEqual(beside("sub.name", "*"), []);
  });

  it("ends at the first colon of a subject whose form nobody knows", () => {
    assert.deepEqual(found(withSub("acme:release-*")), []);
    assert.deepEqual(found(withSub("acme-*")), [LOOSE]);
    assert.deepEqual(found(withSub("acme:release*")), ["WILDCARD_WITHOUT_DELIMITER warning"]);
    assert.deepEqual(found(withSub(":release-*")), []);
  });

  it("ends at a hyphen in a cluster, and not among owners that anybody registers", () => {
    assert.deepEqual(found(withSub("system:serviceaccount:team-*:deployer")), []);
    assert.deepEqual(found(withSub("project_path:team-*")), [LOOSE]);
    assert.deepEqual(found(withSub("project_path:team/*")), []);
    assert.deepEqual(beside("repository", "/app-*"), []);
    assert.deepEqual(beside("repository", "acme-*"), [LOOSE]);
  });
});
