import assert from "node:assert/strict";
import { requestContext } from "../../../../../trust/parties/aws/evaluate/context";

/** IAM User Guide, "IAM and AWS STS condition context keys": the claims of which STS makes keys, for each issuer. */
const DOCUMENTED: Record<string, string> = {
  "token.actions.githubusercontent.com":
    "actor actor_id enterprise_id environment job_workflow_ref ref repository repository_id repository_owner_id workflow",
  "gitlab.com":
    "namespace_id pipeline_source project_id ref_protected runner_environment user_access_level user_email user_id user_login",
  "agent.buildkite.com":
    "build_branch cluster_id cluster_name organization_id organization_slug pipeline_id pipeline_slug",
  "oidc.circleci.com/org/0123": "oidc.circleci.com/project-id",
  "idcs-0123.identity.oraclecloud.com": "rpst_id",
  "x.identity.oraclecloud.com/v1": "rpst_id",
};
const OF_ALL = ["amr", "aud", "email", "oaud", "sub"];
const NAMES = [...OF_ALL, ...new Set(Object.values(DOCUMENTED).flatMap((names) => names.split(" ")))];

/** The keys that a token of an issuer has when it holds every claim there is. */
function keysOf(issuer: string): string[] {
  const claims = Object.fromEntries([...NAMES, "", "iat"].map((name) => [name, "value"]));
  const context = requestContext({ ...claims, iss: `https://${issuer}` });
  assert.equal(context.issuer, issuer);
  return [...NAMES, "", "iat", "iss"].filter((name) => context.valuesOf(`${issuer}:${name}`).length > 0);
}

describe("trust/parties/aws/evaluate/context", () => {
  for (const [issuer, names] of Object.entries(DOCUMENTED)) {
    it(`knows the keys of ${issuer}`, () =>
      assert.deepEqual(keysOf(issuer).sort(), [...OF_ALL, ...names.split(" ")].sort()));
  }

  for (const issuer of [
    ...["oidc.eks.eu-west-1.amazonaws.com/id/ABC123", "api.pulumi.com/oidc", "gitlab.example.com"],
    ...["x.token.actions.githubusercontent.com", "token.actions.githubusercontent.com/acme"],
    ...["x.gitlab.com", "gitlab.com/x", "x.agent.buildkite.com", "agent.buildkite.com/x"],
    ...["oidc.circleci.com/x", "x.oidc.circleci.com/org/0123", "example.com/oidc.circleci.com/org/0123"],
    ...["identity.oraclecloud.com", "example.com/x.identity.oraclecloud.com", "x.identity.oraclecloud.com.example.com"],
  ]) {
    it(`knows no further keys of ${issuer}`, () => assert.deepEqual(keysOf(issuer).sort(), OF_ALL));
  }

  it("takes the authorized party for the audience, and keeps the audience under another key", () => {
    const { valuesOf } = requestContext({ iss: "https://issuer.example.com", aud: ["one", "two"], azp: "app" });
    assert.deepEqual(valuesOf("issuer.example.com:aud"), ["app"]);
    assert.deepEqual(valuesOf("issuer.example.com:oaud"), ["one", "two"]);
    assert.deepEqual(valuesOf("ISSUER.example.com:AUD"), ["app"]);
    assert.deepEqual(valuesOf("issuer.example.com:azp"), []);
    assert.deepEqual(requestContext({ iss: "https://i", aud: "one" }).valuesOf("i:aud"), ["one"]);
  });
});
