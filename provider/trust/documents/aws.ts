import { conditionKeyPrefix, STS_AUDIENCE } from "../issuers/eks";
import { serviceAccountSubject } from "../issuers/kubernetes";

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
