import type * as pulumi from "@pulumi/pulumi";
import { STS_AUDIENCE } from "../../../trust/issuers";
import { checkArguments, checked, checkNow, isKnown } from "../../resources";
import { AWS_TOKEN_FILE } from "../../workload/access";
import { childOptions } from "../lib";
import {
  checkRunnerArgs,
  createRunnerChildren,
  planAfter,
  planRunner,
  type RunnerArgs,
  RunnerComponent,
  trustOf,
  warnDefaultNamespace,
} from "../runner";
import type { EksAws } from "./args";
import { eksChecks, eksInputs } from "./check";
import { type EksCluster, resolveEksCluster } from "./cluster";
import { awsIdentity, awsIdentityParts } from "./identity";

export type { AwsRole } from "../aws";
export type * from "./args";
export type {
  EksCluster,
  EksClusterDescription,
  EksClusterIdentity,
  EksClusterNetwork,
  EksClusterOidc,
} from "./cluster";

/** Arguments of `EksOidcRunner`. */
export interface EksOidcRunnerArgs extends RunnerArgs {
  /** The cluster the runner lives on; the Kubernetes provider must point at the same. */
  cluster: EksCluster;
  /** Access to AWS. Default: none; logging in to Pulumi needs none. */
  aws?: EksAws;
  /**
   * Exchange the pod's token for AWS at Pulumi Cloud too, as Pulumi's guide for EKS does; needs `aws.role` or `aws.roleArn`. The
   * default is the safer way: a token of its own for each, so that a thief of one can't use it with the other.
   * Default: false.
   */
  exchangeAwsToken?: boolean;
}

/**
 * A workload on EKS that logs in to Pulumi Cloud with its own identity token and, if it is asked for, has access to AWS: by an
 * IAM role whose trust policy names the ServiceAccount (`sub`) and the audience (`aud`), or by EKS Pod Identity, with a role
 * whose trust policy names cluster, namespace and ServiceAccount. The pod's token for either is projected by its own spec, as
 * EKS's webhook would do it, so that nothing depends on when the webhook hears of a new ServiceAccount.
 *
 * Errors: those of `KubernetesOidcRunner`, and `CLUSTER_LOOK_UP_FAILED`, `OPTION_MISSING`, `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`,
 * `OIDC_PROVIDER_NOT_FOUND`, `OIDC_PROVIDER_AUDIENCE`, `OIDC_PROVIDER_EXISTS`, `CLUSTER_ARN_INVALID`, `ROLE_ARN_INVALID`, `ROLE_INVALID`, `MANAGED_POLICY_NOT_FOUND`,
 * `SESSION_POLICY_INVALID`, `PEER_TOO_OLD`, `REGION_INVALID`.
 *
 * @example
 * ```ts
 * const runner = new EksOidcRunner("deployer", {
 *   organization: "acme",
 *   accessToken: { organization: {} },
 *   cluster: { name: "prod" },
 *   namespace: "pulumi",
 *   aws: { role: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } },
 *   command: ["pulumi", "env", "ls"],
 * });
 * export const job = runner.workloadName;
 * ```
 */
export class EksOidcRunner extends RunnerComponent {
  /** ARN of the IAM role, if there is one. */
  readonly roleArn?: pulumi.Output<string>;
  /** Name of the IAM role, if there is one. */
  readonly roleName?: pulumi.Output<string>;
  /** The IAM role, if it is made here. */
  readonly role?: pulumi.CustomResource;
  /**
   * The trust policy that `aws.podIdentity.targetRoleArn` needs, as JSON: it admits this runner's pods through `roleArn`, by
   * their session tags or, without these, by the external id of the association, and no others.
   */
  readonly targetRoleTrustPolicy?: pulumi.Output<string>;

  constructor(name: string, args: EksOidcRunnerArgs, options?: pulumi.ComponentResourceOptions) {
    checkArguments("EksOidcRunner", name, args);
    const identityParts = awsIdentityParts(args.aws);
    checkRunnerArgs(name, args, { blocks: { aws: args.aws }, identity: identityParts });
    const inputs = eksInputs(args);
    const checks = eksChecks(name, args);
    checkNow(inputs, checks);
    super("oidc-runner:index:EksOidcRunner", name, {}, options);
    warnDefaultNamespace(args.namespace, this);
    const cluster = resolveEksCluster(args.cluster, this);
    const awsToken = { audience: STS_AUDIENCE, file: AWS_TOKEN_FILE, projected: false };
    const subjectToken = args.exchangeAwsToken ? awsToken : undefined;
    const common = planRunner(name, args, cluster.issuerUrl, { subjectToken, identity: identityParts });
    // The plan checks an issuer that is known late: what it refuses is not refused a second time.
    const issuerUrl = isKnown(inputs.issuerUrl) ? inputs.issuerUrl : common.apply(() => inputs.issuerUrl);
    const given = planAfter(common, checked({ ...inputs, issuerUrl }, checks));
    const children = childOptions(this, options);
    const { identity, plan, role, ...own } = awsIdentity(children, name, args.aws, cluster, given);
    const trust = trustOf(name, args, plan, cluster.key, { scope: cluster.scope });
    // Mocks in a program's own tests may leave the ARN out.
    const roleName = own.roleArn?.apply((arn?: string) => arn?.split("/").pop() ?? "");
    const made = createRunnerChildren(children, name, { args, plan, trust, identity, options });
    this.finish(made, { ...own, roleName }, { role });
  }
}
