import { OidcRunnerError } from "../../errors";
import { conditionKeyPrefix, STS_AUDIENCE, serviceAccountSubject } from "../../issuers";

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
    Condition: { StringEquals: Record<string, string> };
  }[];
}

/**
 * The trust policy by which one ServiceAccount of one cluster, and nobody else, may assume a role: `sub` and `aud`, both
 * by `StringEquals` (IAM User Guide, "Create a role for OpenID Connect federation").
 *
 * @throws OidcRunnerError `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`
 */
export function awsTrustPolicy(trust: {
  oidcProviderArn: string;
  issuerUrl: string;
  namespace: string;
  serviceAccountName: string;
}): AwsTrustPolicy {
  const prefix = conditionKeyPrefix(trust.oidcProviderArn, trust.issuerUrl);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: trust.oidcProviderArn },
        Condition: {
          StringEquals: {
            [`${prefix}:sub`]: serviceAccountSubject(trust.namespace, trust.serviceAccountName),
            [`${prefix}:aud`]: STS_AUDIENCE,
          },
        },
      },
    ],
  };
}
