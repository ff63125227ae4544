import assert from "node:assert/strict";
import { askedClaims, CI_KEYS, type CiKey, ciSystem, givenClaims, jobClaims } from "../../../lab/ci/systems";
import { claimPaths, claimValues } from "../../../trust/claims";
import { CI_ISSUERS, claimFacts, issuerByKey } from "../../../trust/issuers";
import { CLAIM_LISTS } from "../../trust/issuers/documented";

/** All claims that a job of the system can have. */
const everyClaim = (key: CiKey) => jobClaims(ciSystem(key), ciSystem(key).optional);
const claimsOf = (key: CiKey, ...texts: string[]) => jobClaims(ciSystem(key), givenClaims(key, texts).claims);

describe("lab/ci/systems", () => {
  it("are those of the CI systems that have a record", () => {
    assert.deepEqual([...CI_KEYS].sort(), CI_ISSUERS.map(({ key }) => key).sort());
  });

  for (const key of CI_KEYS) {
    const record = issuerByKey(key);
    const documented = CLAIM_LISTS.find((list) => list.record === key)?.claims ?? [];

    it(`${key}: an example job has a value for each documented claim, and no other claim`, () => {
      const given = claimPaths({ ...everyClaim(key), aud: "any" });
      const isGiven = (claim: string) =>
        given.some(({ path }) => (claim.endsWith("*") ? path.startsWith(claim.slice(0, -1)) : path === claim));
      const stamps: string[] = [...ciSystem(key).stamps, "iat", "exp"];
      assert.deepEqual(
        documented.filter((claim) => !isGiven(claim) && !stamps.includes(claim)),
        [],
      );
      assert.deepEqual(
        stamps.filter((claim) => !documented.includes(claim)),
        [],
      );
      assert.deepEqual(
        given.filter(({ keys }) => claimFacts(record, keys) === undefined),
        [],
      );
    });

    it(`${key}: its tokens are the record's`, () => {
      const { iss, sub } = jobClaims(ciSystem(key), {});
      assert.ok(record.signs(String(iss)), String(iss));
      assert.ok(
        record.subjects.some(({ start }) => String(sub).startsWith(start)),
        String(sub),
      );
      // The record reads the subject: a near miss differs in a part of it.
      const misses = record.neighbours(jobClaims(ciSystem(key), { aud: "urn:pulumi:org:acme" }));
      assert.ok(misses.some((claims) => claims.sub !== sub && String(claims.sub) !== `${String(sub)}-2`));
    });
  }

  it("make the claims that follow from those that are given", () => {
    const job = claimsOf("githubActions", "repository=acme/site", "ref=refs/tags/v1");
    assert.deepEqual(
      [job.sub, job.repository_owner, job.ref_type, job.workflow_ref],
      ["repo:acme/site:ref:refs/tags/v1", "acme", "tag", "acme/site/.github/workflows/deploy.yml@refs/tags/v1"],
    );
    assert.equal(claimsOf("githubActions", "environment=a:b").sub, "repo:acme/infra:environment:a%3Ab");
    assert.equal(claimsOf("githubActions", "environment").environment, "production");
    assert.equal(claimsOf("githubActions").environment, undefined);
    const pullRequest = claimsOf("githubActions", "event_name=pull_request");
    assert.deepEqual([pullRequest.sub, pullRequest.ref], ["repo:acme/infra:pull_request", "refs/pull/7/merge"]);
    assert.equal(
      claimsOf("githubActions", "sub=repo:acme@1/infra@2:ref:refs/heads/main", "ref=x").sub,
      "repo:acme@1/infra@2:ref:refs/heads/main",
    );
    assert.equal(
      claimsOf("gitlab", "project_path=acme/sub/site").sub,
      "project_path:acme/sub/site:ref_type:branch:ref:main",
    );
    assert.equal(claimsOf("gitlab", "project_path=acme/sub/site").namespace_path, "acme/sub");
    assert.match(String(claimsOf("buildkite", "build_tag=v1").sub), /:ref:refs\/tags\/v1:commit:/);
  });

  it("give another name another id, and the same name the same", () => {
    for (const [key, name, id] of [
      ["githubActions", "repository=acme/site", "repository_id"],
      ["githubActions", "repository=other/infra", "repository_owner_id"],
      ["gitlab", "project_path=acme/site", "project_id"],
      ["buildkite", "pipeline_slug=site", "pipeline_id"],
      ["terraformCloud", "terraform_workspace_name=site", "terraform_workspace_id"],
    ] as const) {
      assert.notEqual(claimsOf(key, name)[id], claimsOf(key)[id], `${key} ${id}`);
      assert.equal(claimsOf(key, name)[id], claimsOf(key, name)[id]);
    }
    assert.equal(
      claimsOf("githubActions", "repository=acme/site").repository_owner_id,
      claimsOf("githubActions").repository_owner_id,
    );
  });

  it("take names, paths, texts and JSON", () => {
    assert.deepEqual(givenClaims("circleci", ["oidc.circleci.com/vcs-ref=refs/heads/x=y"]).claims, {
      "oidc.circleci.com/vcs-ref": "refs/heads/x=y",
    });
    assert.deepEqual(givenClaims("circleci", ['"oidc.circleci.com/ssh-rerun"=true']).claims, {
      "oidc.circleci.com/ssh-rerun": true,
    });
    assert.deepEqual(
      givenClaims("gitlab", ["job_config.sha=1", "job_config.url=u", 'groups_direct=["a","b"]']).claims,
      {
        job_config: { sha: "1", url: "u" },
        groups_direct: ["a", "b"],
      },
    );
    assert.deepEqual(givenClaims("buildkite", ["agent_tag:os=linux", "build_number=7"]).claims, {
      "agent_tag:os": "linux",
      build_number: 7,
    });
  });

  it("refuse what they do not have, with the names that are most alike", () => {
    const refused = (code: string, text: RegExp) => (error: Error) => {
      assert.equal((error as { code?: string }).code, code);
      assert.match(error.message, text);
      return true;
    };
    assert.throws(() => givenClaims("githubAction", []), refused("LAB_UNKNOWN_ISSUER", /use githubActions, /));
    assert.throws(() => givenClaims("toString", []), refused("LAB_UNKNOWN_ISSUER", /./));
    assert.throws(
      () => givenClaims("githubActions", ["repositry=a/b"]),
      refused("LAB_UNKNOWN_CLAIM", /use repository, /),
    );
    assert.throws(() => givenClaims("gitlab", ["repository=a/b"]), refused("LAB_UNKNOWN_CLAIM", /./));
    assert.throws(() => givenClaims("gitlab", ["a..b=c"]), refused("LAB_UNKNOWN_CLAIM", /./));
    assert.throws(() => givenClaims("buildkite", ["build_number=seven"]), refused("INPUT_INVALID", /build_number=1/));
    assert.throws(
      () => givenClaims("githubActions", ["repo_property_team"]),
      refused("INPUT_INVALID", /repo_property_team=VALUE/),
    );
  });

  it("leave ids out of tokens of Buildkite that are not asked for", () => {
    const asked = (claims: string[]) => askedClaims(ciSystem("buildkite"), {}, { claims });
    assert.equal(asked([]).organization_id, undefined);
    assert.equal(asked(["organization_id"]).pipeline_id, undefined);
    assert.match(claimValues(asked(["organization_id"]), ["organization_id"])[0] ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(asked(["build_id"]).build_id, ciSystem("buildkite").optional.build_id);
  });
});
