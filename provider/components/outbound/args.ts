import type * as pulumi from "@pulumi/pulumi";
import type { ExactlyOne } from "../../resources";
import type { AwsRole } from "../aws";
import type { AzureApplication, AzureIdentity } from "../azure";

/** How Pulumi Cloud assumes the role. */
export interface OutboundAwsSession {
  /**
   * Name of the session, 2 to 64 letters, digits and characters of _+=,.@-; it may hold Pulumi Cloud's variables, such as
   * `${stack.name}`. Default: `pulumi-deployments` or `pulumi-esc`.
   */
  name?: pulumi.Input<string>;
  /**
   * Life of the credentials, in seconds, 900 to the role's `maxSessionDuration`. Default: 3600, which every role allows. It is always
   * said, because Pulumi ESC asks for two hours otherwise and a role allows one unless it is told more.
   */
  durationSeconds?: pulumi.Input<number>;
  /** ARNs of managed policies that narrow the session further than the role, at most 10. Default: none. */
  policyArns?: pulumi.Input<string>[];
}

/**
 * Access to AWS: a role that the trusted tokens may assume, and no others. An account has one IAM OIDC provider for each issuer,
 * which all trusts in the account share: let one program make it, and the others find it or give its ARN.
 */
export interface OutboundAws {
  /** The role. Default: one without policies. */
  role?: AwsRole;
  /** ARN of the account's IAM OIDC provider for the issuer; it must take the audience. Default: looked up by the issuer. */
  oidcProviderArn?: pulumi.Input<string>;
  /**
   * Make the IAM OIDC provider, once for all trusts of the program. It takes the audiences of Pulumi Deployments and of Pulumi ESC for
   * the organization. Audiences that others have added are kept: they are looked up in each run, and one that comes between that
   * look and the update is taken away. An audience that the program no longer names stays as well. Where there is a provider already, the
   * update fails with `OIDC_PROVIDER_EXISTS`, which names the command that takes it over. Default: false.
   */
  createOidcProvider?: boolean;
  /** Audiences that the provider takes besides, with `createOidcProvider`. Default: none. */
  oidcProviderAudiences?: pulumi.Input<string>[];
  /**
   * Characters that the account's quota "Role trust policy length" allows, 2048 to 8192. A longer policy is refused before anything
   * is made. Default: 2048.
   */
  trustPolicyLength?: number;
  /** How Pulumi Cloud assumes the role. Default: a session of an hour with all that the role may do. */
  session?: OutboundAwsSession;
}

/** Roles on Google Cloud projects. Each is one `gcp.projects.IAMMember`, which leaves what others have alone. */
export interface OutboundGcpRoles {
  /** Roles on the pool's project, for example `["roles/storage.objectViewer"]`. Default: none. */
  projectRoles?: string[];
  /** Roles on other projects, by the project's id. Default: none. */
  rolesByProject?: Record<string, string[]>;
}

/** A Google service account that is made. */
export interface OutboundGcpServiceAccount extends OutboundGcpRoles {
  /** Account id, 6 to 30 characters. Default: from the component's name and a hash of organization, project, stack and name. */
  accountId?: pulumi.Input<string>;
  /** Name for people, at most 100 bytes. Default: `Pulumi Cloud` and the component's name. */
  displayName?: pulumi.Input<string>;
  /** What it is for, at most 256 bytes. Default: none. */
  description?: pulumi.Input<string>;
}

/** What OutboundGcp is made of. */
export interface OutboundGcpBlocks {
  /** Id of the project of the pool. */
  project: pulumi.Input<string>;
  /** Number of that project. Default: looked up, which needs the permission `resourcemanager.projects.get`. */
  projectNumber?: pulumi.Input<string>;
  /** Id of the workload identity pool, 4 to 32 characters. Default: `pulumi`. */
  poolId?: pulumi.Input<string>;
  /**
   * Make the pool, once for all trusts of the program; needs `createProvider`. Where there is one of this id already, or was in the past
   * 30 days, in which Google keeps the id of a deleted pool, the update fails with `GCP_ID_TAKEN`, which names the commands that take
   * it over; its provider likewise. Default: false, it is there.
   */
  createPool?: boolean;
  /** Id of the pool's provider, 4 to 32 characters. Default: `pulumi-deployments` or `pulumi-esc`. */
  providerId?: pulumi.Input<string>;
  /**
   * Make the provider, once for all trusts of the program. Default: false; it is looked up, and refused unless issuer, audience, mapping
   * and condition are those that another such trust makes.
   */
  createProvider?: boolean;
  /** Make a service account that the trusted tokens may act as. */
  serviceAccount?: OutboundGcpServiceAccount;
  /**
   * Let the trusted tokens act as this service account, of whatever project. A second trust of the program that lets the same tokens
   * act as it is refused (`GOOGLE_GRANT_TWICE`), because Google keeps one grant for both.
   */
  serviceAccountEmail?: pulumi.Input<string>;
  /**
   * Give roles to the trusted tokens themselves. A few of Google's services don't take such principals, and the logins that Pulumi Cloud
   * does by itself need a service account: the token is to be exchanged by the work.
   */
  directPrincipal?: OutboundGcpRoles;
  /** Region that Pulumi Cloud is told. Default: none. */
  region?: pulumi.Input<string>;
  /** Life of the service account's credentials, in seconds, 1 to 43200; Google takes more than 3600 only where a policy of the organization allows it. Default: Pulumi Cloud's, an hour. */
  tokenLifetimeSeconds?: pulumi.Input<number>;
}

/**
 * Access to Google Cloud by Workload Identity Federation: exactly one of `serviceAccount`, `serviceAccountEmail` and
 * `directPrincipal`. Programs can share a pool and a provider, because the provider's condition names the organization alone, and each
 * trust has members of its own: let one program make them, and the others name them. The warning `GOOGLE_ROLE_BROAD` (owner,
 * editor, and roles that let their holder become others) can be waived.
 */
export type OutboundGcp = ExactlyOne<OutboundGcpBlocks, "serviceAccount" | "serviceAccountEmail" | "directPrincipal">;

/** What OutboundAzure is made of. */
export interface OutboundAzureBlocks {
  /** Make a user-assigned managed identity, which needs no right in Entra ID. */
  identity?: AzureIdentity;
  /** Make an application of Entra ID and its service principal. */
  application?: AzureApplication;
  /**
   * Resource id of a user-assigned managed identity that is there, of the Azure provider's subscription. What the program's trusts add to
   * it is counted together. Credentials that it has besides are not, because no provider lists them: Azure refuses the 21st during the
   * update. Other programs that write its credentials at the same time are refused by Azure.
   */
  identityId?: pulumi.Input<string>;
  /** Id of an application that is there and has a service principal, `/applications/OBJECT-ID`. Counted as with `identityId`. */
  applicationId?: pulumi.Input<string>;
  /**
   * Subscription that Pulumi Cloud is told. Needed with `application` and `applicationId`. Default: that of the identity.
   */
  subscriptionId?: pulumi.Input<string>;
  /**
   * Make an identity of its own for each stack or environment, all with the same roles, where one does not take them all. Default: false.
   */
  split?: boolean;
}

/**
 * Access to Azure: exactly one of `identity`, `application`, `identityId` and `applicationId`. Azure compares the subject of a token
 * exactly, so each subject is a federated credential of its own, and an identity takes 20: five stacks with the four usual operations.
 * More are refused before anything is made (`AZURE_CREDENTIALS_TOO_MANY`), unless they are `split`. An update makes
 * new credentials before it deletes old ones, so that a full identity can't exchange one stack for another in one update. Entra ID needs some minutes until
 * it knows a new credential everywhere. An Azure Policy of the subscription may forbid federated credentials, or those of other than
 * well-known issuers. The warning `AZURE_ROLE_BROAD` (roles that give roles, Contributor of a whole subscription) can be waived.
 */
export type OutboundAzure = ExactlyOne<
  OutboundAzureBlocks,
  "identity" | "application" | "identityId" | "applicationId"
>;
