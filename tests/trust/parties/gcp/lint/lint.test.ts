import assert from "node:assert/strict";
import { lintGcpTrust } from "../../../../../trust/parties/gcp/lint/lint";
import { refused } from "../../../../helpers/refused";
import { attribute, EKS, eks, everybody, found, github, MAPPING, mapped, OWNER, POOL, SUB, subject } from "./documents";

/** A mistake with what is found, and what resembles it and is none. */
const cases: { what: string; bad: object; finding: string; good: object[] }[] = [
  {
    what: "no condition on an issuer that many share",
    bad: github(undefined),
    finding: "MISSING_CONDITION error attributeCondition",
    good: [
      github(OWNER),
      eks(),
      {
        ...eks(),
        issuerUri: "https://api.pulumi.com/oidc",
        allowedAudiences: ["acme"],
        members: [subject("pulumi:deploy:org:acme:x")],
      },
    ],
  },
  {
    what: "a condition that asks nothing",
    bad: github("true || assertion.repository_owner_id == '1'"),
    finding: "MISSING_CONDITION error attributeCondition",
    good: [github("true && assertion.repository_owner_id == '1'")],
  },
  {
    what: "a condition that only asks for a claim to be there",
    bad: github("has(assertion.repository_owner_id)"),
    finding: "MISSING_CONDITION error attributeCondition",
    good: [github("has(assertion.repository_owner_id) && assertion.repository_owner_id in ['1', '3']")],
  },
  {
    what: "a condition that says nothing of the owner",
    bad: github("assertion.ref == 'refs/heads/main'"),
    finding: "MISSING_SUBJECT error attributeCondition",
    good: [github(`assertion.ref == 'refs/heads/main' && ${OWNER}`)],
  },
  {
    what: "an alternative that says nothing of the owner",
    bad: github(`${OWNER} || assertion.actor == 'octocat'`),
    finding: "MISSING_SUBJECT error attributeCondition",
    good: [github(`${OWNER} || '1296269' == assertion.repository_id`)],
  },
  {
    what: "an owner that is only excluded",
    bad: github("assertion.repository_owner_id != '666'"),
    finding: "NEGATED_SUBJECT error attributeCondition",
    good: [github(`${OWNER} && !(assertion.event_name == 'pull_request')`)],
  },
  {
    what: "a condition it can't read",
    bad: github("assertion.sub.split(':')[1].startsWith('acme/')"),
    finding: "CONDITION_NOT_READ warning attributeCondition",
    good: [github(`assertion.sub.split(':')[1].startsWith('acme/') && ${OWNER}`)],
  },
  {
    what: "an owner's name without its delimiter",
    bad: github("assertion.sub.startsWith('repo:acme@1') && assertion.repository_id == '2'"),
    finding: "WILDCARD_WITHOUT_DELIMITER error attributeCondition",
    good: [github("assertion.sub.startsWith('repo:acme@1/') && assertion.repository_id == '2'")],
  },
  {
    what: "an expression without its beginning",
    bad: github("assertion.sub.matches('repo:acme@1/.*')"),
    finding: "BROAD_SUBJECT error attributeCondition",
    good: [
      github("assertion.sub.matches('^repo:acme@1/.*')"),
      github(`assertion.sub.endsWith(':ref:refs/heads/main') && ${OWNER}`),
    ],
  },
  {
    what: "an owner by name",
    bad: github("assertion.repository_owner == 'acme'", { members: [] }),
    finding: "MUTABLE_GITHUB_NAME warning attributeCondition; NO_MEMBERS warning members",
    good: [github(`${OWNER} && assertion.repository_owner == 'acme'`)],
  },
  {
    what: "a repository by name, as a member",
    bad: github(OWNER, {
      ...mapped("repository", "assertion.repository"),
      members: [attribute("repository", "acme/app")],
    }),
    finding: "MUTABLE_GITHUB_NAME warning members[0]",
    good: [
      github("assertion.repository_owner == 'acme'", {
        ...mapped("repository_id", "assertion.repository_id"),
        members: [attribute("repository_id", "2")],
      }),
    ],
  },
  {
    what: "a star that == compares",
    bad: github("assertion.sub == 'repo:acme@1/app@2:*'", { members: [subject("repo:acme@1/app@2:*")] }),
    finding: "LITERAL_WILDCARD error attributeCondition; LITERAL_WILDCARD error members[0]",
    good: [github("assertion.sub.startsWith('repo:acme@1/')")],
  },
  {
    what: "a condition no token fulfils",
    bad: github(`${OWNER} && assertion.repository_owner_id == '2'`),
    finding: "CONTRADICTORY_CONDITIONS error attributeCondition",
    good: [github(`${OWNER} && assertion.repository_owner_id in ['1', '2']`)],
  },
  {
    what: "a member the condition excludes",
    bad: github("assertion.sub.startsWith('repo:other@1/')"),
    finding: "CONTRADICTORY_CONDITIONS error members[0]",
    good: [github("assertion.sub.startsWith('repo:acme@1/')")],
  },
  {
    what: "false",
    bad: github(`${OWNER} && false`),
    finding: "CONTRADICTORY_CONDITIONS error attributeCondition",
    good: [github(`${OWNER} || false`)],
  },
  {
    what: "a claim the issuer never sends",
    bad: github(`${OWNER} && assertion.project_path == 'acme/app'`),
    finding: "UNKNOWN_CLAIM error attributeCondition",
    good: [github(`${OWNER} && assertion.repo_property_tier == '1'`)],
  },
  {
    what: "a mapped claim the issuer never sends",
    bad: eks(mapped("namespace", "assertion.kubernetes.io.namespace")),
    finding: 'UNKNOWN_CLAIM error attributeMapping["attribute.namespace"]',
    good: [eks(mapped("namespace", "assertion['kubernetes.io'].namespace"))],
  },
  {
    what: "a mapping without the subject",
    bad: eks({ attributeMapping: { "attribute.sub": "assertion.sub" } }),
    finding: "MAPPING_WITHOUT_SUBJECT error attributeMapping",
    good: [eks()],
  },
  {
    what: "a member's attribute that isn't mapped",
    bad: eks({ members: [attribute("namespace", "pulumi")] }),
    finding: "UNMAPPED_ATTRIBUTE error members[0]",
    good: [
      eks({
        ...mapped("namespace", "assertion['kubernetes.io'].namespace"),
        members: [attribute("namespace", "pulumi")],
      }),
    ],
  },
  {
    what: "an attribute of a condition that isn't mapped",
    bad: github(`attribute.ref == 'refs/heads/main' && ${OWNER}`),
    finding: "UNMAPPED_ATTRIBUTE error attributeCondition",
    good: [
      github("attribute.owner == '1'", mapped("owner", "assertion.repository_owner_id")),
      github("google.subject.startsWith('repo:acme@1/')"),
    ],
  },
  {
    what: "everybody in a pool",
    bad: eks({ members: [everybody] }),
    finding: "ANY_PRINCIPAL error members[0]",
    good: [eks()],
  },
  {
    what: "everybody in a pool, of one owner",
    bad: github(OWNER, { members: [everybody] }),
    finding: "ANY_PRINCIPAL warning members[0]",
    good: [],
  },
  {
    what: "everybody there is",
    bad: eks({ members: [subject(SUB), "allUsers"] }),
    finding: "ANY_PRINCIPAL error members[1]",
    good: [eks({ members: [subject(SUB), subject(`${SUB}-2`)] })],
  },
  {
    what: "an attribute that doesn't say whose token it is",
    bad: eks({ ...mapped("pod", "assertion['kubernetes.io'].pod.name"), members: [attribute("pod", "runner")] }),
    finding: "MISSING_SUBJECT error members[0]",
    good: [
      eks({
        ...mapped("pod", "assertion['kubernetes.io'].pod.name"),
        members: [attribute("pod", "runner")],
        attributeCondition: `assertion.sub == '${SUB}'`,
      }),
      eks({
        attributeMapping: { ...MAPPING, "google.groups": "assertion.groups" },
        issuerUri: "https://idp.example.com",
        members: [`principalSet:${POOL}/group/admins`],
      }),
    ],
  },
  {
    what: "a subject that is computed",
    bad: eks({ attributeMapping: { "google.subject": "assertion.sub.extract('system:serviceaccount:{name}')" } }),
    finding: 'CONDITION_NOT_READ warning attributeMapping["google.subject"]',
    good: [
      eks({
        attributeMapping: { "google.subject": "assertion.sub.extract('system:serviceaccount:{name}')" },
        attributeCondition: "assertion.sub.startsWith('system:serviceaccount:pulumi:')",
      }),
    ],
  },
  {
    what: "the default audience",
    bad: eks({ allowedAudiences: [] }),
    finding: "DEFAULT_AUDIENCE warning allowedAudiences",
    good: [eks()],
  },
  {
    what: "no members",
    bad: eks({ members: [] }),
    finding: "NO_MEMBERS warning members",
    good: [],
  },
];

describe("trust/lint/documents/gcp", () => {
  for (const { what, bad, finding, good } of cases) {
    it(`finds ${what}: ${finding.split(" ")[0]}, and nothing in what is like it`, () => {
      assert.deepEqual(found(bad), finding.split("; "));
      for (const document of good) {
        assert.deepEqual(found(document), [], JSON.stringify(document));
      }
    });
  }

  it("gives up on a condition with too many alternatives, and says so", () => {
    const any = (count: number) =>
      Array.from({ length: count }, (_, index) => `assertion.repository_id == '${index}'`).join(" || ");
    assert.deepEqual(found(github(any(60))), []);
    assert.deepEqual(found(github(any(80))), ["CONDITION_NOT_READ warning attributeCondition"]);
    assert.deepEqual(found(github(`(${any(20)}) && (${any(20)})`)), ["CONDITION_NOT_READ warning attributeCondition"]);
  });

  it("finds that another issuer is trusted than the given one", () => {
    assert.deepEqual(found(eks(), EKS), []);
    const [slash] = lintGcpTrust(eks(), `${EKS}/`);
    assert.deepEqual([slash?.name, slash?.path], ["ISSUER_MISMATCH", "issuerUri"]);
    assert.match(slash?.message ?? "", /only by a final slash/);
  });

  it("refuses what is no provider, no expression and no member", () => {
    for (const document of [null, [], "x", {}, eks({ attributeMapping: [] })]) {
      refused(() => lintGcpTrust(document), "GCP_PROVIDER_INVALID");
    }
    refused(() => lintGcpTrust(github("assertion.sub ==")), "GCP_EXPRESSION_INVALID");
    refused(() => lintGcpTrust(eks({ members: ["user:a@example.com"] })), "GCP_MEMBER_INVALID");
  });

  it("says what is wrong and what to do, in words", () => {
    for (const finding of cases.flatMap(({ bad }) => lintGcpTrust(bad))) {
      assert.ok(finding.message.length > 20 && finding.fix.length > 10, finding.name);
    }
  });
});
