import type * as pulumi from "@pulumi/pulumi";
import type { ExactlyOne } from "../../resources";
import type { AzureIdentity } from "../azure";

/** What AksAzure is made of. */
export interface AksAzureBlocks {
  /** Make a user-assigned identity that this runner's ServiceAccount may act as, and no other. */
  identity?: AzureIdentity;
  /**
   * Act as the user-assigned identity or the application with this client id. Nothing is made in Azure: it needs a federated
   * credential with the cluster's issuer, the output `subject`, and the audience `api://AzureADTokenExchange`.
   */
  clientId?: pulumi.Input<string>;
  /** Tenant of `clientId`. Default: the tenant that the cluster's issuer names. */
  tenantId?: pulumi.Input<string>;
  /** Where the pod gets tokens of Entra ID. Default: `https://login.microsoftonline.com/`; other clouds have others. */
  authorityHost?: pulumi.Input<string>;
  /**
   * Life of the pod's token for Entra ID, in seconds, 3600 to 86400; the kubelet renews it at 80 % of it, and the Azure SDKs may send
   * one that they read five minutes ago. Default: 3600.
   */
  tokenExpirationSeconds?: pulumi.Input<number>;
}

/**
 * Access of the runner to Azure by Microsoft Entra Workload ID: exactly one of `identity` and `clientId`.
 *
 * The pod has a token of its own for Entra ID and the variables `AZURE_CLIENT_ID`, `AZURE_TENANT_ID`, `AZURE_FEDERATED_TOKEN_FILE` and
 * `AZURE_AUTHORITY_HOST`, by which `WorkloadIdentityCredential` and `DefaultAzureCredential` of the Azure SDKs find it. The provider
 * `azure-native` does where the pod's `env` has `ARM_USE_DEFAULT_AZURE_CREDENTIAL: "true"` and `ARM_SUBSCRIPTION_ID` too. Azure's webhook is
 * not needed, and leaves the pod alone. A new federated credential takes a while to reach all of Entra ID, seconds as a rule: until
 * then it answers `AADSTS70021`, so the first run's work may have to try again. AKS's identity bindings, which are in preview, are not
 * made here: without them an identity takes 20 credentials, of which a runner needs one.
 *
 * The warning `AZURE_ROLE_BROAD` (roles whose holder can give itself any other, and `Contributor` on a subscription or a management
 * group) can be waived.
 */
export type AksAzure = ExactlyOne<AksAzureBlocks, "identity" | "clientId">;
