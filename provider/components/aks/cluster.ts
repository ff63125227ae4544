import * as pulumi from "@pulumi/pulumi";
import { checkAksIssuer } from "../../../trust/issuers";
import { atMostOne, exactlyOne, lookedUp, peer } from "../lib";

/** The OIDC issuer of a cluster, as a `containerservice.ManagedCluster` has it. */
export interface AksOidcIssuerProfile {
  /** `iss` of the cluster's tokens, with its final slash. */
  issuerURL?: pulumi.Input<string>;
}

/**
 * An AKS cluster, in exactly one way: by `name` and `resourceGroupName`, which are looked up; as a `containerservice.ManagedCluster` of
 * `@pulumi/azure-native`, given as it is (`cluster: prod`), or by its output `oidcIssuerProfile`; or by `issuerUrl`. Its OIDC issuer must
 * be enabled, as it is on new clusters from Kubernetes 1.34 on. Runners of a program share one issuer where the cluster is given in
 * the same way.
 */
export interface AksCluster {
  /** Name of the cluster. */
  name?: pulumi.Input<string>;
  /** Resource group of the cluster, for the look-up by `name`. */
  resourceGroupName?: pulumi.Input<string>;
  /** What a `containerservice.ManagedCluster` says of its issuer. */
  oidcIssuerProfile?: pulumi.Input<AksOidcIssuerProfile | undefined>;
  /**
   * Issuer of the cluster with its final slash: `oidcIssuerProfile.issuerUrl` of `az aks show`. Needs no look-up of the cluster, nor
   * `@pulumi/azure-native`.
   */
  issuerUrl?: pulumi.Input<string>;
}

/** A cluster, however it was given. */
export interface ResolvedAksCluster {
  /** Checked; a text when it is given as one. */
  issuerUrl: pulumi.Input<string>;
  /** What tells it from the program's other clusters. */
  key: pulumi.Input<string>[];
}

/**
 * Refuses a cluster that is not given in one way, and an issuer that is plain and can't be AKS's.
 *
 * @throws OidcRunnerError `OPTION_MISSING`, `OPTION_CONFLICT`, `ISSUER_URL_INVALID`, `ISSUER_URL_SHARED`, `OIDC_ISSUER_OFF`
 */
export function checkAksCluster(cluster: AksCluster, where: string): void {
  // The resource has a name and a resource group too, which is then not looked up.
  const byName = cluster.oidcIssuerProfile === undefined ? "name" : "oidcIssuerProfile";
  const way = exactlyOne(cluster, [byName, "issuerUrl"], where);
  if (way === "name") {
    exactlyOne(cluster, ["resourceGroupName"], where);
  } else if (way === "issuerUrl") {
    atMostOne(cluster, [way, "resourceGroupName"], where);
  }
  if (typeof cluster.issuerUrl === "string") {
    checkAksIssuer(cluster.issuerUrl, `${where}.issuerUrl`);
  }
}

/**
 * The cluster's issuer, looked up where the cluster is given by its name.
 *
 * @param owner the component whose Azure provider looks the name up; asked after the current turn, undefined when its constructor
 *   refused another argument
 */
export function resolveAksCluster(
  { issuerUrl, oidcIssuerProfile, name, resourceGroupName }: AksCluster,
  owner: () => pulumi.Resource | undefined,
  where: string,
): ResolvedAksCluster {
  if (typeof issuerUrl === "string") {
    return { issuerUrl, key: [issuerUrl] };
  }
  if (issuerUrl !== undefined) {
    return { issuerUrl: checkedIssuer(pulumi.output(issuerUrl), `${where}.issuerUrl`), key: [issuerUrl] };
  }
  if (oidcIssuerProfile !== undefined) {
    // Compared by identity: whether two Outputs are of one cluster is not known before they resolve.
    const key = [oidcIssuerProfile as unknown as pulumi.Input<string>];
    return { issuerUrl: issuerOf(pulumi.output(oidcIssuerProfile), `${where}.oidcIssuerProfile`), key };
  }
  const group = resourceGroupName as pulumi.Input<string>;
  const resourceName = name as pulumi.Input<string>;
  const { getManagedClusterOutput } = peer(
    "@pulumi/azure-native",
    () =>
      require("@pulumi/azure-native/containerservice/getManagedCluster") as typeof import("@pulumi/azure-native/containerservice/getManagedCluster"),
  );
  const found = Promise.resolve().then(() => {
    const parent = owner();
    return parent === undefined
      ? (pulumi.unknown as never)
      : lookedUp(
          getManagedClusterOutput({ resourceName, resourceGroupName: group }, { parent }),
          [group, resourceName],
          LOOK_UP,
        ).oidcIssuerProfile;
  });
  return { issuerUrl: issuerOf(pulumi.output(found), `${where}.name`), key: [group, resourceName] };
}

const LOOK_UP = {
  what: "the AKS cluster",
  where: "cluster.name",
  fix: "give name and resourceGroupName of a cluster in the subscription of the Azure provider, which needs the role Reader on it; a cluster by issuerUrl is not looked up",
};

/** The provider that looks the cluster up, where it is given by its name: two clusters may differ by it alone. */
export function lookUpScope(cluster: AksCluster, parent: pulumi.Resource): pulumi.ProviderResource | undefined {
  return cluster.issuerUrl === undefined && cluster.oidcIssuerProfile === undefined
    ? parent.getProvider("azure-native:containerservice:getManagedCluster")
    : undefined;
}

function issuerOf(profile: pulumi.Output<{ issuerURL?: string } | undefined>, where: string): pulumi.Output<string> {
  return checkedIssuer(
    profile.apply((known) => known?.issuerURL ?? ""),
    where,
  );
}

function checkedIssuer(issuerUrl: pulumi.Output<string>, where: string): pulumi.Output<string> {
  return issuerUrl.apply((known) => {
    checkAksIssuer(known, where);
    return known;
  });
}
