import type * as pulumi from "@pulumi/pulumi";
import { checkArguments, checked, checkNow } from "../../resources";
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
import type { GkeGcp } from "./args";
import { gkeChecks, gkeInputs } from "./check";
import { checkGkeCluster, type GkeRunnerCluster, projectScope, resolveGkeCluster } from "./cluster";
import { type GoogleIdentity, googleIdentity } from "./identity";

export type {
  GkeDirectPrincipal,
  GkeGcp,
  GkeGcpBlocks,
  GkeRoles,
  GkeServiceAccount,
} from "./args";
export type { GkeClusterReference, GkeRunnerCluster, GkeWorkloadIdentityConfig } from "./cluster";

/** Arguments of `GkeOidcRunner`. */
export interface GkeOidcRunnerArgs extends RunnerArgs {
  /** The cluster the runner lives on; the Kubernetes provider must point at the same. */
  cluster: GkeRunnerCluster;
  /** Access to Google Cloud. Default: none; logging in to Pulumi needs none. */
  gcp?: GkeGcp;
}

/**
 * A Job on GKE that logs in to Pulumi Cloud with its own identity token, and may act as a Google service account by Workload
 * Identity Federation for GKE.
 *
 * Errors: those of `KubernetesOidcRunner`, and `GKE_CLUSTER_INVALID`, `GOOGLE_PROJECT_UNKNOWN`, `WORKLOAD_IDENTITY_OFF`,
 * `WORKLOAD_POOL_MISMATCH`, `GCP_ID_TAKEN`, `GOOGLE_ACCOUNT_INVALID`, `GOOGLE_EMAIL_INVALID`, `GOOGLE_PROJECT_INVALID`,
 * `GOOGLE_PROJECT_NUMBER_INVALID`, `GOOGLE_ROLE_INVALID`, `GOOGLE_GRANT_TWICE`, `WAIVER_INVALID`, `OPTION_MISSING`.
 *
 * @example
 * ```ts
 * const runner = new GkeOidcRunner("deployer", {
 *   organization: "acme",
 *   accessToken: { team: { name: "platform" } },
 *   cluster: { project: "acme-prod", location: "europe-west1", name: "prod" },
 *   namespace: "pulumi",
 *   gcp: { serviceAccount: { projectRoles: ["roles/storage.objectViewer"] } },
 *   command: ["pulumi", "env", "ls"],
 * });
 * export const job = runner.workloadName;
 * ```
 */
export class GkeOidcRunner extends RunnerComponent {
  /** Email of the Google service account, if there is one. */
  readonly serviceAccountEmail?: pulumi.Output<string>;
  /** Who has the runner's roles on Google Cloud, as IAM writes it, for grants of your own; if it has Google access. */
  readonly principal?: pulumi.Output<string>;

  constructor(name: string, args: GkeOidcRunnerArgs, options?: pulumi.ComponentResourceOptions) {
    checkArguments("GkeOidcRunner", name, args);
    checkRunnerArgs(name, args, { blocks: { gcp: args.gcp } });
    const { cluster, gcp } = args;
    checkGkeCluster(cluster);
    if (gcp !== undefined) {
      checkNow(gkeInputs(gcp, cluster.project), gkeChecks(name, gcp));
    }
    super("oidc-runner:index:GkeOidcRunner", name, {}, options);
    warnDefaultNamespace(args.namespace, this);
    const { issuerUrl, names, key } = resolveGkeCluster(cluster, () => this);
    const common = planRunner(name, args, issuerUrl);
    const children = childOptions(this, options);
    const google =
      gcp &&
      googleIdentity({
        options: children,
        name,
        cluster,
        names,
        gcp,
        waive: args.waive,
        plan: planAfter(common, checked(gkeInputs(gcp, names.project), gkeChecks(name, gcp))),
      });
    const { email, principal, identity, proven: plan = common }: Partial<GoogleIdentity> = google ?? {};
    const trust = trustOf(name, args, plan, key, { scope: projectScope(cluster, this) });
    this.finish(createRunnerChildren(children, name, { args, plan, trust, identity, options }), {
      serviceAccountEmail: email,
      principal,
    });
  }
}
