import * as pulumi from "@pulumi/pulumi";
import { checkWhenPlain, isPlain } from "../resources/check-when-plain";
import { googleAccountId, projectOfEmail, workloadIdentityMember } from "../trust/documents/google";
import { type GkeCluster, gkeIssuerUrl } from "../trust/issuers/gke";
import { kubernetesName } from "../workload/labels";
import { exactlyOne } from "./exactly-one";
import { peer } from "./peer";
import type { RunnerArgs } from "./runner-args";
import { type CloudIdentity, createRunnerChildren } from "./runner-children";
import { RunnerComponent } from "./runner-component";
import { checkRunnerArgs, planAfter, planRunner, type RunnerPlan } from "./runner-plan";
import { trustOf } from "./trust-of";
import type { GkeClusterReference } from "./trusted-issuer";
import { warnDefaultNamespace } from "./warn-default-namespace";

/** The Google service account that is made for the runner. */
export interface GkeServiceAccount {
  /** Account id, 6 to 30 characters. Default: from the runner's name and a hash of project, stack and name. */
  accountId?: pulumi.Input<string>;
  /** Project of the account. Default: the cluster's. */
  project?: pulumi.Input<string>;
}

/** Access of the runner to Google Cloud: a service account of its own, or an existing one. */
export interface GkeGoogle {
  /** Make a service account that this runner's Kubernetes ServiceAccount may act as. */
  serviceAccount?: GkeServiceAccount;
  /** Let the runner's Kubernetes ServiceAccount act as this one. */
  serviceAccountEmail?: pulumi.Input<string>;
}

/** Arguments of `GkeOidcRunner`. */
export interface GkeOidcRunnerArgs extends RunnerArgs {
  /** The cluster the runner lives on; the Kubernetes provider must point at the same. */
  cluster: GkeClusterReference;
  /** Access to Google Cloud. Default: none; logging in to Pulumi needs none. */
  google?: GkeGoogle;
}

/**
 * A Job on GKE that logs in to Pulumi Cloud with its own identity token, and may act as a Google service account by Workload
 * Identity Federation for GKE.
 *
 * Errors: those of `KubernetesOidcRunner`, and `GKE_CLUSTER_INVALID`, `GOOGLE_EMAIL_INVALID`, `OPTION_MISSING`.
 *
 * @example
 * ```ts
 * const runner = new GkeOidcRunner("deployer", {
 *   organization: "acme",
 *   tokenType: "team",
 *   team: "platform",
 *   cluster: { project: "acme-prod", location: "europe-west1", name: "prod" },
 *   namespace: "pulumi",
 *   google: { serviceAccount: {} },
 *   command: ["pulumi", "env", "ls"],
 * });
 * export const job = runner.jobName;
 * ```
 */
export class GkeOidcRunner extends RunnerComponent {
  /** Email of the Google service account, if there is one. */
  readonly googleServiceAccountEmail?: pulumi.Output<string>;

  constructor(name: string, args: GkeOidcRunnerArgs, options?: pulumi.ComponentResourceOptions) {
    checkRunnerArgs(name, args);
    const { cluster, google } = args;
    const issuerUrl = isPlain(cluster)
      ? gkeIssuerUrl(cluster as GkeCluster)
      : pulumi.output(cluster).apply(gkeIssuerUrl);
    if (google !== undefined) {
      exactlyOne(google, ["serviceAccount", "serviceAccountEmail"], `${name}.google`);
      checkWhenPlain(google.serviceAccountEmail, projectOfEmail);
    }
    super("oidc-runner:index:GkeOidcRunner", name, {}, options);
    warnDefaultNamespace(args.namespace, this);
    const plan = planRunner(name, args, issuerUrl);
    const key = typeof issuerUrl === "string" ? [issuerUrl] : [cluster.project, cluster.location, cluster.name];
    const trust = trustOf(name, args, plan, key);
    const { email, identity, proven } = googleIdentity(this, name, args, plan);
    this.finish(createRunnerChildren(this, name, args, proven, trust, identity), { googleServiceAccountEmail: email });
  }
}

function googleIdentity(
  parent: pulumi.ComponentResource,
  name: string,
  args: GkeOidcRunnerArgs,
  plan: pulumi.Output<RunnerPlan>,
): { email?: pulumi.Output<string>; identity: CloudIdentity; proven: pulumi.Output<RunnerPlan> } {
  if (args.google === undefined) {
    return { identity: {}, proven: plan };
  }
  const gcp = peer("@pulumi/gcp", () => ({
    ...(require("@pulumi/gcp/serviceaccount/account") as typeof import("@pulumi/gcp/serviceaccount/account")),
    ...(require("@pulumi/gcp/serviceaccount/iammember") as typeof import("@pulumi/gcp/serviceaccount/iammember")),
  }));
  const childName = kubernetesName(name);
  const { serviceAccount, serviceAccountEmail } = args.google;
  const given =
    serviceAccountEmail === undefined
      ? undefined
      : pulumi.output(serviceAccountEmail).apply((address) => {
          projectOfEmail(address);
          return address;
        });
  const proven = given === undefined ? plan : planAfter(plan, given);
  const email =
    given !== undefined
      ? pulumi.all([plan, given]).apply(([, address]) => address)
      : new gcp.Account(
          childName,
          {
            accountId: pulumi
              .all([serviceAccount?.accountId, plan])
              .apply(
                ([accountId]) =>
                  accountId ?? googleAccountId(childName, `${pulumi.getProject()}/${pulumi.getStack()}/${name}`),
              ),
            project: serviceAccount?.project ?? args.cluster.project,
            displayName: `Pulumi runner ${name}`,
          },
          { parent },
        ).email;
  const member = new gcp.IAMMember(
    childName,
    {
      serviceAccountId: email.apply((address) => `projects/${projectOfEmail(address)}/serviceAccounts/${address}`),
      role: "roles/iam.workloadIdentityUser",
      member: pulumi
        .all([args.cluster.project, plan])
        .apply(([project, { trust }]) => workloadIdentityMember(project, trust.namespace, trust.serviceAccountName)),
    },
    { parent },
  );
  return {
    email,
    proven,
    identity: { annotations: { "iam.gke.io/gcp-service-account": email }, dependencies: [member] },
  };
}
