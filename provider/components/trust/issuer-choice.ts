import * as pulumi from "@pulumi/pulumi";
import { checkOwnIssuer, ISSUERS, type IssuerTrusts, issuerUrlOf, type KnownIssuer } from "../../../trust/issuers";
import { type Blocks, isKnown, type JsonWebKeySet, type KeysFromCluster } from "../../resources";
import { type AksCluster, checkAksCluster, resolveAksCluster } from "../aks";
import { clusterWay, type EksCluster, eksIssuerUrl } from "../eks";
import { checkGkeCluster, type GkeClusterReference, resolveGkeCluster } from "../gke";
import { exactlyOne } from "../lib";

/** An issuer given by its URL, whose keys can be uploaded. */
export interface IssuerWithKeys {
  /** `iss` of its tokens exactly, with a final slash where they have one. */
  issuerUrl: pulumi.Input<string>;
  /** Signing keys, when Pulumi Cloud can't reach the issuer. Default: read from its discovery document. */
  jwks?: pulumi.Input<JsonWebKeySet>;
}

/** A cluster given by its issuer URL, whose keys can be uploaded. */
export interface ClusterWithKeys extends IssuerWithKeys {
  /** Reads the signing keys from the cluster's API server instead, as in `OidcIssuer`. Default: none. */
  jwksFromCluster?: pulumi.Input<KeysFromCluster>;
}

/** Issuers of clusters: their trusts take more than a URL. */
type Clusters = "eks" | "gke" | "aks" | "kubernetes";

/** Who the issuer is: exactly one of these. */
export interface TrustedIssuer extends Blocks<Omit<IssuerTrusts, Clusters>> {
  /** An EKS cluster, given as to an `EksOidcRunner`: by name, by its issuer or as a resource. */
  eks?: EksCluster;
  /** A GKE cluster, given as to a `GkeOidcRunner`: by its names or as a `gcp.container.Cluster`. */
  gke?: GkeClusterReference;
  /** An AKS cluster, given as to an `AksOidcRunner`: by name, by its issuer or as a resource. */
  aks?: AksCluster;
  /** Any other cluster. */
  kubernetes?: ClusterWithKeys;
  /** Any other OIDC issuer. */
  custom?: IssuerWithKeys;
}

/** Which of the issuers is given. */
export type TrustedIssuerKind = keyof TrustedIssuer;

const KINDS: readonly TrustedIssuerKind[] = [...ISSUERS.map(({ key }) => key), "custom"];

/** An issuer as `OidcIssuer` takes it. */
export interface ResolvedIssuer {
  kind: TrustedIssuerKind;
  issuerUrl: pulumi.Input<string>;
  jwks?: pulumi.Input<JsonWebKeySet>;
  jwksFromCluster?: pulumi.Input<KeysFromCluster>;
}

/**
 * The issuer that is given, with what is plain of it checked.
 *
 * @param owner the component the issuer is for, as soon as it exists: its AWS or Azure provider looks a cluster up, its Google
 *   provider says the default project
 * @throws OidcRunnerError `OPTION_MISSING`, `OPTION_CONFLICT`, `GKE_CLUSTER_INVALID`, `ISSUER_URL_INVALID`, `ISSUER_URL_SHARED`,
 *   `OIDC_ISSUER_OFF`
 */
export function resolveIssuer(
  args: TrustedIssuer,
  where: string,
  owner: () => pulumi.Resource | undefined,
): ResolvedIssuer {
  const kind = exactlyOne(args, KINDS, where);
  if (kind === "gke") {
    const gke = args.gke as GkeClusterReference;
    checkGkeCluster(gke);
    return { kind, issuerUrl: resolveGkeCluster(gke, owner).issuerUrl };
  }
  if (kind === "eks") {
    const eks = args.eks as EksCluster;
    clusterWay(eks, `${where}.eks`);
    return { kind, issuerUrl: checkedIssuer(eksIssuerUrl(eks, owner), kind) };
  }
  if (kind === "aks") {
    const aks = args.aks as AksCluster;
    checkAksCluster(aks, `${where}.aks`);
    return { kind, issuerUrl: resolveAksCluster(aks, owner, `${where}.aks`).issuerUrl };
  }
  const { jwks, jwksFromCluster, ...block } = (args[kind] ?? {}) as Partial<ClusterWithKeys>;
  const urlOf = (known: KnownIssuer) => (kind === "custom" ? known.issuerUrl : issuerUrlOf(kind, known, kind)) ?? "";
  const issuerUrl = isKnown(block) ? urlOf(block as KnownIssuer) : pulumi.output(block).apply(urlOf);
  return { kind, issuerUrl: checkedIssuer(issuerUrl, kind), jwks, jwksFromCluster };
}

function checkedIssuer(issuerUrl: pulumi.Input<string>, kind: TrustedIssuerKind): pulumi.Input<string> {
  const check = (known: string) => {
    checkOwnIssuer(known, `${kind}.issuerUrl`);
    return known;
  };
  return typeof issuerUrl === "string" ? check(issuerUrl) : pulumi.output(issuerUrl).apply(check);
}
