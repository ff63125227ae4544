import assert from "node:assert/strict";
import fc from "fast-check";
import type { Claims } from "../../../trust/claims/claims";
import { evaluateAwsTrust } from "../../../trust/parties/aws/evaluate/evaluate";
import { lintAwsTrust } from "../../../trust/parties/aws/lint/lint";
import { evaluateAzureTrust } from "../../../trust/parties/azure/evaluate/evaluate";
import { lintAzureTrust } from "../../../trust/parties/azure/lint";
import { evaluateGcpTrust } from "../../../trust/parties/gcp/evaluate/evaluate";
import { lintGcpTrust } from "../../../trust/parties/gcp/lint/lint";
import { tries } from "../../helpers/property";

const HOST = "token.actions.githubusercontent.com";
const ISSUER = `https://${HOST}`;
const AUD = "api://AzureADTokenExchange";

/** A token of the repository that is meant, and of others who use the same issuer. */
const own = {
  iss: ISSUER,
  aud: AUD,
  sub: "repo:acme@1/app@2:ref:main",
  repository_owner_id: "1",
  repository_id: "2",
  ref: "main",
};
const OTHERS: Claims[] = [
  { ...own, sub: "repo:evil@6/app@6:ref:main", repository_owner_id: "6", repository_id: "6" },
  // Names that begin or end alike, and a repository of the same name.
  { ...own, sub: "repo:acme@16/app@6:ref:main", repository_owner_id: "16", repository_id: "6" },
  { ...own, sub: "repo:acme-x@6/app@6:ref:main", repository_owner_id: "6", repository_id: "6" },
  { ...own, sub: "repo:x-acme@1/app@2:ref:main", repository_owner_id: "6", repository_id: "6" },
  { ...own, sub: "repo:evil@6/acme@1:ref:main", repository_owner_id: "6", repository_id: "6" },
];

const subject = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(own.sub, "repo:acme@1/app@2:*", "repo:acme@1/*") },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom("repo:", "acme", "@1", "/", "app", "@2", ":", "ref:main", "*", "*", "?"), {
        maxLength: 8,
      })
      .map((parts) => parts.join("")),
  },
);
// No id of theirs: a document that names them admits them by what it says, not by what it overlooks.
const id = fc.constantFrom("1", "2", "*", "?");
const field = fc.constantFrom("sub", "sub", "sub", "repository_id", "repository_owner_id", "ref");
const valueFor = (claim: string) => (claim === "sub" ? subject : claim === "ref" ? fc.constant("main") : id);
const comparison = field.chain((claim) => fc.tuple(fc.constant(claim), valueFor(claim)));

/** Holds clean documents against tokens of others, and counts, so that neither side is empty. */
function cleanAdmitsNobodyElse(
  document: fc.Arbitrary<object>,
  lint: (document: unknown) => unknown[],
  evaluate: (document: unknown, claims: Claims) => { decision: string },
  runs: number,
): void {
  let clean = 0;
  let useful = 0;
  let found = 0;
  fc.assert(
    fc.property(document, (entry) => {
      if (lint(entry).length > 0) {
        found += 1;
        return;
      }
      clean += 1;
      useful += evaluate(entry, own).decision === "allow" ? 1 : 0;
      for (const claims of OTHERS) {
        assert.equal(evaluate(entry, claims).decision, "deny", `admits ${JSON.stringify(claims)}`);
      }
    }),
    tries(runs),
  );
  assert.ok(clean > 10 && useful > 3 && found > 10, `${clean} ${useful} ${found}`);
}

describe("trust/parties: what is clean", () => {
  it("admits nobody else, in roles of AWS", () => {
    const operator = fc.constantFrom(
      ...["StringEquals", "StringLike", "StringLike", "StringNotEquals", "StringEqualsIfExists"],
      ...["ForAllValues:StringLike", "ForAnyValue:StringEquals", "StringEqualsIgnoreCase"],
    );
    const document = fc.array(fc.tuple(operator, comparison), { maxLength: 3 }).map((entries) => {
      const Condition: Record<string, Record<string, string>> = { StringEquals: { [`${HOST}:aud`]: AUD } };
      for (const [name, [claim, value]] of entries) {
        Condition[name] = { ...Condition[name], [`${HOST}:${claim}`]: value };
      }
      const Principal = { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` };
      return {
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal, Condition },
      };
    });
    cleanAdmitsNobodyElse(document, lintAwsTrust, evaluateAwsTrust, 2000);
  });

  it("admits nobody else, in providers of Google", () => {
    const quoted = (value: string) => `'${value}'`;
    const test = fc
      .tuple(comparison, fc.constantFrom("==", "==", "!=", "startsWith", "endsWith", "contains", "matches", "in"))
      .map(([[claim, value], how]) => {
        const text = value.replace(/[*?]/g, "");
        switch (how) {
          case "==":
          case "!=":
            return `assertion.${claim} ${how} ${quoted(text)}`;
          case "in":
            return `assertion.${claim} in [${quoted(text)}, 'none']`;
          case "matches":
            return `assertion.${claim}.matches(${quoted(`^${value.replace(/\*/g, ".*").replace(/\?/g, ".")}`)})`;
          default:
            return `assertion.${claim}.${how}(${quoted(text)})`;
        }
      });
    const { condition } = fc.letrec<{ condition: string }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        test,
        fc
          .tuple(tie("condition"), fc.constantFrom("&&", "&&", "||"), tie("condition"))
          .map((parts) => `(${parts.join(" ")})`),
        tie("condition").map((text) => `!(${text})`),
      ),
    }));
    const pool = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p";
    const member = fc.constantFrom(
      ...[`principal:${pool}/subject/${own.sub}`, `principalSet:${pool}/attribute.ref/main`],
      ...[`principalSet:${pool}/attribute.repo/2`, `principalSet:${pool}/*`],
    );
    const document = fc.tuple(condition, member).map(([attributeCondition, one]) => ({
      issuerUri: ISSUER,
      allowedAudiences: [AUD],
      attributeMapping: {
        "google.subject": "assertion.sub",
        "attribute.ref": "assertion.ref",
        "attribute.repo": "assertion.repository_id",
      },
      attributeCondition,
      members: [one],
    }));
    cleanAdmitsNobodyElse(document, lintGcpTrust, evaluateGcpTrust, 600);
  });

  it("admits nobody else, in credentials of Azure", () => {
    const clause = fc
      .tuple(
        fc.constantFrom("sub", "sub", "repository_id", "repository_owner_id"),
        fc.constantFrom("eq", "matches", "matches"),
      )
      .chain(([claim, operator]) =>
        valueFor(claim).map((value) => `claims['${claim}'] ${claim === "sub" ? operator : "eq"} '${value}'`),
      );
    const document = fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses) => ({
      issuer: ISSUER,
      audiences: [AUD],
      claimsMatchingExpression: { value: clauses.join(" and "), languageVersion: 1 },
    }));
    cleanAdmitsNobodyElse(document, lintAzureTrust, evaluateAzureTrust, 3000);
  });
});
