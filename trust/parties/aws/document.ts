import { OidcRunnerError } from "../../errors";
import { subjectsOf, type TrustedToken } from "../../proof";
import { conditionKeyPrefix } from "./identity-providers";

const ROLE_ARN = /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/(?:[\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/;

/**
 * Refuses what is not the ARN of an IAM role: the pod would learn so only when it asks for credentials.
 *
 * @throws OidcRunnerError `ROLE_ARN_INVALID`
 */
export function checkRoleArn(arn: string, where = "aws.roleArn"): void {
  if (!ROLE_ARN.test(arn)) {
    throw new OidcRunnerError("ROLE_ARN_INVALID", `"${arn}" is not the ARN of an IAM role`, {
      where,
      fix: "give arn:aws:iam::ACCOUNT:role/NAME, with the role's path before its name",
    });
  }
}

/** An IAM trust policy with one statement. */
export interface AwsTrustPolicy {
  Version: "2012-10-17";
  Statement: {
    Effect: "Allow";
    Action: "sts:AssumeRoleWithWebIdentity";
    Principal: { Federated: string };
    Condition: { StringEquals: Record<string, string | string[]>; StringLike?: Record<string, string | string[]> };
  }[];
}

/** The token that may assume a role, and the provider by which the account knows its issuer. */
export interface AwsTrust extends TrustedToken {
  /** ARN of the issuer's IAM OIDC provider. */
  oidcProviderArn: string;
  /**
   * Let `*`, for a whole part of a subject between colons, stand for any text. IAM's `*` takes colons too: only for issuers in
   * whose subjects no part has one, and where the parts that name the tenant are literal. Default: false.
   */
  wildcards?: boolean;
}

/** Quota "Role trust policy length" (L-C07B4B0D), by default and at most, in characters (IAM User Guide, "IAM and AWS STS quotas"). */
export const POLICY_LENGTH = { usual: 2048, raised: 8192 };

/**
 * Refuses a trust policy that IAM would not store; white space between its elements does not count (same page).
 *
 * @throws OidcRunnerError `TRUST_POLICY_TOO_LONG`
 */
export function checkPolicyLength(policy: object, longest: number, where: string): void {
  const { length } = JSON.stringify(policy);
  if (length > longest) {
    const what = `the role's trust policy would have ${length} characters, and IAM stores ${longest}`;
    throw new OidcRunnerError("TRUST_POLICY_TOO_LONG", what, {
      where,
      fix: 'make a trust, with a role of its own, for fewer subjects, or have the quota "Role trust policy length" raised and say so by trustPolicyLength',
    });
  }
}

/**
 * The trust policy by which tokens of one subject, or of several, may assume a role and no others: `sub` and `aud`, both by
 * `StringEquals`, or patterns of `sub` by `StringLike` (IAM User Guide, "Create a role for OpenID Connect federation").
 *
 * @throws OidcRunnerError `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`, `TRUST_SUBJECT_INVALID`
 */
export function awsTrustPolicy(trust: AwsTrust): AwsTrustPolicy {
  const prefix = conditionKeyPrefix(trust.oidcProviderArn, trust.issuer);
  const [subject = "", ...more] = subjectsOf(trust, trust.wildcards ? "wildcards" : "exact");
  const sub = { [`${prefix}:sub`]: more.length === 0 ? subject : [subject, ...more] };
  const aud = { [`${prefix}:aud`]: trust.audience };
  const isPattern = [subject, ...more].some((text) => text.includes("*"));
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: trust.oidcProviderArn },
        Condition: isPattern ? { StringEquals: aud, StringLike: sub } : { StringEquals: { ...sub, ...aud } },
      },
    ],
  };
}
