import { issuerOf } from "../../../issuers";
import { checkIssuer, checkSubject, distinct, type Finding, type Subject } from "../../../lint";
import { readTrustPolicy, type Statement } from "../evaluate";
import { checkAbsence, checkEffect } from "./check-conditions";
import { checkContradictions } from "./check-contradictions";
import { checkDenies } from "./check-denies";
import { checkLength } from "./check-length";
import { checkPresence } from "./check-presence";
import { isOfRequest, readConditions, rulesOf } from "./conditions";
import { ACTION, isAboutAnybody, isAboutTokens, issuersOf } from "./statement";

/** A statement and where it stands in the policy's JSON. */
interface Placed {
  statement: Statement;
  path: string;
}

/**
 * Says what is dangerous or without effect in a role's trust policy, as far as it is about tokens of OIDC issuers
 * (semantics: IAM User Guide, "IAM JSON policy elements: Condition operators", and the keys STS makes of claims). Statements
 * for services, accounts and SAML are not looked at.
 *
 * `issuer`: the issuer that the policy should trust; default: not known.
 *
 * @throws OidcRunnerError `AWS_POLICY_INVALID`
 */
export function lintAwsTrust(document: unknown, issuer?: string): Finding[] {
  const one = !Array.isArray((document as { Statement?: unknown } | null)?.Statement);
  const placed = readTrustPolicy(document).map((statement, index): Placed => {
    return { statement, path: one ? "Statement" : `Statement[${index}]` };
  });
  const allows = placed.filter(({ statement }) => statement.effect === "Allow");
  const about = allows.filter(({ statement }) => isAboutTokens(statement));
  const denies = placed.filter(({ statement }) => statement.effect === "Deny" && isAboutTokens(statement));
  const trusted = about.flatMap(({ statement }) => issuersOf(statement)).map((name) => `https://${name}`);
  return distinct([
    ...allows.flatMap(wrongAction),
    ...about.flatMap((allow) => lintAllow(allow, denies)),
    ...denies.flatMap(({ statement, path }) =>
      issuersOf(statement).flatMap((name) => checkEffect(readConditions(statement, path, name), name)),
    ),
    ...checkIssuer(trusted, issuer, "Statement"),
    ...checkLength(document),
  ]);
}

/** `sts:AssumeRole` is how accounts and services assume a role, never how a token does. */
function wrongAction({ statement, path }: Placed): Finding[] {
  const { actions, exceptActions } = statement;
  const mistaken = exceptActions || actions.some((action) => /^sts:AssumeRole(WithSAML)?$/i.test(action));
  if (isAboutTokens(statement) || !mistaken || issuersOf(statement).length === 0) {
    return [];
  }
  return [
    {
      name: "WRONG_ACTION",
      severity: "error",
      path: `${path}.${exceptActions ? "NotAction" : "Action"}`,
      message: `a token assumes a role by ${ACTION}, ${exceptActions ? "which this leaves out" : `not by ${actions.join(" or ")}`}`,
      fix: exceptActions ? `write Action ${ACTION} instead` : `write ${ACTION}`,
    },
  ];
}

function lintAllow({ statement, path }: Placed, denies: readonly Placed[]): Finding[] {
  const anybody = isAboutAnybody(statement);
  const issuers = anybody ? issuersNamedIn(statement) : issuersOf(statement);
  const findings = issuers.flatMap((issuer) => lintFor(issuer, { statement, path }, denies));
  // With a star every key is one of some issuer's.
  return anybody ? [anyPrincipal(path), ...findings.filter(({ name }) => name !== "FOREIGN_CONDITION_KEY")] : findings;
}

function lintFor(issuer: string, { statement, path }: Placed, denies: readonly Placed[]): Finding[] {
  const conditions = readConditions(statement, path, issuer);
  const subject: Subject = { issuer: issuerOf(`https://${issuer}`), rules: rulesOf(conditions) };
  const against = denies
    .filter((deny) => isAboutAnybody(deny.statement) || issuersOf(deny.statement).includes(issuer))
    .map((deny) => ({
      path: deny.path,
      conditions: readConditions(deny.statement, deny.path, issuer),
      dependsOnRequest: Object.values(deny.statement.condition).some((keys) => Object.keys(keys).some(isOfRequest)),
    }));
  return [
    ...checkPresence(conditions, subject, issuer, path, namesSession(statement)),
    ...checkSubject(subject),
    ...checkEffect(conditions, issuer),
    ...checkAbsence(conditions),
    ...checkContradictions(conditions),
    ...checkDenies(against, conditions, path),
  ];
}

/** Whether a session must have a certain name. */
function namesSession({ condition }: Statement): boolean {
  return ["StringEquals", "StringLike"].some((operator) =>
    Object.entries(condition[operator] ?? {}).some(
      ([key, values]) => /^sts:RoleSessionName$/i.test(key) && !values.some((value) => /^[*?]*$/.test(value)),
    ),
  );
}

/** The issuers whose keys a condition names. */
function issuersNamedIn({ condition }: Statement): string[] {
  const keys = Object.values(condition).flatMap((entry) => Object.keys(entry));
  return [...new Set(keys.filter((key) => !isOfRequest(key)).flatMap((key) => /(.+):/.exec(key)?.[1] ?? []))];
}

function anyPrincipal(path: string): Finding {
  return {
    name: "ANY_PRINCIPAL",
    severity: "error",
    path: `${path}.Principal`,
    message: "every issuer the account knows is trusted, and with AWS every account",
    fix: 'name one provider: {"Federated":"arn:aws:iam::ACCOUNT:oidc-provider/ISSUER"}',
  };
}
