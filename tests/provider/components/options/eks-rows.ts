import type {
  AwsRole,
  EksAwsBlocks,
  EksCluster,
  EksClusterDescription,
  EksOidcRunnerArgs,
  EksPodIdentity,
} from "../../../../provider/components/eks/eks-oidc-runner";
import type { RunnerArgs } from "../../../../provider/components/runner/args";
import { ISSUER } from "../cloud";
import { at, type Row, row, rows, type Tree } from "./row";

/** Another cluster's issuer, where a test needs two. */
const OTHER = "https://oidc.eks.eu-west-1.amazonaws.com/id/DEF";
const ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/other";
const ROLE = "arn:aws:iam::123456789012:role/existing";
const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";
const POLICY = JSON.stringify({ Version: "2012-10-17", Statement: [] });

const identities = (issuer: string) => [{ oidcs: [{ issuer }] }];
const asResource = { cluster: { identities: identities(ISSUER) } };
const byUrl = { cluster: { name: undefined, oidcProviderUrl: ISSUER } };
const inner = { cluster: { ...byUrl.cluster, eksCluster: { name: "prod", arn: ARN.replace("other", "prod") } } };
const podIdentity = { aws: { podIdentity: { role: {} } } };

/** Access to AWS in one of its ways, unless there is one already. */
function someAccess({ aws = {} }: { aws?: EksAwsBlocks }): Tree {
  return (aws.role ?? aws.roleArn ?? aws.podIdentity) ? {} : { aws: { role: {} } };
}

/** A first role of EKS Pod Identity, unless there is one already. */
function someFirstRole({ aws = {} }: { aws?: EksAwsBlocks }): Tree {
  const { role, roleArn, disableSessionTags, policy } = aws.podIdentity ?? {};
  if (role ?? roleArn) return {};
  return { aws: { podIdentity: disableSessionTags || policy ? {} : { role: {} } } };
}

/** A token for AWS, unless there is one already. */
function someToken({ aws = {} }: { aws?: EksAwsBlocks }): Tree {
  return (aws.role ?? aws.roleArn) ? {} : { aws: { role: {} } };
}

const role = (place: string): Row[] => [
  row(place, at(place, {})),
  ...rows<AwsRole>(
    place,
    {
      name: ["runner-role"],
      namePrefix: ["runner-"],
      path: ["/runners/"],
      permissionsBoundary: [BOUNDARY],
      maxSessionDuration: [7200],
      managedPolicyArns: [["arn:aws:iam::aws:policy/ReadOnlyAccess"]],
      inlinePolicies: [{ logs: POLICY }],
      description: ["Runs the nightly work"],
      tags: [{ team: "platform" }],
      forceDetachPolicies: [true],
    },
    { seen: at(place, {}) },
  ),
];

const cluster: Row[] = [
  ...rows<Pick<EksCluster, "name">>("cluster", { name: ["other"] }),
  row(
    "cluster.identities.oidcs.issuer",
    { cluster: { identities: identities(ISSUER) } },
    { seen: { cluster: { identities: identities(OTHER) } } },
  ),
  row("cluster.arn", { cluster: { arn: ARN } }, { needs: asResource, seen: podIdentity }),
  row(
    "cluster.kubernetesNetworkConfig.ipFamily",
    { cluster: { kubernetesNetworkConfig: { ipFamily: "ipv6" } } },
    { needs: asResource, seen: podIdentity },
  ),
  row(
    "cluster.issuerUrl",
    { cluster: { name: undefined, issuerUrl: ISSUER } },
    { seen: { cluster: { name: undefined, issuerUrl: OTHER } } },
  ),
  row("cluster.oidcProviderUrl", byUrl, { seen: { cluster: { name: undefined, oidcProviderUrl: OTHER } } }),
  row(
    "cluster.oidcProviderArn",
    { cluster: { oidcProviderArn: `arn:aws:iam::999999999999:oidc-provider/${ISSUER.replace("https://", "")}` } },
    { seen: { aws: { role: {} } } },
  ),
  ...rows<Omit<EksClusterDescription, "kubernetesNetworkConfig">>(
    "cluster.eksCluster",
    { name: ["other"], arn: [ARN] },
    { needs: inner, seen: podIdentity },
  ),
  row(
    "cluster.eksCluster.kubernetesNetworkConfig.ipFamily",
    { cluster: { eksCluster: { kubernetesNetworkConfig: { ipFamily: "ipv6" } } } },
    { needs: inner, seen: podIdentity },
  ),
];

const aws: Row[] = [
  ...role("aws.role"),
  ...role("aws.podIdentity.role"),
  ...rows<Pick<EksPodIdentity, "roleArn">>("aws.podIdentity", { roleArn: [ROLE] }),
  ...rows<Pick<EksPodIdentity, "targetRoleArn">>(
    "aws.podIdentity",
    { targetRoleArn: [ROLE.replace("existing", "target")] },
    { needs: someFirstRole },
  ),
  ...rows<Pick<EksPodIdentity, "disableSessionTags">>(
    "aws.podIdentity",
    { disableSessionTags: [true] },
    { needs: { aws: { podIdentity: { roleArn: ROLE } } } },
  ),
  ...rows<Pick<EksPodIdentity, "policy">>(
    "aws.podIdentity",
    { policy: [POLICY] },
    { needs: { aws: { podIdentity: { roleArn: ROLE, disableSessionTags: true } } } },
  ),
  ...rows<Pick<EksAwsBlocks, "roleArn">>("aws", { roleArn: [ROLE] }),
  ...rows<Pick<EksAwsBlocks, "createOidcProvider">>("aws", { createOidcProvider: [true] }, { needs: someToken }),
  ...rows<Omit<EksAwsBlocks, "role" | "roleArn" | "podIdentity" | "createOidcProvider">>(
    "aws",
    { region: ["us-gov-west-1"], tokenExpirationSeconds: [3600] },
    { needs: someAccess },
  ),
];

/** Every option that `EksOidcRunner` has besides those of all runners. */
export const eksRows: readonly Row[] = [
  ...cluster,
  ...aws,
  ...rows<Omit<EksOidcRunnerArgs, keyof RunnerArgs | "cluster" | "aws">>(
    "",
    { exchangeAwsToken: [true] },
    { needs: someToken },
  ),
];
