import { STS_AUDIENCE } from "../../../trust/issuers";
import { type PodParts, paths, tokenVolume } from "../pod";
import { type AwsRegion, awsRegion } from "./aws-region";

/** Where the AWS token is in the pod. */
export const AWS_TOKEN_FILE = `${paths.awsTokenDirectory}/token`;

/** What a pod needs to assume a role with a token of its own. */
export interface AwsWebIdentity extends AwsRegion {
  roleArn: string;
  /** Life of the token, in seconds. Default: 600. */
  tokenExpirationSeconds?: number;
}

/**
 * The parts by which a pod assumes an IAM role with a token of its own. Named and placed as EKS's webhook would: it then
 * finds its work done and leaves the pod alone, and the pod does not depend on the webhook's cache having seen a
 * ServiceAccount that is seconds old.
 */
export function awsWebIdentity({ roleArn, region, tokenExpirationSeconds }: AwsWebIdentity): PodParts {
  return {
    volumes: [tokenVolume("aws-iam-token", STS_AUDIENCE, undefined, tokenExpirationSeconds)],
    mounts: [{ name: "aws-iam-token", mountPath: paths.awsTokenDirectory, readOnly: true }],
    env: {
      AWS_ROLE_ARN: roleArn,
      AWS_WEB_IDENTITY_TOKEN_FILE: AWS_TOKEN_FILE,
      ...awsRegion({ region }),
    },
    // Named in CloudTrail and in the ARN of the session, so that what was done can be traced to the pod.
    fields: { AWS_ROLE_SESSION_NAME: "metadata.name" },
  };
}
