import * as pulumi from "@pulumi/pulumi";
import { defaultApiUrl } from "../../pulumi-cloud/api";
import { registeredName } from "../../trust/issuers";
import type { Duration } from "../../trust/policy";
import { checkArguments } from "./check-arguments";
import { issuerChecks } from "./checks";
import { CloudResource, typeTokens } from "./cloud-resource";
import { checkNow, required } from "./lib";
import { servingPlugin } from "./serving-plugin";

/** A JSON Web Key Set (RFC 7517 §5): the public keys of an issuer that Pulumi Cloud can't reach. */
export interface JsonWebKeySet {
  /** The keys, each a JSON Web Key with `kty`, `kid` and the key's parameters. Public keys only. */
  keys: pulumi.Input<pulumi.Input<Record<string, pulumi.Input<string>>>[]>;
}

/** A cluster to read keys from, by what is on the machine that runs Pulumi. Contents of a kubeconfig would land in state. */
export interface KeysFromCluster {
  /** Path of a kubeconfig. Default: `KUBECONFIG`, then `~/.kube/config`, then the pod's own ServiceAccount. */
  kubeconfig?: pulumi.Input<string>;
  /** Context in the kubeconfig. Default: its current one. */
  context?: pulumi.Input<string>;
}

/** Arguments of `OidcIssuer`. */
export interface OidcIssuerArgs {
  /** Pulumi organization that is to trust the issuer. Changing it replaces the registration. */
  organization: pulumi.Input<string>;
  /** `iss` of the issuer's tokens: an https URL, with a final slash where they have one. Changing it replaces the registration. */
  issuerUrl: pulumi.Input<string>;
  /** Label in Pulumi Cloud; hashes of stack and resource are appended. Default: the resource's name. */
  name?: pulumi.Input<string>;
  /**
   * Longest life of an access token: seconds, or a text such as `"2h"`, `"30m"` or `"1h30m"`; from 5 seconds to two years.
   * Default: the service's 90000 (25 hours).
   */
  maxExpirationSeconds?: pulumi.Input<Duration>;
  /**
   * SHA-256 thumbprints of the issuer's certificate, 64 hexadecimal digits each, in any case and with or without colons. They
   * count only where the certificate is not from a public authority. Default: recorded by Pulumi Cloud and left alone.
   */
  thumbprints?: pulumi.Input<pulumi.Input<string>[]>;
  /** Any text; a new one makes Pulumi Cloud record the certificate served now. Not with thumbprints or keys. Default: none. */
  regenerateThumbprints?: pulumi.Input<string>;
  /**
   * Signing keys, for an issuer that Pulumi Cloud can't reach. Refused for EKS, GKE and AKS, whose keys rotate. Default: read
   * from the issuer's discovery document.
   */
  jwks?: pulumi.Input<JsonWebKeySet>;
  /**
   * Reads the signing keys from a cluster's API server instead, at each create, update and refresh: keys that were rotated
   * show as drift, and the next update uploads them. Needs the package `@kubernetes/client-node`. Default: none.
   */
  jwksFromCluster?: pulumi.Input<KeysFromCluster>;
  /** Use an issuer that is registered already, without owning it: it stays when this resource goes. Default: false. */
  adopt?: pulumi.Input<boolean>;
  /**
   * Use the issuer with this id, without owning it and without reading the list of all issuers. Changing it replaces the
   * resource. Default: none.
   */
  issuerId?: pulumi.Input<string>;
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
 * The resource option `import: "organization/issuerId"` takes an issuer that is registered already and owns it from then on:
 * it is renamed, and deleted with the resource. What the arguments do not mention stays as it is.
 *
 * Errors: `ARGUMENT_UNKNOWN`, `ARGUMENT_INVALID`, `ORGANIZATION_EMPTY`, `ORGANIZATION_INVALID`, `ISSUER_URL_INVALID`, `ISSUER_URL_SHARED`, `EXPIRATION_INVALID`, `THUMBPRINT_INVALID`,
 * `JWKS_INVALID`, `JWKS_PRIVATE`, `JWKS_OF_ROTATING_ISSUER`, `OPTION_CONFLICT`, `IMPORT_ID_INVALID`, `API_URL_INVALID`, `API_URL_INSECURE`,
 * `KUBECONFIG_INVALID`, `CLUSTER_KEYS_UNREADABLE`, `CLUSTER_ISSUER_MISMATCH`, `PEER_MISSING`, `ISSUER_EXISTS`,
 * `ISSUER_MISMATCH`, `ISSUER_NOT_FOUND`, `ISSUER_NOT_VISIBLE`, `ISSUER_IN_USE`, `TOKEN_FOR_OTHER_API`, `NOT_LOGGED_IN`, `LOGIN_ENCRYPTED`,
 * `DYNAMIC_MODULE_NOT_FOUND`, `CANCELLED`, `PULUMI_CLOUD_*`.
 *
 * @example
 * ```ts
 * const issuer = new OidcIssuer("prod", {
 *   organization: "acme",
 *   issuerUrl: "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
 *   maxExpirationSeconds: 3600,
 * });
 * ```
 */
export class OidcIssuer extends CloudResource {
  /** Id in Pulumi Cloud. */
  readonly issuerId!: pulumi.Output<string>;
  /** `iss` of the trusted tokens, as given. */
  readonly issuerUrl!: pulumi.Output<string>;
  /** `issuer` of the discovery document. */
  readonly issuer!: pulumi.Output<string>;
  /** Whether the issuer was registered before and is only used. */
  readonly adopted!: pulumi.Output<boolean>;
  /** SHA-256 thumbprints as recorded, given or not; lower-case hex. Undefined when there are none. */
  readonly thumbprints!: pulumi.Output<string[]>;
  /** When it was registered: RFC 3339, UTC. */
  readonly created!: pulumi.Output<string>;
  /** When it was last changed, as of the last update or refresh: RFC 3339, UTC. */
  readonly modified!: pulumi.Output<string>;
  /** Last exchange of one of its tokens, as of the last update or refresh: RFC 3339, UTC. Undefined when there was none. */
  readonly lastUsed!: pulumi.Output<string>;

  constructor(name: string, args: OidcIssuerArgs, options?: pulumi.CustomResourceOptions) {
    checkArguments("OidcIssuer", name, args);
    checkNow({ ...required(args, "organization", "issuerUrl"), importId: options?.import }, issuerChecks(name));
    const { organization } = args;
    const urn = urnOf(name, options?.parent);
    const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
    const label = args.name ?? name;
    const props = {
      ...args,
      // A name that only this resource can have: after a lost answer it tells our own registration from others'. The plugin
      // makes it itself, because programs in other languages give the label alone.
      name: servingPlugin()
        ? label
        : pulumi
            .all([label, organization, urn])
            .apply(([text, owner, resource]) =>
              registeredName(text, { organization: owner, project, stack, urn: resource }),
            ),
      apiUrl: args.apiUrl ?? defaultApiUrl(),
      issuerId: args.issuerId,
      issuer: undefined,
      adopted: undefined,
      thumbprints: args.thumbprints,
      created: undefined,
      modified: undefined,
      lastUsed: undefined,
    };
    super("OidcIssuer", name, props, options);
  }
}

/**
 * The URN that a dynamic resource will have, without the Output's dependency on the parent: to depend on a component is to
 * wait for all its children, and one of them may wait for this resource.
 */
function urnOf(name: string, parent: pulumi.Resource | undefined): Promise<string> {
  const urn = pulumi.createUrn(name, typeTokens("OidcIssuer").dynamic, parent);
  return new Promise((resolve) => void urn.apply(resolve));
}
