import * as pulumi from "@pulumi/pulumi";
import { checkWhenPlain } from "../resources/check-when-plain";
import { checkRoleArn } from "../trust/documents/aws";
import { proveAwsTrust } from "../trust/documents/prove-aws-trust";
import { conditionKeyPrefix } from "../trust/issuers/eks";
import { checkIssuerUrl } from "../trust/issuers/issuer-url";
import { awsWebIdentity } from "../workload/aws-web-identity";
import { kubernetesName } from "../workload/labels";
import { atMostOne, exactlyOne } from "./exactly-one";
import { peer } from "./peer";
import type { RunnerArgs } from "./runner-args";
import { type CloudIdentity, createRunnerChildren } from "./runner-children";
import { RunnerComponent } from "./runner-component";
import { checkRunnerArgs, planAfter, planRunner, type RunnerPlan } from "./runner-plan";
import { trustOf } from "./trust-of";
import { warnDefaultNamespace } from "./warn-default-namespace";

/** An EKS cluster: by name, or by issuer and IAM OIDC provider. */
export interface EksCluster {
  /** Name of the cluster, which is looked up in the AWS provider's account and region. */
  name?: pulumi.Input<string>;
  /** Issuer of the cluster: `cluster.identity.oidc.issuer` of `aws eks describe-cluster`. */
  issuerUrl?: pulumi.Input<string>;
  /** ARN of the IAM OIDC provider for that issuer. Needed with `issuerUrl` when there is a role; looked up with `name`. */
  oidcProviderArn?: pulumi.Input<string>;
}

/** The IAM role that is made for the runner. */
export interface EksRole {
  /** ARNs of managed policies to attach. Default: none. */
  managedPolicyArns?: pulumi.Input<string>[];
  /** ARN of a permissions boundary. Default: none. */
  permissionsBoundary?: pulumi.Input<string>;
}

/** Access of the runner to AWS: a role of its own, or an existing one. */
export interface EksAws {
  /** Make a role that this runner's ServiceAccount, and nobody else, may assume. */
  role?: EksRole;
  /** Use this role; its trust policy must admit the runner's ServiceAccount. */
  roleArn?: pulumi.Input<string>;
}

/** Arguments of `EksOidcRunner`. */
export interface EksOidcRunnerArgs extends RunnerArgs {
  /** The cluster the runner lives on; the Kubernetes provider must point at the same. */
  cluster: EksCluster;
  /** Access to AWS. Default: none; logging in to Pulumi needs none. */
  aws?: EksAws;
}

/**
 * A Job on EKS that logs in to Pulumi Cloud with its own identity token, and may assume an IAM role. The role's trust policy
 * names the ServiceAccount (`sub`) and the audience (`aud`); the pod's AWS token is projected by its own spec.
 *
 * Errors: those of `KubernetesOidcRunner`, and `OPTION_MISSING`, `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`,
 * `ROLE_ARN_INVALID`.
 *
 * @example
 * ```ts
 * const runner = new EksOidcRunner("deployer", {
 *   organization: "acme",
 *   tokenType: "organization",
 *   cluster: { name: "prod" },
 *   namespace: "pulumi",
 *   aws: { role: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } },
 *   command: ["pulumi", "env", "ls"],
 * });
 * export const job = runner.jobName;
 * ```
 */
export class EksOidcRunner extends RunnerComponent {
  /** ARN of the IAM role, if there is one. */
  readonly roleArn?: pulumi.Output<string>;

  constructor(name: string, args: EksOidcRunnerArgs, options?: pulumi.ComponentResourceOptions) {
    checkRunnerArgs(name, args);
    checkEksArgs(name, args);
    super("oidc-runner:index:EksOidcRunner", name, {}, options);
    warnDefaultNamespace(args.namespace, this);
    const issuerUrl = issuerUrlOf(args.cluster, this);
    const plan = planRunner(name, args, issuerUrl);
    const trust = trustOf(name, args, plan, [args.cluster.issuerUrl ?? args.cluster.name ?? issuerUrl], {
      scope: args.cluster.name === undefined ? undefined : this.getProvider("aws:eks/getCluster:getCluster"),
    });
    const { roleArn, identity, proven } = awsIdentity(this, name, args, plan);
    this.finish(createRunnerChildren(this, name, args, proven, trust, identity), { roleArn });
  }
}

/** Refuses what can be refused before anything is registered. */
function checkEksArgs(name: string, { cluster, aws }: EksOidcRunnerArgs): void {
  exactlyOne(cluster, ["name", "issuerUrl"], `${name}.cluster`);
  atMostOne(cluster, ["name", "oidcProviderArn"], `${name}.cluster`);
  checkWhenPlain(cluster.issuerUrl, (url) => checkIssuerUrl(url));
  if (aws !== undefined) {
    exactlyOne(aws, ["role", "roleArn"], `${name}.aws`);
    checkWhenPlain(aws.roleArn, checkRoleArn);
  }
  if (aws?.role !== undefined && cluster.issuerUrl !== undefined) {
    exactlyOne(cluster, ["oidcProviderArn"], `${name}.cluster`);
    checkWhenPlain([cluster.oidcProviderArn, cluster.issuerUrl], ([arn, url]) =>
      conditionKeyPrefix(arn as string, url as string),
    );
  }
}

function issuerUrlOf(cluster: EksCluster, parent: pulumi.Resource): pulumi.Input<string> {
  if (cluster.issuerUrl !== undefined) {
    return cluster.issuerUrl;
  }
  const { getClusterOutput } = peer(
    "@pulumi/aws",
    () => require("@pulumi/aws/eks/getCluster") as typeof import("@pulumi/aws/eks/getCluster"),
  );
  const found = getClusterOutput({ name: cluster.name as pulumi.Input<string> }, { parent });
  return found.apply(({ identities }) => identities[0]?.oidcs[0]?.issuer ?? "");
}

function awsIdentity(
  parent: pulumi.ComponentResource,
  name: string,
  args: EksOidcRunnerArgs,
  plan: pulumi.Output<RunnerPlan>,
): { roleArn?: pulumi.Output<string>; identity: CloudIdentity; proven: pulumi.Output<RunnerPlan> } {
  if (args.aws?.roleArn !== undefined) {
    const roleArn = pulumi.output(args.aws.roleArn).apply((arn) => {
      checkRoleArn(arn);
      return arn;
    });
    return { roleArn, identity: webIdentity(roleArn), proven: planAfter(plan, roleArn) };
  }
  if (args.aws?.role === undefined) {
    return { identity: {}, proven: plan };
  }
  const aws = peer("@pulumi/aws", () => ({
    ...(require("@pulumi/aws/iam/role") as typeof import("@pulumi/aws/iam/role")),
    ...(require("@pulumi/aws/iam/rolePolicyAttachment") as typeof import("@pulumi/aws/iam/rolePolicyAttachment")),
  }));
  const childName = kubernetesName(name);
  const oidcProviderArn = oidcProviderArnOf(args.cluster, plan, parent);
  const { managedPolicyArns, permissionsBoundary } = args.aws.role;
  const assumeRolePolicy = pulumi
    .all([plan, oidcProviderArn])
    .apply(([values, providerArn]) => JSON.stringify(proveAwsTrust({ ...values.trust, oidcProviderArn: providerArn })));
  const role = new aws.Role(childName, { assumeRolePolicy, permissionsBoundary }, { parent });
  const attachments = (managedPolicyArns ?? []).map(
    (policyArn, index) =>
      new aws.RolePolicyAttachment(`${childName}-${index}`, { role: role.name, policyArn }, { parent }),
  );
  const identity = { ...webIdentity(role.arn), dependencies: [role, ...attachments] };
  return { roleArn: role.arn, identity, proven: planAfter(plan, assumeRolePolicy) };
}

function webIdentity(roleArn: pulumi.Output<string>): CloudIdentity {
  return {
    annotations: { "eks.amazonaws.com/role-arn": roleArn },
    pod: roleArn.apply((arn) => awsWebIdentity({ roleArn: arn })),
  };
}

function oidcProviderArnOf(
  cluster: EksCluster,
  plan: pulumi.Output<RunnerPlan>,
  parent: pulumi.Resource,
): pulumi.Input<string> {
  if (cluster.oidcProviderArn !== undefined) {
    return cluster.oidcProviderArn;
  }
  const { getOpenIdConnectProvider } = peer(
    "@pulumi/aws",
    () =>
      require("@pulumi/aws/iam/getOpenIdConnectProvider") as typeof import("@pulumi/aws/iam/getOpenIdConnectProvider"),
  );
  // Asked for when the plan is good: an unproven one would be reported twice, the first time as an argument of the call.
  return plan.apply(async ({ trust }) => (await getOpenIdConnectProvider({ url: trust.issuerUrl }, { parent })).arn);
}
