import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { eksRegion, kubernetes, podClaims, STS_AUDIENCE } from "../../../trust/issuers";
import { provePodIdentity } from "../../../trust/parties/aws/pod-identity";
import { assumeTargetPolicy, proveTargetRole } from "../../../trust/parties/aws/target-role";
import { awsWebIdentity, eksPodIdentity } from "../../workload/access";
import { kubernetesName, type PodParts } from "../../workload/pod";
import { type MadeRole, makeRole, makeTokenRole, oidcProviderArnOf, partitionOf } from "../aws";
import { type ChildOptions, peer } from "../lib";
import { type CloudIdentity, planAfter, type RunnerPlan } from "../runner";
import type { EksAws, EksPodIdentity } from "./args";
import type { EksClusterFacts, ResolvedEksCluster } from "./cluster";

/** What gives a runner its access to AWS. */
export interface AwsIdentity {
  /** ARN of the role, if there is one. */
  roleArn?: pulumi.Output<string>;
  /** The role itself, where it is made here. */
  role?: pulumi.CustomResource;
  /** The trust policy that a target role of EKS Pod Identity needs, JSON text, if there is such a role. */
  targetRoleTrustPolicy?: pulumi.Output<string>;
  identity: CloudIdentity;
  /** The plan, resolving only when the AWS side is proven too. */
  plan: pulumi.Output<RunnerPlan>;
}

/** The parts that an AWS identity adds to the pod, with any values; none without one. */
export function awsIdentityParts(aws: EksAws | undefined): PodParts | undefined {
  const region = "any";
  if (aws === undefined) {
    return undefined;
  }
  return aws.podIdentity === undefined ? awsWebIdentity({ roleArn: "any", region }) : eksPodIdentity({ region });
}

/** Makes, or takes, the role of a runner, and what its pod needs to use it. */
export function awsIdentity(
  options: ChildOptions,
  name: string,
  aws: EksAws | undefined,
  cluster: ResolvedEksCluster,
  plan: pulumi.Output<RunnerPlan>,
): AwsIdentity {
  if (aws === undefined) {
    return { identity: {}, plan };
  }
  const client = clientSettings(aws, plan);
  if (aws.podIdentity !== undefined) {
    return podIdentity(options, name, aws.podIdentity, cluster.facts?.() as EksClusterFacts, plan, client);
  }
  const { arn, role, checked, resources } =
    aws.role === undefined
      ? givenRole(aws.roleArn as pulumi.Input<string>)
      : webIdentityRole(options, name, aws, cluster, plan);
  return {
    roleArn: arn,
    role,
    identity: {
      annotations: { "eks.amazonaws.com/role-arn": arn },
      principal: arn,
      pod: pulumi.all([arn, client]).apply(([roleArn, settings]) => awsWebIdentity({ ...settings, roleArn })),
      dependencies: resources,
    },
    plan: planAfter(plan, checked),
  };
}

/** What the pod's AWS clients are told. */
function clientSettings({ region, tokenExpirationSeconds }: EksAws, plan: pulumi.Output<RunnerPlan>) {
  return pulumi
    .output({ plan, region, tokenExpirationSeconds })
    .apply(({ plan: { trust }, ...given }) => ({ ...given, region: given.region ?? eksRegion(trust.issuerUrl) }));
}

function givenRole(roleArn: pulumi.Input<string>): MadeRole {
  const arn = pulumi.output(roleArn);
  return { arn, checked: arn, resources: [] };
}

function webIdentityRole(
  options: ChildOptions,
  name: string,
  { role = {}, createOidcProvider }: EksAws,
  { key, oidcProviderArn }: ResolvedEksCluster,
  plan: pulumi.Output<RunnerPlan>,
): MadeRole {
  const audience = STS_AUDIENCE;
  const arn = oidcProviderArnOf(options.parent, name, {
    issuer: plan.trust.issuerUrl,
    audience,
    create: createOidcProvider,
    key,
    hints: {
      where: "cluster.oidcProviderArn",
      fix: "set aws.createOidcProvider in one program, or run `eksctl utils associate-iam-oidc-provider --cluster NAME --approve`",
    },
    arn: oidcProviderArn,
  });
  const trust = pulumi.all([plan, arn]).apply(([{ trust: pod }, known]) => ({
    issuer: pod.issuerUrl,
    subject: pod.subject,
    audience,
    oidcProviderArn: known,
    neighbours: kubernetes.neighbours(podClaims({ ...pod, audience })),
  }));
  return makeTokenRole(options, kubernetesName(name), role, trust, "aws.role");
}

function podIdentity(
  options: ChildOptions,
  name: string,
  args: EksPodIdentity,
  cluster: EksClusterFacts,
  plan: pulumi.Output<RunnerPlan>,
  client: ReturnType<typeof clientSettings>,
): AwsIdentity {
  const { role: settings, roleArn, disableSessionTags, policy } = args;
  const targetRoleArn = args.targetRoleArn === undefined ? undefined : pulumi.output(args.targetRoleArn);
  const { PodIdentityAssociation } = peer(
    "@pulumi/aws",
    () => require("@pulumi/aws/eks/podIdentityAssociation") as typeof import("@pulumi/aws/eks/podIdentityAssociation"),
  );
  const given = Object.fromEntries(
    Object.entries({ targetRoleArn, disableSessionTags, policy }).filter(([, value]) => value !== undefined),
  );
  requireProperties(PodIdentityAssociation, Object.keys(given));
  const trust = pulumi.all([plan, cluster.arn]).apply(([values, clusterArn]) => ({
    policy: provePodIdentity({ ...values.trust, clusterArn }),
    partition: partitionOf(clusterArn),
  }));
  const mayAssumeTarget = targetRoleArn && {
    "assume-target-role": targetRoleArn.apply((target) => JSON.stringify(assumeTargetPolicy(target))),
  };
  const { arn, role, checked, resources } =
    settings === undefined
      ? givenRole(roleArn as pulumi.Input<string>)
      : makeRole(options, kubernetesName(name), settings, trust, "aws.podIdentity.role", mayAssumeTarget);
  const proven = planAfter(plan, checked);
  const association = new PodIdentityAssociation(
    kubernetesName(name),
    {
      clusterName: cluster.name,
      namespace: proven.trust.namespace,
      serviceAccount: proven.trust.serviceAccountName,
      roleArn: arn,
      ...given,
    },
    options,
  );
  return {
    roleArn: arn,
    role,
    targetRoleTrustPolicy:
      targetRoleArn &&
      pulumi
        .all([proven, cluster.arn, arn])
        .apply(([{ trust: pod }, clusterArn, first]) =>
          JSON.stringify(proveTargetRole({ ...pod, clusterArn, roleArn: first, disableSessionTags })),
        ),
    identity: {
      principal: targetRoleArn ?? arn,
      pod: pulumi.all([client, cluster.ipFamily]).apply(([known, ipFamily]) => eksPodIdentity({ ...known, ipFamily })),
      dependencies: [...resources, association],
    },
    plan: proven,
  };
}

/**
 * Refuses properties that the installed package does not have, because it would leave them out in silence: a pod with more
 * rights than its session policy allows. Its generated constructor names all it passes on; `policy` came with version 6.57.1 of
 * the Terraform provider (hashicorp/terraform-provider-aws#48869), `targetRoleArn` and `disableSessionTags` with 6.x as well.
 */
export function requireProperties(
  resource: abstract new (...args: never[]) => object,
  properties: readonly string[],
): void {
  const known = resource.toString();
  const missing = properties.find((property) => !new RegExp(`\\b${property}\\b`).test(known));
  if (missing !== undefined) {
    throw new OidcRunnerError("PEER_TOO_OLD", `the installed @pulumi/aws does not know ${missing}`, {
      where: `aws.podIdentity.${missing}`,
      fix: "npm install @pulumi/aws@latest",
    });
  }
}
