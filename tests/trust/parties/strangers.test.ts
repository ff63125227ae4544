import assert from "node:assert/strict";
import fc from "fast-check";
import type { Finding } from "../../../trust/lint";
import { evaluateAwsTrust } from "../../../trust/parties/aws/evaluate/evaluate";
import { lintAwsTrust } from "../../../trust/parties/aws/lint/lint";
import { evaluateAzureTrust } from "../../../trust/parties/azure/evaluate/evaluate";
import { lintAzureTrust } from "../../../trust/parties/azure/lint";
import { evaluateGcpTrust } from "../../../trust/parties/gcp/evaluate/evaluate";
import { lintGcpTrust } from "../../../trust/parties/gcp/lint/lint";
import { tries } from "../../helpers/property";

/** Who is named by none of the documents below. */
const STRANGERS = ["strange", "unkn"];

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const podOf = (namespace: string, aud: string) => ({
  ...{ iss: `https://${HOST}`, aud: [aud], sub: `system:serviceaccount:${namespace}:deployer` },
  "kubernetes.io": { namespace, serviceaccount: { name: "deployer" }, pod: { name: "runner-1" } },
});

const GITHUB = "https://token.actions.githubusercontent.com";
const AZURE = "api://AzureADTokenExchange";
const workflowOf = (owner: string) => ({
  ...{ iss: GITHUB, aud: [AZURE], sub: `repo:${owner}/app:ref:refs/heads/main`, repository_owner: owner },
  ...{ repository: `${owner}/app`, job_workflow_ref: `${owner}/app/.github/workflows/x.yml@refs/heads/main` },
});

const someOf = <T>(item: fc.Arbitrary<T>, least = 0) => fc.array(item, { minLength: least, maxLength: 3 });

/** IAM: an allow and sometimes a deny, of conditions with all kinds of operators. */
const aws = () => {
  const operator = fc
    .tuple(
      fc.constantFrom("", "", "ForAnyValue:", "ForAllValues:"),
      fc.constantFrom(
        ...["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
        ...["StringLike", "StringLike", "StringNotLike", "ArnLike"],
      ),
      fc.constantFrom("", "", "IfExists"),
    )
    .map((parts) => parts.join(""));
  const key = fc.constantFrom("sub", "sub", "aud", "email").map((claim) => `${HOST}:${claim}`);
  const value = fc.constantFrom(
    ...["*", "?*", "s*", "system:*", "*:deployer", "*deployer", "sts*", "sts.amazonaws.com"],
    ...["system:serviceaccount:*:deployer", "system:serviceaccount:???????:deployer", "SYSTEM:SERVICEACCOUNT:PULUMI:*"],
    ...["system:serviceaccount:pulumi:*", "system:serviceaccount:pulumi:deployer"],
  );
  const condition = someOf(fc.tuple(operator, key, fc.array(value, { minLength: 1, maxLength: 2 }))).map((entries) => {
    const result: Record<string, Record<string, string[]>> = {};
    for (const [name, claim, values] of entries) {
      result[name] = { ...result[name], [claim]: values };
    }
    return result;
  });
  const statement = (Effect: string) =>
    condition.map((Condition) => ({
      ...{ Effect, Action: "sts:AssumeRoleWithWebIdentity", Condition },
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
    }));
  return fc
    .tuple(statement("Allow"), fc.array(statement("Deny"), { maxLength: 1 }))
    .map(([allow, denies]) => ({ Version: "2012-10-17", Statement: [allow, ...denies] }));
};

/** Azure: a flexible credential. */
const azure = () => {
  const comparison = fc
    .tuple(
      fc.constantFrom("sub", "job_workflow_ref", "repository_owner"),
      fc.constantFrom("eq", "matches"),
      fc.constantFrom(
        "*",
        "?*",
        "r*",
        "repo*",
        "repo:*",
        "repo:acme*",
        "repo:acme/*",
        "*/app:*",
        "acme/*",
        "repo:????/*",
      ),
    )
    .map(([claim, operator, value]) => `claims['${claim}'] ${operator} '${value}'`);
  return someOf(comparison, 1).map((comparisons) => ({
    ...{ issuer: GITHUB, audiences: [AZURE] },
    claimsMatchingExpression: { value: comparisons.join(" and "), languageVersion: 1 },
  }));
};

/** Google: a provider's condition, and one member of the pool. */
const gcp = () => {
  const pool = "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/ci";
  const sub = "assertion.sub";
  const part = fc.constantFrom(
    ...["true", "1 == 1", `has(${sub})`, `${sub} == ${sub}`, `${sub} != 'x'`, `!(${sub} == 'x')`, `${sub}.size() > 3`],
    ...["'gcp' in assertion.aud", `${sub} in ['a', 'b']`, `${sub}.startsWith('')`, `${sub}.startsWith('system:')`],
    ...[`${sub}.startsWith('system:serviceaccount:pulumi:')`, `${sub}.endsWith(':deployer')`, `${sub}.contains('dep')`],
    ...[`${sub}.matches('system:.*')`, `${sub}.matches('^system:serviceaccount:.*:deployer$')`],
    ...["'kubernetes.io'].namespace != 'x'", "'kubernetes.io'].pod.name == 'runner-1'"].map(
      (end) => `assertion[${end}`,
    ),
  );
  return fc
    .tuple(
      someOf(part),
      fc.constantFrom(" && ", " || "),
      fc.constantFrom("*", "attribute.pod/runner-1", "attribute.first/system"),
    )
    .map(([parts, operator, member]) => ({
      ...{ issuerUri: `https://${HOST}`, allowedAudiences: ["gcp"], members: [`principalSet:${pool}/${member}`] },
      attributeMapping: {
        ...{ "google.subject": sub, "attribute.pod": "assertion['kubernetes.io'].pod.name" },
        "attribute.first": `${sub}.extract('{x}:')`,
      },
      ...(parts.length > 0 && { attributeCondition: parts.join(operator) }),
    }));
};

/** Admits by the service's rules; a document that the service would not take admits nobody. */
const admits = (evaluate: () => { decision: string }) => {
  try {
    return evaluate().decision === "allow";
  } catch {
    return false;
  }
};

describe("trust/parties: who admits strangers", () => {
  const services: {
    name: string;
    documents: fc.Arbitrary<object>;
    admitsOwner: (document: object, owner: string) => boolean;
    lint: (document: object) => Finding[];
    runs: number;
  }[] = [
    {
      name: "AWS",
      documents: aws(),
      admitsOwner: (document, owner) => admits(() => evaluateAwsTrust(document, podOf(owner, "sts.amazonaws.com"))),
      lint: lintAwsTrust,
      runs: 3000,
    },
    {
      name: "Azure",
      documents: azure(),
      admitsOwner: (document, owner) => admits(() => evaluateAzureTrust(document, workflowOf(owner))),
      lint: lintAzureTrust,
      runs: 2000,
    },
    {
      name: "Google",
      documents: gcp(),
      admitsOwner: (document, owner) => admits(() => evaluateGcpTrust(document, podOf(owner, "gcp"))),
      lint: lintGcpTrust,
      runs: 60,
    },
  ];
  for (const { name, documents, admitsOwner, lint, runs } of services) {
    it(`never passes without an error, or the word that it can't be read: ${name}`, () => {
      let admitting = 0;
      fc.assert(
        fc.property(documents, (document) => {
          const findings = lint(document);
          const said = findings.some(
            (finding) => finding.severity === "error" || finding.name === "CONDITION_NOT_READ",
          );
          if (STRANGERS.every((owner) => admitsOwner(document, owner))) {
            admitting += 1;
            assert.ok(said, `nothing is said of ${JSON.stringify(document)}`);
          }
        }),
        tries(runs),
      );
      // That it does not always complain is what the tests of what is clean are for.
      assert.ok(admitting > 10, `only ${admitting} admitted strangers`);
    });
  }
});
