import type * as pulumi from "@pulumi/pulumi";
import type { AzureCredential } from "../../../trust/parties/azure";

/** An identity of Entra ID, and how federated credentials are added to it. */
export interface AzureIdentityClient {
  /** By which clients name it. */
  clientId: pulumi.Output<string>;
  /** By which role assignments name it: the object id of its service principal. */
  principalId: pulumi.Output<string>;
  tenantId: pulumi.Output<string>;
  /** What tells one that is there already from others, for the credentials that other components add to it. */
  key?: unknown;
  /** Makes one federated credential, which has a subject. */
  addCredential(
    name: string,
    credential: pulumi.Output<AzureCredential>,
    options: pulumi.CustomResourceOptions,
  ): pulumi.CustomResource;
}

/** One that was made. */
export interface MadeAzureIdentity extends AzureIdentityClient {
  /** The user-assigned identity or the application. */
  identity: pulumi.CustomResource;
  resources: pulumi.Resource[];
}
