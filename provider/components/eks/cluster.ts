import * as pulumi from "@pulumi/pulumi";
import { atMostOne, exactlyOne, peer } from "../lib";
import type { EksCluster, EksClusterDescription, EksClusterIdentity } from "./args";

/** How a cluster is given. */
export type EksClusterWay = "name" | "identities" | "oidcProviderUrl" | "issuerUrl";

/** A cluster, however it was given. */
export interface ResolvedEksCluster {
  issuerUrl: pulumi.Input<string>;
  /** What tells it from the program's other clusters. */
  key: pulumi.Input<string>[];
  /** What the key is unique in: the provider that the name is looked up with, if it is not the default one. */
  scope?: pulumi.ProviderResource;
  /** ARN of its IAM OIDC provider; empty or undefined where it has to be found. */
  oidcProviderArn?: pulumi.Input<string | undefined>;
  /** Name, ARN and IP family, for EKS Pod Identity; undefined when it is given by its issuer. */
  facts?: () => EksClusterFacts;
}

/** What EKS Pod Identity needs to know of a cluster. */
export interface EksClusterFacts {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  ipFamily: pulumi.Output<string | undefined>;
}

/**
 * In which way the cluster is given. The resource has a `name` too, which is then not looked up.
 *
 * @throws OidcRunnerError `OPTION_MISSING`, `OPTION_CONFLICT`
 */
export function clusterWay(cluster: EksCluster, where: string): EksClusterWay {
  const byName = cluster.identities === undefined ? "name" : "identities";
  const way = exactlyOne(cluster, [byName, "oidcProviderUrl", "issuerUrl"], where);
  for (const detail of ["arn", "kubernetesNetworkConfig", "eksCluster"] as const) {
    if (!DETAILS[way].includes(detail)) {
      atMostOne(cluster, [way, detail], where);
    }
  }
  return way;
}

/** What is read of a cluster besides its issuer; anything else beside it would go unnoticed. */
const DETAILS: Record<EksClusterWay, readonly string[]> = {
  name: [],
  identities: ["arn", "kubernetesNetworkConfig"],
  oidcProviderUrl: ["eksCluster"],
  issuerUrl: [],
};

/** The cluster, looked up where it is given by its name. */
export function resolveEksCluster(cluster: EksCluster, parent: pulumi.ComponentResource): ResolvedEksCluster {
  const { issuerUrl, oidcProviderUrl, oidcProviderArn, eksCluster, identities, name } = cluster;
  if (issuerUrl !== undefined) {
    return { issuerUrl, key: [issuerUrl], oidcProviderArn };
  }
  if (oidcProviderUrl !== undefined) {
    const facts = eksCluster === undefined ? undefined : () => innerFacts(eksCluster, parent);
    return { issuerUrl: oidcProviderUrl, key: [oidcProviderUrl], oidcProviderArn, facts };
  }
  if (identities !== undefined) {
    // Compared by identity: whether two Outputs are of one cluster is not known before they resolve.
    const key = [identities as unknown as pulumi.Input<string>];
    return { issuerUrl: issuerOf(identities), key, oidcProviderArn, facts: () => factsOf(cluster, parent) };
  }
  const found = lookUp(name as pulumi.Input<string>, parent);
  return {
    issuerUrl: issuerOf(found.identities),
    key: [name as pulumi.Input<string>],
    scope: parent.getProvider("aws:eks/getCluster:getCluster"),
    oidcProviderArn,
    facts: () => ({ name: found.name, arn: found.arn, ipFamily: ipFamilyOf(found.kubernetesNetworkConfigs) }),
  };
}

/** Empty for a cluster without an issuer, which is then refused as every issuer that is none. */
function issuerOf(identities: pulumi.Input<pulumi.Input<EksClusterIdentity>[]>): pulumi.Output<string> {
  return pulumi.output(identities).apply((known) => known[0]?.oidcs?.[0]?.issuer ?? "");
}

function innerFacts(cluster: pulumi.Input<EksClusterDescription>, parent: pulumi.Resource): EksClusterFacts {
  const facts = pulumi.output(cluster as pulumi.Input<object>).apply((inner) => {
    const { name, arn, ipFamily } = factsOf(inner as EksClusterDescription, parent);
    return { name, arn, ipFamily };
  });
  return { name: facts.name, arn: facts.arn, ipFamily: facts.ipFamily };
}

function factsOf(
  { name, arn, kubernetesNetworkConfig }: EksClusterDescription,
  parent: pulumi.Resource,
): EksClusterFacts {
  const known = pulumi.output(name ?? "");
  return {
    name: known,
    arn: arn === undefined ? lookUp(known, parent).arn : pulumi.output(arn),
    ipFamily: pulumi.output(kubernetesNetworkConfig).apply((network) => network?.ipFamily),
  };
}

function ipFamilyOf(networks: pulumi.Output<{ ipFamily?: string }[]>): pulumi.Output<string | undefined> {
  return networks.apply((known: { ipFamily?: string }[] | undefined) => known?.[0]?.ipFamily);
}

function lookUp(name: pulumi.Input<string>, parent: pulumi.Resource) {
  const { getClusterOutput } = peer(
    "@pulumi/aws",
    () => require("@pulumi/aws/eks/getCluster") as typeof import("@pulumi/aws/eks/getCluster"),
  );
  return getClusterOutput({ name }, { parent });
}
