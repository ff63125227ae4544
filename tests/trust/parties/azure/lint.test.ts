import assert from "node:assert/strict";
import { lintAzureTrust } from "../../../../trust/parties/azure/lint";
import { refused } from "../../../helpers/refused";

const AKS = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/";
const GITHUB = "https://token.actions.githubusercontent.com";
const TERRAFORM = "https://app.terraform.io";
const AUDIENCE = "api://AzureADTokenExchange";
const SUB = "system:serviceaccount:pulumi:deployer";
const FIELD = "claimsMatchingExpression.value";

const classic = (more: object = {}) => ({ issuer: AKS, subject: SUB, audiences: [AUDIENCE], ...more });
const flexible = (value: string, issuer = GITHUB) => ({
  issuer,
  audiences: [AUDIENCE],
  claimsMatchingExpression: { value, languageVersion: 1 },
});
const PINNED = " and claims['repository_id'] eq '2'";

/** `NAME severity path` of each finding. */
const found = (document: unknown, issuer?: string) =>
  lintAzureTrust(document, issuer).map(({ name, severity, path }) => `${name} ${severity} ${path}`);

/** A mistake with what is found, and what resembles it and is none. */
const cases: { what: string; bad: object; finding: string; good: object[] }[] = [
  {
    what: "no subject",
    bad: classic({ subject: null }),
    finding: "MISSING_SUBJECT error subject",
    good: [classic({ claimsMatchingExpression: null }), flexible(`claims['sub'] eq 'repo:a@1/b@2:x'${PINNED}`)],
  },
  {
    what: "no audience",
    bad: classic({ audiences: [] }),
    finding: "MISSING_AUDIENCE error audiences",
    good: [classic()],
  },
  {
    what: "another service's audience",
    bad: classic({ audiences: ["sts.amazonaws.com"] }),
    finding: "UNUSUAL_AUDIENCE warning audiences[0]",
    good: [classic({ audiences: ["api://AzureADTokenExchangeChina"] })],
  },
  {
    what: "a star in a subject",
    bad: classic({ subject: "system:serviceaccount:pulumi:*" }),
    finding: "LITERAL_WILDCARD error subject",
    good: [classic()],
  },
  {
    what: "a star that eq compares",
    bad: flexible(`claims['sub'] eq 'repo:acme/app:*'${PINNED}`),
    finding: `LITERAL_WILDCARD error ${FIELD}`,
    good: [flexible(`claims['sub'] matches 'repo:acme/app:*'${PINNED}`)],
  },
  {
    what: "an expression that admits everything",
    bad: flexible("claims['sub'] matches '*'", TERRAFORM),
    finding: `BROAD_SUBJECT error ${FIELD}`,
    good: [flexible("claims['sub'] matches 'organization:acme:*'", TERRAFORM)],
  },
  {
    what: "an organization's name without its delimiter",
    bad: flexible("claims['sub'] matches 'organization:acme*'", TERRAFORM),
    finding: `WILDCARD_WITHOUT_DELIMITER error ${FIELD}`,
    good: [flexible("claims['sub'] matches 'organization:acme:project:app:workspace:prod-*'", TERRAFORM)],
  },
  {
    what: "a star across delimiters",
    bad: flexible("claims['sub'] matches 'organization:acme:project:*:run_phase:plan'", TERRAFORM),
    finding: `WILDCARD_ACROSS_DELIMITER warning ${FIELD}`,
    good: [flexible("claims['sub'] matches 'organization:acme:project:app:workspace:prod:run_phase:*'", TERRAFORM)],
  },
  {
    what: "a dot, which is none of Azure's wildcards, nowhere",
    bad: flexible("claims['sub'] matches 'organization:?:x'", TERRAFORM),
    finding: `BROAD_SUBJECT error ${FIELD}`,
    good: [flexible("claims['sub'] matches 'organization:.:project:*'", TERRAFORM)],
  },
  {
    what: "a repository's name",
    bad: { ...classic({ subject: "repo:acme/app:ref:refs/heads/main" }), issuer: GITHUB },
    finding: "MUTABLE_GITHUB_NAME warning subject",
    good: [{ ...classic({ subject: "repo:acme@1/app@2:ref:refs/heads/main" }), issuer: GITHUB }],
  },
  {
    what: "a repository's name in an expression",
    bad: flexible("claims['sub'] matches 'repo:acme/app:*' and claims['repository_owner_id'] eq '1'"),
    finding: `MUTABLE_GITHUB_NAME warning ${FIELD}`,
    good: [flexible(`claims['sub'] matches 'repo:acme/app:*'${PINNED}`)],
  },
  {
    what: "an expression on the workflow alone, which anybody may call",
    bad: flexible("claims['job_workflow_ref'] matches 'acme/shared/.github/workflows/deploy.yml@refs/heads/main'"),
    finding: `MISSING_SUBJECT error ${FIELD}`,
    good: [
      flexible(
        `claims['sub'] matches 'repo:acme/app:*' and claims['job_workflow_ref'] matches 'acme/shared/.github/*'${PINNED}`,
      ),
    ],
  },
  {
    what: "a claim Entra ID doesn't compare",
    bad: flexible(`claims['sub'] matches 'repo:acme/app:*' and claims['environment'] eq 'x'${PINNED}`),
    finding: `UNKNOWN_CLAIM error ${FIELD}`,
    good: [],
  },
  {
    what: "a comparison Entra ID doesn't have for a claim",
    bad: flexible("claims['sub'] matches 'repo:acme@1/app@2:*' and claims['repository_id'] matches '2'"),
    finding: `UNKNOWN_CLAIM error ${FIELD}`,
    good: [flexible("claims['sub'] matches 'repo:acme@1/app@2:*' and claims['repository_id'] eq '2'")],
  },
  {
    what: "an expression for an issuer that has none",
    bad: flexible(`claims['sub'] matches '${SUB}'`, AKS),
    finding: `UNKNOWN_CLAIM error ${FIELD}`,
    good: [classic()],
  },
  {
    what: "one claim that must be two texts",
    bad: flexible(`claims['sub'] eq 'repo:acme/app:x' and claims['sub'] matches 'repo:acme/app:ref:*'${PINNED}`),
    finding: `CONTRADICTORY_CONDITIONS error ${FIELD}`,
    good: [flexible(`claims['sub'] eq 'repo:acme/app:ref:x' and claims['sub'] matches 'repo:acme/app:ref:*'${PINNED}`)],
  },
];

describe("trust/lint/documents/azure", () => {
  for (const { what, bad, finding, good } of cases) {
    it(`finds ${what}: ${finding.split(" ")[0]}, and nothing in what is like it`, () => {
      assert.deepEqual(found(bad), [finding]);
      for (const document of good) {
        assert.deepEqual(found(document), [], JSON.stringify(document));
      }
    });
  }

  it("finds that another issuer is trusted than the given one", () => {
    assert.deepEqual(found(classic(), AKS), []);
    const [slash] = lintAzureTrust(classic(), AKS.slice(0, -1));
    assert.deepEqual([slash?.name, slash?.path], ["ISSUER_MISMATCH", "issuer"]);
    assert.match(slash?.message ?? "", /only by a final slash/);
  });

  it("finds that AKS's issuer has lost its final slash, whatever is given", () => {
    for (const issuer of [undefined, AKS]) {
      const [slash, ...more] = lintAzureTrust(classic({ issuer: AKS.slice(0, -1) }), issuer);
      assert.deepEqual([slash?.name, slash?.path, more], ["ISSUER_MISMATCH", "issuer", []]);
      assert.match(slash?.message ?? "", /only by a final slash/);
    }
    assert.deepEqual(found(classic({ issuer: "https://kubernetes.example.com" })), []);
  });

  it("refuses what is no credential", () => {
    for (const document of [null, [], "x", {}, classic({ issuer: 1 }), classic({ audiences: ["a", "b"] })]) {
      refused(() => lintAzureTrust(document), "AZURE_CREDENTIAL_INVALID");
    }
    refused(() => lintAzureTrust(flexible("sub == 'x'")), "AZURE_EXPRESSION_INVALID");
  });

  it("says what is wrong and what to do, in words", () => {
    for (const finding of cases.flatMap(({ bad }) => lintAzureTrust(bad))) {
      assert.ok(finding.message.length > 20 && finding.fix.length > 10, finding.name);
    }
  });
});
