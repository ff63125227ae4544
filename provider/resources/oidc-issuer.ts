import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { checkApiUrl, defaultApiUrl } from "../cloud/backend";
import { checkExpirationSeconds } from "../trust/expiration";
import { checkIssuerUrl } from "../trust/issuers/issuer-url";
import { checkOrganization } from "../trust/names";
import { checkWhenPlain } from "./check-when-plain";
import { DynamicResource } from "./dynamic-resource";

/** A JSON Web Key Set (RFC 7517 §5): the public keys of an issuer that Pulumi Cloud can't reach. */
export interface JsonWebKeySet {
  /** The keys, each a JSON Web Key with `kty`, `kid` and the key's parameters. Public keys only. */
  keys: pulumi.Input<pulumi.Input<Record<string, pulumi.Input<string>>>[]>;
}

/** Arguments of `OidcIssuer`. */
export interface OidcIssuerArgs {
  /** Pulumi organization that is to trust the issuer. Changing it replaces the registration. */
  organization: pulumi.Input<string>;
  /** `iss` of the issuer's tokens: an https URL, compared letter by letter. Changing it replaces the registration. */
  url: pulumi.Input<string>;
  /** Label in Pulumi Cloud; a hash of the resource's URN is appended. Default: the resource's name. */
  name?: pulumi.Input<string>;
  /** Longest life of an access token, in seconds. Default: the service's 90000 (25 hours). */
  maxExpirationSeconds?: pulumi.Input<number>;
  /** SHA-256 thumbprints of the issuer's certificate, lower-case hex. Default: recorded by Pulumi Cloud. */
  thumbprints?: pulumi.Input<pulumi.Input<string>[]>;
  /** Signing keys, for an issuer that Pulumi Cloud can't reach. Default: read from the issuer's discovery document. */
  jwks?: pulumi.Input<JsonWebKeySet>;
  /** Use an issuer that is registered already, without owning it: it stays when this resource goes. Default: false. */
  adopt?: pulumi.Input<boolean>;
  /** Delete the issuer even while definitions of others remain on it. Default: false. */
  forceDestroy?: pulumi.Input<boolean>;
  /**
   * Base address of Pulumi Cloud's API. Default: the one logged in to, else https://api.pulumi.com. Changing it replaces the
   * registration.
   */
  apiUrl?: pulumi.Input<string>;
  /** PEM certificates to trust besides the public authorities, for a self-hosted Pulumi Cloud. */
  caCertificates?: pulumi.Input<string>;
}

/**
 * An OIDC issuer that a Pulumi organization trusts (Pulumi Cloud REST API, "OIDC issuers"). Its auth policy starts by
 * denying everything; `OidcPolicy` adds to it.
 *
 * Errors: `ORGANIZATION_EMPTY`, `ORGANIZATION_INVALID`, `ISSUER_URL_INVALID`, `EXPIRATION_INVALID`, `API_URL_INVALID`,
 * `ISSUER_EXISTS`, `ISSUER_IN_USE`, `TOKEN_FOR_OTHER_API`, `NOT_LOGGED_IN`, `PULUMI_CLOUD_*`.
 *
 * @example
 * ```ts
 * const issuer = new OidcIssuer("prod", {
 *   organization: "acme",
 *   url: "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
 *   maxExpirationSeconds: 3600,
 * });
 * ```
 */
export class OidcIssuer extends DynamicResource {
  /** Id in Pulumi Cloud. */
  readonly issuerId!: pulumi.Output<string>;
  /** `issuer` of the discovery document. */
  readonly issuer!: pulumi.Output<string>;
  /** Whether the issuer was registered before and is only used. */
  readonly adopted!: pulumi.Output<boolean>;

  constructor(name: string, args: OidcIssuerArgs, options?: pulumi.CustomResourceOptions) {
    // Programs run without a type check too, and `config.get` may give nothing.
    checkWhenPlain(args.organization ?? "", checkOrganization);
    checkWhenPlain(args.url, (url) => checkIssuerUrl(url, "url"));
    checkWhenPlain(args.maxExpirationSeconds, (seconds) => checkExpirationSeconds(seconds, "maxExpirationSeconds"));
    checkWhenPlain(args.apiUrl, checkApiUrl);
    const urn = urnOf(name, options?.parent);
    const props = {
      ...args,
      // A name that only this resource can have: after a lost answer it tells our own registration from others'.
      name: pulumi.interpolate`${args.name ?? name}-${pulumi.all([args.organization, urn]).apply(ownerHash)}`,
      apiUrl: args.apiUrl ?? defaultApiUrl(),
      issuerId: undefined,
      issuer: undefined,
      adopted: undefined,
    };
    super("issuer", "OidcIssuer", name, props, options);
  }
}

/**
 * The URN that the issuer will have, without the Output's dependency on the parent: to depend on a component is to wait for
 * all its children, and a sibling `OidcPolicy` waits for this issuer.
 */
function urnOf(name: string, parent: pulumi.Resource | undefined): Promise<string> {
  const urn = pulumi.createUrn(name, "pulumi-nodejs:dynamic/oidc-runner:OidcIssuer", parent);
  return new Promise((resolve) => void urn.apply(resolve));
}

function ownerHash([organization, urn]: [string, string]): string {
  return createHash("sha256").update(`${organization} ${urn}`).digest("hex").slice(0, 8);
}
