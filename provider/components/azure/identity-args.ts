import type * as pulumi from "@pulumi/pulumi";

/** A role of Azure on a scope: on what is there, and on everything in it. */
export interface AzureRoleAssignment {
  /**
   * Id of the role's definition, alone or as a resource id, which `az role definition list --name NAME` prints; or the name of one of
   * these built-in roles: `Reader`, `Contributor`, `Owner`, `User Access Administrator`, `Role Based Access Control Administrator`,
   * `Storage Blob Data Reader`, `Storage Blob Data Contributor`, `Key Vault Secrets User`, `AcrPull`, `AcrPush`.
   */
  role: pulumi.Input<string>;
  /**
   * Id of the management group, subscription, resource group or resource, for example
   * `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/site`, or the `id` of a resource of `@pulumi/azure-native`.
   */
  scope: pulumi.Input<string>;
}

/** What an identity may do. */
interface AzureRoles {
  /**
   * Roles of the identity. Default: none. Each is one `azure-native:authorization:RoleAssignment`, which leaves what others have
   * alone. Give texts where they are known: an Output stands for its place in the list, so new ones belong to the end.
   */
  roleAssignments?: AzureRoleAssignment[];
}

/**
 * A user-assigned managed identity that is made. It needs no right in Entra ID: `Managed Identity Contributor` on the resource group
 * does, and for roles `Role Based Access Control Administrator` on their scopes. Needs `@pulumi/azure-native`.
 */
export interface AzureIdentity extends AzureRoles {
  /** Name of the resource group that it is in. */
  resourceGroupName: pulumi.Input<string>;
  /** Name, 3 to 128 letters, digits, hyphens and underscores. Default: the component's name and 8 random hexadecimal digits. */
  name?: pulumi.Input<string>;
  /** Region. Default: that of the Azure provider (`azure-native:location`), else of the resource group. */
  location?: pulumi.Input<string>;
  /** Tags of the identity. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An application of Entra ID and its service principal, which are made. It needs the right to register applications. Needs
 * `@pulumi/azuread`, and for roles `@pulumi/azure-native`.
 */
export interface AzureApplication extends AzureRoles {
  /** Name for people. Default: the component's name. */
  displayName?: pulumi.Input<string>;
  /** Object ids of users and service principals that may change it as its owners. Default: none. */
  owners?: pulumi.Input<pulumi.Input<string>[]>;
}
