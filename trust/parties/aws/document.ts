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
    Condition: { StringEquals: Record<string, string | string[]> };
  }[];
}

/** The token that may assume a role, and the provider by which the account knows its issuer. */
export interface AwsTrust extends TrustedToken {
  /** ARN of the issuer's IAM OIDC provider. */
  oidcProviderArn: string;
}

/**
 * The trust policy by which tokens of one subject, or of several, may assume a role and no others: `sub` and `aud`, both by
 * `StringEquals` (IAM User Guide, "Create a role for OpenID Connect federation").
 *
 * @throws OidcRunnerError `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`, `TRUST_SUBJECT_INVALID`
 */
export function awsTrustPolicy(trust: AwsTrust): AwsTrustPolicy {
  const prefix = conditionKeyPrefix(trust.oidcProviderArn, trust.issuer);
  const [subject = "", ...more] = subjectsOf(trust);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: trust.oidcProviderArn },
        Condition: {
          StringEquals: {
            [`${prefix}:sub`]: more.length === 0 ? subject : [subject, ...more],
            [`${prefix}:aud`]: trust.audience,
          },
        },
      },
    ],
  };
}
