import { tenancyClaim } from "../../../issuers";
import { type Finding, hasRuleOn, rulesOn, type Subject } from "../../../lint";
import type { Condition } from "./conditions";

/**
 * Finds what an allow does not ask of a token: anything at all, its audience, its subject.
 *
 * @param sessionNamed whether it asks for the name of the session, which is about the request and stands in no condition
 */
export function checkPresence(
  conditions: readonly Condition[],
  subject: Subject,
  issuer: string,
  path: string,
  sessionNamed = false,
): Finding[] {
  const where = `${path}.Condition`;
  if (conditions.length === 0) {
    return [
      {
        name: "ALLOW_WITHOUT_RULES",
        severity: "error",
        path: where,
        message: `every token of ${issuer} assumes the role`,
        fix: `add StringEquals conditions on ${issuer}:sub and ${issuer}:aud`,
      },
    ];
  }
  // A key that can't be met is its own finding; what it was meant for is not missing as well.
  const meant = (...claims: string[]) =>
    conditions.some(
      ({ key, known, operator }) =>
        !known && operator?.negated === false && claims.some((claim) => key.toLowerCase().endsWith(`:${claim}`)),
    );
  const findings: Finding[] = [];
  if (!hasRuleOn(subject, "aud") && !hasRuleOn(subject, "oaud") && !meant("aud", "oaud")) {
    findings.push({
      name: "MISSING_AUDIENCE",
      severity: "error",
      path: where,
      message: "a token meant for any other client id of the IAM OIDC provider is accepted too",
      fix: `add StringEquals on ${issuer}:aud, such as "sts.amazonaws.com"`,
    });
  }
  const bySession = sessionNamed && tenancyClaim(issuer) === "sts:RoleSessionName";
  if (rulesOn(subject, "sub").length === 0 && !meant("sub") && !bySession) {
    findings.push(withoutSubject(conditions, subject, issuer, where));
  }
  return findings;
}

function withoutSubject(conditions: readonly Condition[], subject: Subject, issuer: string, where: string): Finding {
  const negated = conditions.find(({ claim, operator }) => claim === "sub" && operator?.negated === true);
  if (negated !== undefined) {
    return {
      name: "NEGATED_SUBJECT",
      severity: "error",
      path: negated.path,
      message: "it only says who must not assume the role; everybody else of the issuer may",
      fix: `add StringEquals on ${issuer}:sub`,
    };
  }
  const tenancy = tenancyClaim(issuer);
  // Where the audience names the customer, what is open is open to one's own organization.
  const ofOneTenant = tenancy === "aud" && hasRuleOn(subject, "aud");
  return {
    name: "MISSING_SUBJECT",
    severity: ofOneTenant ? "warning" : "error",
    path: where,
    message: ofOneTenant
      ? "every token of the organization assumes the role"
      : `no condition says whose token it is${tenancy !== undefined && tenancy !== "aud" ? ", and IAM refuses such a role for an issuer that many share" : ""}`,
    fix: `add StringEquals on ${tenancy === "sts:RoleSessionName" ? tenancy : `${issuer}:sub`}`,
  };
}
