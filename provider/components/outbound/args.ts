import type * as pulumi from "@pulumi/pulumi";
import type { AwsRole } from "../aws";

/** How Pulumi Cloud assumes the role. */
export interface OutboundAwsSession {
  /**
   * Name of the session, 2 to 64 letters, digits and characters of _+=,.@-; it may hold Pulumi Cloud's variables, such as
   * `${stack.name}`. Default: `pulumi-deployments` or `pulumi-esc`.
   */
  name?: pulumi.Input<string>;
  /** Life of the credentials, in seconds, 900 to the role's `maxSessionDuration`. Default: Pulumi Cloud's, an hour. */
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
   * look and the update is taken away. An audience that the program no longer names stays as well. Default: false.
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
