import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../../../trust/issuers";
import { type ChildOptions, childOptions } from "../lib";
import { type AwsTrusted, awsAccess } from "./aws";
import { type AzureAccess, type AzureNames, azureAccess } from "./azure";
import type { Clouds } from "./clouds";
import { type GcpAccess, type GcpNames, gcpAccess } from "./gcp";
import type { OutboundTokens } from "./tokens";

/** What is to be trusted, for all clouds, and what names it. */
export interface OutboundTrusted extends AzureNames, GcpNames, Omit<AwsTrusted, "trusted"> {
  tokens(cloud: Cloud): pulumi.Output<OutboundTokens>;
}

/** What tokens are exchanged for, by what each cloud made. */
export interface OutboundAccess {
  roleArn: pulumi.Output<string> | undefined;
  entra: AzureAccess | undefined;
  google: GcpAccess | undefined;
}

/** What every trust of clouds is to the program that made it. */
export abstract class OutboundComponent extends pulumi.ComponentResource {
  /** ARN of the role, with `aws`. */
  readonly roleArn?: pulumi.Output<string>;
  /** Name of the role, with `aws`. */
  readonly roleName?: pulumi.Output<string>;
  /** ARN of the account's IAM OIDC provider, with `aws`. */
  readonly oidcProviderArn?: pulumi.Output<string>;
  /** The role, with `aws`. */
  readonly role?: pulumi.CustomResource;
  /** Client id of the identity that the first stack or environment acts as, with `azure`. */
  readonly clientId?: pulumi.Output<string>;
  /** The same for each stack or environment, in their order. */
  readonly clientIds?: pulumi.Output<string[]>;
  /** Object ids of the identities, for role assignments of your own, with `azure`. */
  readonly principalIds?: pulumi.Output<string[]>;
  /** Tenant of the identities, with `azure`. */
  readonly tenantId?: pulumi.Output<string>;
  /** The managed identity or application, if it is made here; with `azure.split` the first. */
  readonly identity?: pulumi.CustomResource;
  /** Name of the workload identity pool, `projects/NUMBER/locations/global/workloadIdentityPools/POOL`, with `gcp`. */
  readonly workloadPool?: pulumi.Output<string>;
  /** The trusted tokens as Google's IAM writes them, for grants of your own, with `gcp`. */
  readonly principals?: pulumi.Output<string[]>;
  /** Email of the Google service account, if there is one. */
  readonly serviceAccountEmail?: pulumi.Output<string>;
  /** The Google service account, if it is made here. */
  readonly serviceAccount?: pulumi.CustomResource;

  /** Makes what each cloud needs to trust the tokens, and sets the outputs of it. */
  protected giveAccess(
    { aws, azure, gcp }: Clouds,
    trusted: OutboundTrusted,
    options: pulumi.ComponentResourceOptions | undefined,
  ): OutboundAccess {
    const children: ChildOptions = childOptions(this, options);
    const { tokens } = trusted;
    const own = aws && awsAccess(children, trusted.name, aws, { ...trusted, trusted: tokens("aws") });
    const entra = azure && azureAccess(children, trusted, azure, tokens("azure"));
    const google = gcp && gcpAccess(children, trusted, gcp, tokens("gcp"));
    const clientId = entra?.clientIds.apply(([first]) => first ?? "");
    const { exchange: _, ...ofAzure } = entra ?? {};
    const { exchange: __, ...ofGoogle } = google ?? {};
    Object.assign(this, own, ofAzure, entra && { clientId }, ofGoogle);
    return { roleArn: own?.roleArn, entra, google };
  }

  /** Sets and registers the outputs, those of the kind of trust included. */
  protected finish(own: pulumi.Inputs): void {
    Object.assign(this, own);
    const { roleArn, roleName, oidcProviderArn, workloadPool, principals, serviceAccountEmail } = this;
    const { clientId, clientIds, principalIds, tenantId } = this;
    this.registerOutputs({
      ...own,
      ...{ roleArn, roleName, oidcProviderArn, workloadPool, principals, serviceAccountEmail },
      ...{ clientId, clientIds, principalIds, tenantId },
    });
  }
}
