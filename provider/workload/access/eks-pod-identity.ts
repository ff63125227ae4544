import { POD_IDENTITY_AUDIENCE } from "../../../trust/issuers";
import { type PodParts, tokenVolume } from "../pod";
import { type AwsRegion, awsRegion } from "./aws-region";

/** How a cluster's pods get their addresses, `ipFamily` of its network configuration. */
export type IpFamily = "ipv4" | "ipv6";

/** What a pod needs to get credentials from the EKS Pod Identity agent of its node. */
export interface EksPodIdentityOptions extends AwsRegion {
  /** Default: `ipv4`. */
  ipFamily?: string;
  /** Life of the token, in seconds. Default: 600. */
  tokenExpirationSeconds?: number;
}

const VOLUME = "eks-pod-identity-token";
const DIRECTORY = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount";

/** The agent's addresses on every node (EKS User Guide, "Set up the Amazon EKS Pod Identity Agent"). */
const AGENT: Record<IpFamily, string> = { ipv4: "169.254.170.23", ipv6: "[fd00:ec2::23]" };

/**
 * The parts by which a pod gets credentials from EKS Pod Identity. Named, placed and labelled as EKS's webhook would: it
 * finds its work done, and the pod does not depend on the webhook knowing an association that is seconds old.
 */
export function eksPodIdentity({ region, ipFamily, tokenExpirationSeconds }: EksPodIdentityOptions): PodParts {
  const agent = ipFamily === "ipv6" ? AGENT.ipv6 : AGENT.ipv4;
  return {
    volumes: [tokenVolume(VOLUME, POD_IDENTITY_AUDIENCE, VOLUME, tokenExpirationSeconds)],
    mounts: [{ name: VOLUME, mountPath: DIRECTORY, readOnly: true }],
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${agent}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${DIRECTORY}/${VOLUME}`,
      ...awsRegion({ region }),
    },
    // Neither is a loopback address, so the AWS SDKs would ask a proxy for them.
    direct: Object.values(AGENT),
    labels: { "eks.amazonaws.com/pod-identity": "enabled" },
  };
}
