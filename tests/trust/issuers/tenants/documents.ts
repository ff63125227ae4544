import assert from "node:assert/strict";
import type { Claims } from "../../../../trust/claims/claims";
import { OidcRunnerError } from "../../../../trust/errors";
import type { PolicyDefinition } from "../../../../trust/policy/model";
import { takes } from "../../../helpers/takes";

/**
 * What trust documents of the forms that the package makes ask of a token, read here again so that nothing is shared with the
 * product's evaluators: for each alternative, claim → whether a value will do.
 */
export type Reading = Record<string, (value: string) => boolean>[];

/** Whether one alternative finds a value that will do for each of its claims. Without one of them: `except`. */
export function admits(reading: Reading, token: Claims, except?: string): boolean {
  return reading.some((claims) =>
    Object.entries(claims).every(([claim, will]) => {
      const value = token[claim];
      return claim === except || (typeof value === "string" && will(value));
    }),
  );
}

const is = (wanted: string) => (value: string) => value === wanted;
const isOneOf =
  (...wanted: string[]) =>
  (value: string) =>
    wanted.includes(value);

/** Policies of Pulumi Cloud: quotes around a key are not part of it. */
export const readPulumi = (policies: readonly PolicyDefinition[]): Reading =>
  policies.map(({ decision, rules }) => {
    assert.equal(decision, "allow");
    const entries = Object.entries(rules).map(([path, pattern]) => [
      /^"(.*)"$/.exec(path)?.[1] ?? path,
      (value: string) => takes(pattern, value),
    ]);
    return Object.fromEntries(entries);
  });

/** An IAM trust policy of one statement, by StringEquals. */
export function readAws(document: object): Reading {
  const { Statement } = document as { Statement: { Principal: { Federated: string }; Condition: object }[] };
  return Statement.map(({ Principal, Condition }) => {
    const [, host = ""] = /^arn:aws:iam::\d+:oidc-provider\/(.*)$/.exec(Principal.Federated) ?? [];
    assert.deepEqual(Object.keys(Condition), ["StringEquals"]);
    const { StringEquals } = Condition as { StringEquals: Record<string, string | string[]> };
    const entries = Object.entries(StringEquals).map(([key, values]) => {
      assert.ok(key.startsWith(`${host}:`));
      return [key.slice(host.length + 1), isOneOf(...[values].flat())];
    });
    return { ...Object.fromEntries(entries), iss: is(`https://${host}`) };
  });
}

/** A workload identity provider with members: its condition and the members both name the subject. */
export function readGcp(document: object): Reading {
  const { issuerUri, allowedAudiences, attributeCondition, members } = document as {
    issuerUri: string;
    allowedAudiences: string[];
    attributeCondition: string;
    members: string[];
  };
  const [, quoted = assert.fail(attributeCondition)] = /^assertion\.sub == '(.*)'$/s.exec(attributeCondition) ?? [];
  const subject = quoted.replace(/\\(.)/gs, "$1");
  assert.ok(members.every((member) => member.startsWith("principal://") && member.endsWith(`/subject/${subject}`)));
  return [{ iss: is(issuerUri), aud: isOneOf(...allowedAudiences), sub: is(subject) }];
}

/** Federated credentials, by the subject or by an expression. */
export const readAzure = (credentials: readonly object[]): Reading =>
  credentials.map((credential) => {
    const { issuer, audiences, subject, claimsMatchingExpression } = credential as {
      issuer: string;
      audiences: string[];
      subject?: string;
      claimsMatchingExpression?: { value: string };
    };
    const clauses = (claimsMatchingExpression?.value.split(" and ") ?? []).map((clause) => {
      const [, claim = "", operator, text = ""] =
        /^claims\['(\w+)'\] (eq|matches) '(.*)'$/s.exec(clause) ?? assert.fail(clause);
      return [claim, operator === "eq" ? is(text) : (value: string) => takes(text, value, "", "?")];
    });
    const named = subject === undefined ? {} : { sub: is(subject) };
    return { iss: is(issuer), aud: isOneOf(...audiences), ...named, ...Object.fromEntries(clauses) };
  });

/** What is made, or nothing where the package refuses to make it. */
export function made<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof OidcRunnerError && error.code !== "TRUST_NOT_PROVEN") return undefined;
    throw error;
  }
}
