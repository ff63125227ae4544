import assert from "node:assert/strict";
import { Directory } from "../../../../lab/azure/directory";
import { matchCredential } from "../../../../lab/azure/entra/match-credential";
import { EntraRefusal } from "../../../../lab/azure/entra/refusal";
import type { Claims } from "../../../../trust/claims";

const GITHUB = "https://token.actions.githubusercontent.com";
const EXCHANGE = "api://AzureADTokenExchange";

describe("lab/azure/entra: flexible credentials", () => {
  const { applications, client } = (() => {
    const directory = new Directory(Date.now);
    return { applications: directory.applications, client: (id: string) => directory.client(id) };
  })();
  const { id, appId } = applications.create({ displayName: "ci", description: "", notes: "", tags: [], owners: [] });
  applications.putCredential(id, {
    ...{ name: "main", issuer: GITHUB, audiences: [EXCHANGE] },
    claimsMatchingExpression: { value: "claims['sub'] matches 'repo:acme/app:ref:refs/heads/*'", languageVersion: 1 },
  });
  const decide = (claims: Claims) => {
    const found = client(appId) ?? assert.fail("there is no client");
    try {
      matchCredential(
        found,
        { iss: GITHUB, aud: EXCHANGE, ...claims },
        {
          youngest: Number.POSITIVE_INFINITY,
          namesFirst: "subject",
        },
      );
      return 0;
    } catch (error) {
      return error instanceof EntraRefusal ? error.aadsts : error;
    }
  };

  it("take what their expression matches, and no neighbour", () => {
    assert.equal(decide({ sub: "repo:acme/app:ref:refs/heads/main" }), 0);
    assert.equal(decide({ sub: "repo:acme/app:ref:refs/tags/v1" }), 7002131);
    assert.equal(decide({ sub: "repo:acme/app2:ref:refs/heads/main" }), 7002131);
    assert.equal(decide({ sub: "repo:acme/app:ref:refs/heads/main", aud: "other" }), 700212);
    assert.equal(decide({ sub: "repo:acme/app:ref:refs/heads/main", iss: `${GITHUB}/acme` }), 700211);
  });
});
