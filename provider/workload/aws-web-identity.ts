import { STS_AUDIENCE } from "../trust/issuers/eks";
import { paths } from "./paths";
import type { PodParts } from "./pod-parts";
import { tokenVolume } from "./token-volume";

/**
 * The parts by which a pod assumes an IAM role with a token of its own. Named and placed as EKS's webhook would: it then
 * finds its work done and leaves the pod alone, and the pod does not depend on the webhook's cache having seen a
 * ServiceAccount that is seconds old.
 */
export function awsWebIdentity({ roleArn }: { roleArn: string }): PodParts {
  return {
    volumes: [tokenVolume("aws-iam-token", STS_AUDIENCE)],
    mounts: [{ name: "aws-iam-token", mountPath: paths.awsTokenDirectory, readOnly: true }],
    env: {
      AWS_ROLE_ARN: roleArn,
      AWS_WEB_IDENTITY_TOKEN_FILE: `${paths.awsTokenDirectory}/token`,
      AWS_STS_REGIONAL_ENDPOINTS: "regional",
    },
  };
}
