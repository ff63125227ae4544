import type * as pulumi from "@pulumi/pulumi";
import { defaultApiUrl } from "../../pulumi-cloud/api";
import { defined } from "../../pulumi-cloud/issuers";
import type { IssuerKey } from "../../trust/issuers";
import { checkArguments } from "./check-arguments";
import { CloudResource } from "./cloud-resource";
import type { LintWaiver, PolicyDefinition } from "./policy-definition";
import { type Reviewed, reviewArgs, warnOf } from "./review-args";
import { servingPlugin } from "./serving-plugin";

export type * from "./access-token";
export type * from "./policy-definition";

/** Arguments of `OidcPolicy`. */
export interface OidcPolicyArgs {
  /** Pulumi organization of the issuer. Changing it replaces the resource. */
  organization: pulumi.Input<string>;
  /** Id of the issuer in Pulumi Cloud: `issuerId` of `OidcIssuer`. Changing it replaces the resource. */
  issuerId: pulumi.Input<string>;
  /**
   * The policies this resource owns inside the issuer's list. Others' are left alone. They stand in the order given, which
   * has no effect: a deny always wins. Each rule needs a literal character: Pulumi Cloud refuses patterns of wildcards alone.
   */
  policies: pulumi.Input<pulumi.Input<PolicyDefinition>[]>;
  /** Take over policies that are there already instead of refusing them. Default: false. */
  adopt?: pulumi.Input<boolean>;
  /** Whose tokens they are about; rules on claims that such tokens never have are refused. Default: unknown. */
  issuerKind?: pulumi.Input<IssuerKey>;
  /**
   * Findings of the linter to leave out, each by name and with a reason. Its errors refuse the policy (`POLICY_LINT`), its
   * warnings are shown. Default: none.
   */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
  /**
   * Claims of the token this deployment itself logs in with, claim path to value: a change after which nothing allows it any
   * more is announced as `LOCKS_OUT_CALLER`. Costs one more read of the policy for each change. Default: not
   * checked.
   */
  callerClaims?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** The same, by the path of a file that holds the token. It is read at each change, decoded and never stored. */
  callerTokenFile?: pulumi.Input<string>;
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
 * stacks; this resource adds, changes and removes only its own entries. The deny that a new issuer starts with (it stands alone,
 * and none of its rules has a literal character) gives way to the first of them, on adopted issuers too. When the last
 * definition of an issuer goes, a deny of its subject takes its place, since the list can't be empty; it has a rule more,
 * `iss: "https:*"`, by which it is known and gives way when a definition comes again.
 *
 * The linter (`oidc-runner lint`) reads the definitions before they are written: what it calls an error is refused with
 * `POLICY_LINT`, whose text names the findings; its warnings are shown once for each resource. Each can be waived by name.
 * `LOCKS_OUT_CALLER` is a warning too: the provider writes it to its standard error before the change is made, and the engine
 * shows that. So is `TOKEN_OWNER_UNKNOWN`, in a preview: the organization shows no such team, member, runner pool or role. It costs one
 * request for each of these that an update brings in.
 *
 * Pulumi's option `import: "organization/issuerId/policyId"` takes the definitions over, as `adopt` does, when the resource
 * is created.
 *
 * After an update that was killed: `pulumi cancel`, `pulumi refresh --clear-pending-creates`, `pulumi up`. Definitions that the
 * killed update wrote belong to no state, so they are refused with `POLICY_NOT_UNIQUE`: set `adopt` for one update.
 *
 * Errors: `ORGANIZATION_EMPTY`, `ORGANIZATION_INVALID`, `API_URL_INVALID`, `API_URL_INSECURE`, `POLICY_EMPTY`, `POLICY_INVALID`,
 * `POLICY_ALLOWS_ALL`, `PATTERN_WITHOUT_LITERAL`, `PATTERN_TOO_LONG`, `CLAIM_PATH_INVALID`, `TOKEN_OWNER_MISSING`, `SUBJECT_INVALID`, `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`,
 * `POLICY_LINT`, `WAIVER_INVALID`, `CALLER_INVALID`, `OPTION_CONFLICT`, `IMPORT_ID_INVALID`, `POLICY_NOT_UNIQUE`,
 * `DENY_SHADOWS`, `POLICY_WRITE_UNCERTAIN`, `POLICY_NOT_STORED`, `POLICY_CONTENDED`, `ISSUER_NOT_FOUND`, `ISSUER_NOT_VISIBLE`,
 * `TOKEN_FOR_OTHER_API`, `NOT_LOGGED_IN`, `LOGIN_ENCRYPTED`, `DYNAMIC_MODULE_NOT_FOUND`, `CANCELLED`,
 * `PULUMI_CLOUD_*`.
 *
 * @example
 * ```ts
 * new OidcPolicy("deployer", {
 *   organization: "acme",
 *   issuerId: issuer.issuerId,
 *   policies: [{
 *     decision: "allow",
 *     accessToken: { organization: {} },
 *     kubernetes: { namespace: "ci", serviceAccountName: "deployer" },
 *   }],
 * });
 * ```
 */
export class OidcPolicy extends CloudResource {
  /** Id of the issuer's policy in Pulumi Cloud. */
  readonly policyId!: pulumi.Output<string>;

  /** @param reviewed what a component has reviewed before it was registered; others leave it out */
  constructor(
    name: string,
    args: OidcPolicyArgs,
    options?: pulumi.CustomResourceOptions,
    reviewed: pulumi.Output<Reviewed> = reviewArgs(checkArguments("OidcPolicy", name, args)),
  ) {
    const props = {
      ...defined(args),
      apiUrl: args.apiUrl ?? defaultApiUrl(),
      policyId: undefined,
    };
    super("OidcPolicy", name, props, options);
    // The plugin warns when it checks the inputs, for programs in other languages too.
    if (servingPlugin() === undefined) {
      warnOf(reviewed, this);
    }
  }
}
