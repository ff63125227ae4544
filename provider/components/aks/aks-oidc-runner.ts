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
import type { AksAzure } from "./args";
import { aksChecks, aksInputs, checkTenant } from "./check";
import { type AksCluster, checkAksCluster, lookUpScope, resolveAksCluster } from "./cluster";
import { type AzureAccess, azureAccess, azureIdentityParts } from "./identity";

export type { AzureIdentity, AzureRoleAssignment } from "../azure";
export type * from "./args";
export type { AksCluster, AksOidcIssuerProfile } from "./cluster";

/** Arguments of `AksOidcRunner`. */
export interface AksOidcRunnerArgs extends RunnerArgs {
  /** The cluster the runner lives on; the Kubernetes provider must point at the same. */
  cluster: AksCluster;
  /** Access to Azure. Default: none; logging in to Pulumi needs none. */
  azure?: AksAzure;
}

/**
 * A workload on AKS that logs in to Pulumi Cloud with its own identity token and, if it is asked for, has access to Azure: as a
 * user-assigned identity whose federated credential names the cluster's issuer, the ServiceAccount (`sub`) and the audience (`aud`). The
 * pod's token for Entra ID is projected by its own spec, as Azure's webhook would do it, so that nothing depends on the webhook.
 *
 * Errors: those of `KubernetesOidcRunner`, and `OIDC_ISSUER_OFF`, `AZURE_IDENTITY_INVALID`, `AZURE_ROLE_INVALID`,
 * `AZURE_CREDENTIAL_INVALID`, `EXPIRATION_INVALID`.
 *
 * @example
 * ```ts
 * const runner = new AksOidcRunner("deployer", {
 *   organization: "acme",
 *   accessToken: { organization: {} },
 *   cluster: { name: "prod", resourceGroupName: "clusters" },
 *   namespace: "pulumi",
 *   azure: {
 *     identity: {
 *       resourceGroupName: "site",
 *       roleAssignments: [
 *         { role: "Reader", scope: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/site" },
 *       ],
 *     },
 *   },
 *   command: ["pulumi", "env", "ls"],
 * });
 * export const job = runner.workloadName;
 *
 * // A containerservice.ManagedCluster of the program, and an identity or application that is there already.
 * const other = new AksOidcRunner("other", {
 *   organization: "acme",
 *   accessToken: { organization: {} },
 *   cluster: aksCluster,
 *   namespace: "pulumi",
 *   azure: { clientId: "00000000-0000-0000-0000-000000000000" },
 * });
 * ```
 */
export class AksOidcRunner extends RunnerComponent {
  /** Client id of what the runner acts as on Azure, if it has access. */
  readonly clientId?: pulumi.Output<string>;
  /** Tenant of Entra ID that it is of, if the runner has access to Azure. */
  readonly tenantId?: pulumi.Output<string>;
  /** Object id of the user-assigned identity, for role assignments of your own, if it is made here. */
  readonly principalId?: pulumi.Output<string>;
  /** The user-assigned identity, if it is made here. */
  readonly identity?: pulumi.CustomResource;

  constructor(name: string, args: AksOidcRunnerArgs, options?: pulumi.ComponentResourceOptions) {
    checkArguments("AksOidcRunner", name, args);
    const { cluster, azure } = args;
    const identityParts = azureIdentityParts(azure);
    checkRunnerArgs(name, args, { blocks: { azure }, identity: identityParts });
    const where = `${name}.cluster`;
    checkAksCluster(cluster, where);
    if (azure !== undefined) {
      checkNow(aksInputs(azure), aksChecks(name, azure));
      checkTenant(azure, cluster.issuerUrl);
    }
    super("oidc-runner:index:AksOidcRunner", name, {}, options);
    warnDefaultNamespace(args.namespace, this);
    const { issuerUrl, key } = resolveAksCluster(cluster, () => this, where);
    const common = planRunner(name, args, issuerUrl, { identity: identityParts });
    const children = childOptions(this, options);
    const access =
      azure &&
      azureAccess(children, name, azure, {
        plan: planAfter(common, checked(aksInputs(azure), aksChecks(name, azure))),
        waive: args.waive,
      });
    const { identity, plan = common, managedIdentity, ...own }: Partial<AzureAccess> = access ?? {};
    const trust = trustOf(name, args, plan, key, { scope: lookUpScope(cluster, this) });
    const made = createRunnerChildren(children, name, { args, plan, trust, identity, options });
    this.finish(made, own, { identity: managedIdentity });
  }
}
