import * as pulumi from "@pulumi/pulumi";
import { checkApiUrl } from "../cloud/backend";
import { checkWhenPlain } from "../resources/check-when-plain";
import { type JsonWebKeySet, OidcIssuer } from "../resources/oidc-issuer";
import { type LintWaiver, OidcPolicy, type PolicyDefinition } from "../resources/oidc-policy";
import { checkDefinitionArgs } from "../resources/policy-args";
import { checkExpirationSeconds } from "../trust/expiration";
import { gkeIssuerUrl } from "../trust/issuers/gke";
import { checkIssuerUrl } from "../trust/issuers/issuer-url";
import { type IssuerKind, issuerKindOf } from "../trust/lint/issuer-kind";
import { checkOrganization } from "../trust/names";
import { exactlyOne } from "./exactly-one";

/** An issuer given by its URL. */
export interface IssuerByUrl {
  /** `iss` of its tokens, letter by letter. */
  url: pulumi.Input<string>;
}

/** An issuer given by its URL, whose keys can be uploaded. */
export interface IssuerWithKeys {
  /** `iss` of its tokens, letter by letter. */
  url: pulumi.Input<string>;
  /** Signing keys, when Pulumi Cloud can't reach the issuer. Default: read from its discovery document. */
  jwks?: pulumi.Input<JsonWebKeySet>;
}

/** A GKE cluster, from whose names the issuer follows. */
export interface GkeClusterReference {
  /** Google Cloud project of the cluster. */
  project: pulumi.Input<string>;
  /** Region or zone of the cluster. */
  location: pulumi.Input<string>;
  /** Name of the cluster. */
  name: pulumi.Input<string>;
}

/** Arguments of `OidcTrustSetup`. Exactly one of `eks`, `gke`, `aks`, `kubernetes`, `custom` says who the issuer is. */
export interface OidcTrustSetupArgs {
  /** Pulumi organization that is to trust the issuer. */
  organization: pulumi.Input<string>;
  /** An EKS cluster's issuer: `cluster.identity.oidc.issuer` of `aws eks describe-cluster`. */
  eks?: IssuerByUrl;
  /** A GKE cluster. */
  gke?: GkeClusterReference;
  /** An AKS cluster's issuer: `oidcIssuerProfile.issuerUrl` of `az aks show`, with its final slash. */
  aks?: IssuerByUrl;
  /** Any other cluster. */
  kubernetes?: IssuerWithKeys;
  /** Any other OIDC issuer. */
  custom?: IssuerWithKeys;
  /** Definitions to put into the issuer's auth policy. Default: none; runners add their own. */
  policies?: pulumi.Input<pulumi.Input<PolicyDefinition>[]>;
  /** Findings of the linter about `policies` to leave out, each by name and with a reason. Default: none. */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
  /** Claims of the token this deployment logs in with, as in `OidcPolicy`: it warns `LOCKS_OUT_CALLER`. Default: none. */
  callerClaims?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** The same, by the path of a file that holds the token. Default: none. */
  callerTokenFile?: pulumi.Input<string>;
  /** Longest life of an access token, in seconds. Default: the service's 90000 (25 hours). */
  maxExpirationSeconds?: pulumi.Input<number>;
  /** Use an issuer that is registered already, without owning it. Default: false. */
  adopt?: pulumi.Input<boolean>;
  /** Delete the issuer even while definitions of others remain on it. Default: false. */
  forceDestroy?: pulumi.Input<boolean>;
  /** Base address of Pulumi Cloud's API. Default: the one logged in to, else https://api.pulumi.com. */
  apiUrl?: pulumi.Input<string>;
  /** PEM certificates to trust besides the public authorities, for a self-hosted Pulumi Cloud. */
  caCertificates?: pulumi.Input<string>;
}

const ISSUERS = ["eks", "gke", "aks", "kubernetes", "custom"] as const;

/**
 * A Pulumi organization trusts an OIDC issuer: the issuer is registered (or adopted) and policy definitions are attached.
 *
 * Errors: `OPTION_MISSING`, `OPTION_CONFLICT`, `GKE_CLUSTER_INVALID`, and those of `OidcIssuer` and `OidcPolicy`.
 *
 * @example
 * ```ts
 * const trust = new OidcTrustSetup("prod", {
 *   organization: "acme",
 *   gke: { project: "acme-prod", location: "europe-west1", name: "prod" },
 *   maxExpirationSeconds: 3600,
 * });
 * ```
 */
export class OidcTrustSetup extends pulumi.ComponentResource {
  /** Id of the issuer in Pulumi Cloud. */
  readonly issuerId: pulumi.Output<string>;
  /** `iss` of the trusted tokens. */
  readonly issuerUrl: pulumi.Output<string>;
  /** Whether the issuer was registered before and is only used. */
  readonly adopted: pulumi.Output<boolean>;

  constructor(name: string, args: OidcTrustSetupArgs, options?: pulumi.ComponentResourceOptions) {
    const kind = exactlyOne(args, ISSUERS, name);
    // Programs run without a type check too, and `config.get` may give nothing.
    checkWhenPlain(args.organization ?? "", checkOrganization);
    checkWhenPlain(args.maxExpirationSeconds, (seconds) => checkExpirationSeconds(seconds, "maxExpirationSeconds"));
    checkWhenPlain(args.apiUrl, checkApiUrl);
    const definitions = definitionArgs(kind, args);
    if (definitions !== undefined) {
      checkDefinitionArgs(definitions);
    }
    if (kind === "gke") {
      checkWhenPlain(args.gke, gkeIssuerUrl);
    } else {
      checkWhenPlain(args[kind]?.url, (url) => checkIssuerUrl(url, `${kind}.url`));
    }
    super("oidc-runner:index:OidcTrustSetup", name, {}, options);
    const { organization, apiUrl, caCertificates } = args;
    const issuer = new OidcIssuer(
      name,
      {
        organization,
        apiUrl,
        caCertificates,
        url: issuerUrlOf(args),
        jwks: (args.kubernetes ?? args.custom)?.jwks,
        maxExpirationSeconds: args.maxExpirationSeconds,
        adopt: args.adopt,
        forceDestroy: args.forceDestroy,
      },
      { parent: this },
    );
    this.issuerId = issuer.issuerId;
    this.issuerUrl = pulumi.output(issuerUrlOf(args));
    this.adopted = issuer.adopted;
    if (definitions !== undefined) {
      const { issuerId } = this;
      const replaceDefaultDeny = this.adopted.apply((adopted) => !adopted);
      new OidcPolicy(name, { ...definitions, apiUrl, caCertificates, issuerId, replaceDefaultDeny }, { parent: this });
    }
    this.registerOutputs({ issuerId: this.issuerId, issuerUrl: this.issuerUrl, adopted: this.adopted });
  }
}

function issuerUrlOf(args: OidcTrustSetupArgs): pulumi.Input<string> {
  if (args.gke !== undefined) {
    return pulumi.output({ ...args.gke }).apply(gkeIssuerUrl);
  }
  const byUrl = args.eks ?? args.aks ?? args.kubernetes ?? args.custom;
  return (byUrl as IssuerByUrl).url;
}

/** What goes to the trust's own `OidcPolicy`; undefined without one. */
function definitionArgs(kind: (typeof ISSUERS)[number], args: OidcTrustSetupArgs) {
  const { organization, policies: definitions, waive, callerClaims, callerTokenFile } = args;
  if (definitions === undefined) {
    return undefined;
  }
  return { organization, definitions, issuerKind: issuerKind(kind, args), waive, callerClaims, callerTokenFile };
}

function issuerKind(kind: (typeof ISSUERS)[number], args: OidcTrustSetupArgs): pulumi.Input<IssuerKind> | undefined {
  if (kind !== "custom") {
    return "kubernetes";
  }
  const url = args.custom?.url;
  return typeof url === "string"
    ? issuerKindOf(url)
    : (pulumi.output(url).apply((known) => known && issuerKindOf(known)) as pulumi.Output<IssuerKind>);
}
