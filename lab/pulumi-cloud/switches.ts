import type { PolicyDefinition, TokenType } from "../../trust/policy";

/**
 * What the real Pulumi Cloud does, or may do, one switch each. A default with a source is what people saw it do; every other
 * default is our reading of the public documents and was **not verified against the real service**. A test that depends on one
 * should run with the other values too.
 */
export interface Switches {
  /**
   * Status of an exchange that no policy allows. Default 400, as seen where only the deny of a new issuer was there
   * (limit7412/VRCServiceStatusPanel, infra/README.md); no other was seen.
   */
  deniedStatus: 400 | 401 | 403;
  /** Answer refused exchanges with an empty `error_description`; its real texts are not published. Default false. */
  emptyErrorDescriptions: boolean;
  /**
   * `discovered`: an issuer is known by the `issuer` of its discovery document, which may lack or have the final slash of the
   * registered URL. Pulumi's guides for GitLab and GKE register URLs with a slash that the tokens lack (pulumi/docs,
   * guides/oidc-issuers/gitlab.md at 4779abe, kubernetes-gke.md at 4cff4002), and the answer has `url` and `issuer` apart.
   * Whether a second URL of the same issuer is refused is not known: here it is not. `exact`: a slash more or less is another
   * issuer, so such a URL is refused. Not verified against the real service. Default `discovered`.
   */
  trailingSlash: "discovered" | "exact";
  /** Clock skew allowed for `exp`, `nbf` and `iat`, seconds; not verified against the real service. Default 60. */
  leewaySeconds: number;
  /** Refuse a subject token seen before (by issuer and `jti`); not verified against the real service. Default false. */
  refuseReplay: boolean;
  /** Claims that must be present besides `iss` and `exp`; not verified against the real service. Default none. */
  requiredClaims: string[];
  /** How long keys are kept when the issuer sends no `max-age`, seconds; not verified. Default 300. */
  keysMaxAgeSeconds: number;
  /** Least time between two fetches of keys for the sake of an unknown `kid`, seconds; not verified. Default 30. */
  keysCooldownSeconds: number;
  /** Patience with an issuer's server, milliseconds of real time; not verified. Default 10000. */
  discoveryTimeoutMs: number;
  /** Fetch discovery at registration even when `jwks` is given; not verified. Default false. */
  discoverDespiteJwks: boolean;
  /**
   * Bounds of an issuer's `maxExpiration`, seconds, both included; 30 was stored (pulumi/docs#16317). They do not concern 0,
   * which means no limit of its own. Default 1 and none.
   */
  maxExpirationBounds: { minimum: number; maximum: number };
  /**
   * `maxExpiration` in the answer for an issuer that has no limit of its own, because it was registered without one or with 0:
   * left out, or 0; not verified against the real service. Default `absent`.
   */
  unlimitedExpiration: "absent" | "zero";
  /** Refuse a second issuer of the same name in an organization (409); not verified. Default false. */
  uniqueNames: boolean;
  /**
   * Status for the registration of a URL that the organization has already. 409 is what a comment in Pulumi's own acceptance
   * tests says (pulumi/pulumi-pulumiservice at dc76a018, examples/examples_api_test.go, `oidcIssuerConfig`), while the OpenAPI
   * document lists 200 and 400 (provider/pkg/cloud/spec.json there). Neither text is published. Default 409.
   */
  duplicateUrlStatus: 400 | 409;
  /**
   * A `url` in a PATCH that differs from the registered one: refused (400), or ignored, as a service ignores fields that its
   * schema lacks: `OidcIssuerUpdateRequest` has no `url` (pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/cloud/spec.json).
   * Not verified against the real service. Default `ignore`.
   */
  urlInPatch: "refuse" | "ignore";
  /**
   * Status for the policy of an issuer id that does not exist. `GetAuthPolicy` lists 400 "Invalid issuer ID" and no 404, unlike
   * the routes of issuers (pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/cloud/spec.json); whether that is only for
   * what is not a UUID is not known. Default 400.
   */
  policyOfUnknownIssuer: 400 | 404;
  /**
   * Equal entries in the list of a policy: stored as sent, stored once (the first of them), or refused (400); not verified
   * against the real service. Default `keep`.
   */
  equalDefinitions: "keep" | "collapse" | "reject";
  /**
   * Refuse (400) an allow for organization tokens with neither `authorizedPermissions` nor `roleID`. The official provider
   * describes one of them as required (pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/resources/oidc_issuer.go), while the
   * examples of Pulumi's REST documentation send an empty list (pulumi/docs, reference/cloud-rest-api/oidc-issuers/_index.md at
   * 4e7669c1). Not verified against the real service. Default false.
   */
  organizationNeedsPermissionOrRole: boolean;
  /** Refuse policy definitions that name a team, user, runner or role the organization lacks; not verified. Default false. */
  policyPrincipalsMustExist: boolean;
  /** Who is shown the lists of teams and members; pools are the administrators'. Not verified. Default `organization`, each of its tokens. */
  tokenOwnersShownTo: "organization" | "administrators";
  /**
   * What every rule of a definition in a PATCH must have: a literal character (`required`); any character (`non-empty`); or
   * nothing, nor need there be a rule (`optional`). Seen was the refusal of a `sub` of the empty text, with "key sub should at
   * least have a strict matching portion" (limit7412/VRCServiceStatusPanel, infra/README.md); whether `*` and a definition
   * without rules are refused is not known. Default `required`.
   */
  literalParts: "required" | "non-empty" | "optional";
  /** Most definitions in a policy. Default 5000, since March 2026 (pulumi/docs#18182; 40 before, pulumi/docs#15573). */
  maximumDefinitions: number;
  /**
   * Definitions for runner tokens: stored, or refused (400), as staging did in October 2025 ("to prevent API validation
   * errors", pulumi/pulumi-pulumiservice#547); whether that is a matter of the edition is not known. Default `accept`.
   */
  runnerPolicies: "accept" | "refuse";
  /**
   * The definitions a new issuer starts with. Default one deny with an empty rule on `sub` (limit7412/VRCServiceStatusPanel,
   * infra/README.md); its token type and other rules are not recorded. Another reading has a deny without rules.
   */
  defaultPolicy: PolicyDefinition[];
  /** Whether access tokens outlive the issuer they came from; not verified. Default true. */
  tokensOutliveIssuer: boolean;
  /** Status for a caller without the permission; the service sometimes hides with 404 instead. Default 403. */
  forbiddenStatus: 403 | 404;
  /** Token types the organization's edition allows: the Individual one only `personal` (same source). Default all. */
  tokenTypes: TokenType[];
  /**
   * `scope` of a successful exchange: the requested one, or empty, as in the one documented answer, for an organization token
   * (pulumi/docs, administration/concepts/oidc-issuers.md at f5a2fc48). What a team's token gets is not known. Default `empty`.
   */
  scopeEcho: "request" | "empty";
  /**
   * `operation` in the tokens of a drift run of Pulumi Deployments: the API's own name of it, `detect-drift` or
   * `remediate-drift` (`OperationContextRequest`, pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/cloud/spec.json); or that
   * of the command it runs, `refresh` or `update` (pulumi.com/docs/deployments/concepts/drift). Not verified against the real
   * service. Default `own`.
   */
  driftOperation: "own" | "command";
}

/** The documented defaults, a fresh copy each time. */
export function defaultSwitches(): Switches {
  return {
    deniedStatus: 400,
    emptyErrorDescriptions: false,
    trailingSlash: "discovered",
    leewaySeconds: 60,
    refuseReplay: false,
    requiredClaims: [],
    keysMaxAgeSeconds: 300,
    keysCooldownSeconds: 30,
    discoveryTimeoutMs: 10_000,
    discoverDespiteJwks: false,
    maxExpirationBounds: { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    unlimitedExpiration: "absent",
    uniqueNames: false,
    duplicateUrlStatus: 409,
    urlInPatch: "ignore",
    policyOfUnknownIssuer: 400,
    equalDefinitions: "keep",
    organizationNeedsPermissionOrRole: false,
    policyPrincipalsMustExist: false,
    tokenOwnersShownTo: "organization",
    literalParts: "required",
    maximumDefinitions: 5000,
    runnerPolicies: "accept",
    defaultPolicy: [{ decision: "deny", tokenType: "organization", authorizedPermissions: [], rules: { sub: "" } }],
    tokensOutliveIssuer: true,
    forbiddenStatus: 403,
    tokenTypes: ["organization", "team", "personal", "runner"],
    scopeEcho: "empty",
    driftOperation: "own",
  };
}
