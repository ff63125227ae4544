import type * as pulumi from "@pulumi/pulumi";
import type { AzureCredential } from "../../../trust/parties/azure";

/** An identity of Entra ID that was made, and how federated credentials are added to it. */
export interface MadeAzureIdentity {
  /** By which clients name it. */
  clientId: pulumi.Output<string>;
  /** By which role assignments name it: the object id of its service principal. */
  principalId: pulumi.Output<string>;
  tenantId: pulumi.Output<string>;
  /** The user-assigned identity or the application. */
  identity: pulumi.CustomResource;
  resources: pulumi.Resource[];
  /** Makes one federated credential, which has a subject. */
  addCredential(
    name: string,
    credential: pulumi.Output<AzureCredential>,
    options: pulumi.CustomResourceOptions,
  ): pulumi.CustomResource;
}
