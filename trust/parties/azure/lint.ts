import { issuerOf } from "../../issuers";
import {
  type Comparison,
  checkAudience,
  checkConflicts,
  checkIssuer,
  checkLiterals,
  checkSubject,
  distinct,
  type Finding,
  missingSubject,
  type Subject,
  subjectOf,
} from "../../lint";
import { AUDIENCES, MOST_CREDENTIALS } from "./document";
import { type Clause, FIELD, languageOf, parseExpression, readCredential } from "./evaluate";

/** A subject that stands for none. */
const NO_SUBJECT = "none";

/**
 * Says what is dangerous or without effect in a federated identity credential (semantics: Microsoft Entra documentation,
 * "Workload identity federation" and "Flexible federated identity credentials"), or in all those of one app or identity: a
 * list, as `az` prints it, or in `value`, as Microsoft Graph answers it.
 *
 * `issuer`: the issuer that the credential should trust; default: not known.
 *
 * @throws OidcRunnerError `AZURE_CREDENTIAL_INVALID`, `AZURE_EXPRESSION_INVALID`
 */
export function lintAzureTrust(document: unknown, issuer?: string): Finding[] {
  const { value } = { ...(document as { value?: unknown } | null) };
  const [list, prefix] = Array.isArray(document) ? [document as unknown[], ""] : [value, "value"];
  if (!Array.isArray(list) || list.length === 0) {
    return lintCredential(document, issuer);
  }
  const findings = list.flatMap((credential, index) =>
    lintCredential(credential, issuer).map((finding) => ({ ...finding, path: `${prefix}[${index}].${finding.path}` })),
  );
  return list.length > MOST_CREDENTIALS ? [...findings, tooMany(list.length, prefix)] : findings;
}

function tooMany(count: number, prefix: string): Finding {
  return {
    name: "TOO_MANY_CREDENTIALS",
    severity: "error",
    path: prefix === "" ? "$" : prefix,
    message: `there are ${count} credentials, and an app or a managed identity takes ${MOST_CREDENTIALS}`,
    fix: "use a managed identity for each workload, or one flexible credential for several subjects",
  };
}

function lintCredential(document: unknown, issuer: string | undefined): Finding[] {
  const { completed, missing } = complete(document);
  const credential = readCredential(completed);
  const clauses = credential.expression === undefined ? undefined : parseExpression(credential.expression);
  const comparisons: Comparison[] = clauses?.map(comparisonOf) ?? [
    { keys: ["sub"], exact: true, values: [credential.subject ?? NO_SUBJECT], path: "subject" },
  ];
  const audience = { keys: ["aud"], exact: true, values: [credential.audience], path: "audiences[0]" };
  const subject = subjectOf(comparisons, issuerOf(credential.issuer));
  return distinct([
    ...missing,
    ...(clauses === undefined ? [] : checkClauses(clauses, subject, credential.issuer)),
    ...checkLiterals([audience, ...comparisons]),
    ...checkConflicts(comparisons),
    // The audience that others fix is its own.
    ...checkSubject(subject, [checkAudience]),
    ...unusualAudience(credential.audience),
    ...checkIssuer([credential.issuer], issuer ?? withAksSlash(credential.issuer), "issuer"),
  ]);
}

/** What a credential lacks becomes a finding, and is filled in, by what nothing is said of, so that the rest can be read. */
function complete(document: unknown): { completed: unknown; missing: Finding[] } {
  const fields: Record<string, unknown> = { ...(document as object) };
  const { subject, claimsMatchingExpression, audiences } = fields;
  const isAbsent = (value: unknown) => value === undefined || value === null || value === "";
  const withoutSubject = isAbsent(subject) && isAbsent(claimsMatchingExpression);
  const withoutAudience = isAbsent(audiences) || (Array.isArray(audiences) && audiences.length === 0);
  const missing: Finding[] = [];
  if (withoutSubject) {
    missing.push(...missingSubject({ issuer: undefined, rules: [] }, "subject", "give the subject of the tokens"));
  }
  if (withoutAudience) {
    missing.push({
      name: "MISSING_AUDIENCE",
      severity: "error",
      path: "audiences",
      message: "it says no audience, and a credential needs exactly one",
      fix: `give ["${AUDIENCES[0]}"]`,
    });
  }
  const completed = {
    ...fields,
    ...(withoutSubject && { subject: NO_SUBJECT, claimsMatchingExpression: undefined }),
    ...(withoutAudience && { audiences: AUDIENCES.slice(0, 1) }),
  };
  return { completed, missing };
}

function comparisonOf({ claim, operator, comparand }: Clause): Comparison {
  return { keys: [claim], exact: operator === "eq", values: [comparand], path: FIELD };
}

function checkClauses(clauses: readonly Clause[], subject: Subject, issuer: string): Finding[] {
  const language = languageOf(issuer);
  if (language === undefined) {
    return [
      unknownClaim(`Entra ID compares no claims of ${issuer}`, "give a subject: expressions are for few issuers"),
    ];
  }
  const unknown = clauses.flatMap(({ claim, operator }) => {
    const operators = Object.hasOwn(language.claims, claim) ? language.claims[claim] : undefined;
    return operators?.includes(operator)
      ? []
      : [
          unknownClaim(
            `Entra ID doesn't compare ${claim} by ${operator} for this issuer`,
            `compare ${Object.keys(language.claims).join(", ")}`,
          ),
        ];
  });
  return [...unknown, ...missingSubject(subject, FIELD, "add claims['sub'] matches '…'")];
}

function unknownClaim(message: string, fix: string): Finding {
  return { name: "UNKNOWN_CLAIM", severity: "error", path: FIELD, message, fix };
}

/** The issuer as AKS writes it, where it is one of AKS's without its final slash; undefined for any other. */
function withAksSlash(issuer: string): string | undefined {
  return issuerOf(issuer)?.key === "aks" && !issuer.endsWith("/") ? `${issuer}/` : undefined;
}

function unusualAudience(audience: string): Finding[] {
  if (AUDIENCES.includes(audience)) {
    return [];
  }
  return [
    {
      name: "UNUSUAL_AUDIENCE",
      severity: "warning",
      path: "audiences[0]",
      message: `tokens for "${audience}" may be meant for another service too, which could use them here`,
      fix: `use ${AUDIENCES[0]}, and ask the issuer for that audience`,
    },
  ];
}
