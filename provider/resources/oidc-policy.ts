import type * as pulumi from "@pulumi/pulumi";
import { checkApiUrl, defaultApiUrl } from "../cloud/backend";
import { checkDefinitions } from "../trust/check-definitions";
import { checkOrganization } from "../trust/names";
import type { Decision, TokenType } from "../trust/policy";
import { checkWhenPlain } from "./check-when-plain";
import { DynamicResource } from "./dynamic-resource";
import { ownerOf, urnOf } from "./owner";

/** One entry of an issuer's auth policy. */
export interface PolicyDefinition {
  /** `allow` or `deny`. A matching deny wins over every allow. */
  decision: pulumi.Input<Decision>;
  /** Which access tokens it is about: `organization`, `team`, `personal` or `runner`. */
  tokenType: pulumi.Input<TokenType>;
  /** Team of a `team` token; `*` is zero or more, `?` zero or one, `.` exactly one character. */
  teamName?: pulumi.Input<string>;
  /** User of a `personal` token. */
  userLogin?: pulumi.Input<string>;
  /** Runner pool of a `runner` token. */
  runnerID?: pulumi.Input<string>;
  /** Custom role of an `organization` token. Default: the organization's default member role. */
  roleID?: pulumi.Input<string>;
  /** `admin` allows tokens with administrator permissions when they are asked for. Default: none. */
  authorizedPermissions?: pulumi.Input<pulumi.Input<string>[]>;
  /** Claim path to pattern; all must match. Keys with dots are quoted: `"kubernetes.io".namespace`. */
  rules: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Arguments of `OidcPolicy`. */
export interface OidcPolicyArgs {
  /** Pulumi organization of the issuer. Changing it replaces the resource. */
  organization: pulumi.Input<string>;
  /** Id of the issuer in Pulumi Cloud: `issuerId` of `OidcIssuer`. Changing it replaces the resource. */
  issuerId: pulumi.Input<string>;
  /** The definitions this resource owns inside the issuer's list of at most 40. Others' are left alone. */
  definitions: pulumi.Input<pulumi.Input<PolicyDefinition>[]>;
  /** Let a lone deny without rules, which every new issuer starts with, give way. Default: false. */
  replaceDefaultDeny?: pulumi.Input<boolean>;
  /** Take over definitions that are there already instead of refusing them. Default: false. */
  adopt?: pulumi.Input<boolean>;
  /**
   * Base address of Pulumi Cloud's API. Default: the one logged in to, else https://api.pulumi.com. Changing it replaces the
   * resource.
   */
  apiUrl?: pulumi.Input<string>;
  /** PEM certificates to trust besides the public authorities, for a self-hosted Pulumi Cloud. */
  caCertificates?: pulumi.Input<string>;
}

/**
 * Definitions in an issuer's auth policy (Pulumi Cloud REST API, "Auth policies"). An issuer has one list, written by many
 * stacks; this resource adds, changes and removes only its own entries.
 *
 * Errors: `ORGANIZATION_EMPTY`, `ORGANIZATION_INVALID`, `API_URL_INVALID`, `POLICY_EMPTY`, `POLICY_INVALID`, `POLICY_ALLOWS_ALL`, `CLAIM_PATH_INVALID`,
 * `POLICY_NOT_UNIQUE`, `DENY_SHADOWS`, `POLICY_LIMIT`, `POLICY_WRITE_UNCERTAIN`, `POLICY_CONTENDED`, `TOKEN_FOR_OTHER_API`,
 * `NOT_LOGGED_IN`, `PULUMI_CLOUD_*`.
 *
 * @example
 * ```ts
 * new OidcPolicy("deployer", {
 *   organization: "acme",
 *   issuerId: issuer.issuerId,
 *   replaceDefaultDeny: true,
 *   definitions: [{
 *     decision: "allow",
 *     tokenType: "organization",
 *     rules: { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:ci:deployer" },
 *   }],
 * });
 * ```
 */
export class OidcPolicy extends DynamicResource {
  /** Id of the issuer's policy in Pulumi Cloud. */
  readonly policyId!: pulumi.Output<string>;

  constructor(name: string, args: OidcPolicyArgs, options?: pulumi.CustomResourceOptions) {
    // Programs run without a type check too, and `config.get` may give nothing.
    checkWhenPlain(args.organization ?? "", checkOrganization);
    checkWhenPlain(args.definitions, checkDefinitions);
    checkWhenPlain(args.apiUrl, checkApiUrl);
    const props = {
      ...args,
      apiUrl: args.apiUrl ?? defaultApiUrl(),
      // After an update that was killed it tells our own definitions from others'.
      owner: ownerOf(args.organization, urnOf("OidcPolicy", name, options?.parent)),
      policyId: undefined,
    };
    super("policy", "OidcPolicy", name, props, options);
  }
}
