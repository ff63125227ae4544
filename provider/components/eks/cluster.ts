import * as pulumi from "@pulumi/pulumi";
import { atMostOne, exactlyOne, lookedUp, peer } from "../lib";

/** The OIDC issuer of a cluster, as `aws.eks.Cluster` has it. */
export interface EksClusterOidc {
  /** `iss` of the cluster's tokens. */
  issuer?: pulumi.Input<string>;
}

/** The identity of a cluster, as `aws.eks.Cluster` has it. */
export interface EksClusterIdentity {
  /** Issuers of the cluster: one. */
  oidcs?: pulumi.Input<pulumi.Input<EksClusterOidc>[]>;
}

/** The network of a cluster, as `aws.eks.Cluster` has it. */
export interface EksClusterNetwork {
  /** `ipv4` or `ipv6`; decides where pods find the EKS Pod Identity agent. Default: `ipv4`. */
  ipFamily?: pulumi.Input<string>;
}

/** What EKS Pod Identity needs to know of a cluster, as `aws.eks.Cluster` has it. */
export interface EksClusterDescription {
  /** Name of the cluster. */
  name?: pulumi.Input<string>;
  /** ARN of the cluster. Default: looked up by the name where EKS Pod Identity needs it. */
  arn?: pulumi.Input<string>;
  /** Network of the cluster. Default: IPv4. */
  kubernetesNetworkConfig?: pulumi.Input<EksClusterNetwork>;
}

/**
 * An EKS cluster, in exactly one way: by `name`, which is looked up; as an `aws.eks.Cluster`, given as it is (`cluster: prod`), or
 * by its outputs `identities`, `name` and `arn`; as a `Cluster` of `@pulumi/eks`, given as it is, or by its outputs
 * `oidcProviderUrl`, `oidcProviderArn` and `eksCluster`; or by `issuerUrl`. Runners of a program share one issuer where the
 * cluster is given in the same way.
 */
export interface EksCluster extends EksClusterDescription {
  /** Identity of an `aws.eks.Cluster`, which has the issuer. */
  identities?: pulumi.Input<pulumi.Input<EksClusterIdentity>[]>;
  /** Issuer of the cluster: `cluster.identity.oidc.issuer` of `aws eks describe-cluster`. Needs no look-up of the cluster. */
  issuerUrl?: pulumi.Input<string>;
  /** Issuer of the cluster, as a `Cluster` of `@pulumi/eks` has it. */
  oidcProviderUrl?: pulumi.Input<string>;
  /** ARN of the IAM OIDC provider for the issuer. Default: looked up by the issuer where there is a `role` to make. */
  oidcProviderArn?: pulumi.Input<string>;
  /** The `aws.eks.Cluster` inside a `Cluster` of `@pulumi/eks`. Needed beside `oidcProviderUrl` for EKS Pod Identity. */
  eksCluster?: pulumi.Input<EksClusterDescription>;
}

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

/**
 * The issuer of a cluster, for a component whose arguments are checked before it exists.
 *
 * @param owner the component as soon as it exists: its AWS provider looks the name up; asked after the current turn
 */
export function eksIssuerUrl(
  { issuerUrl, oidcProviderUrl, identities, name }: EksCluster,
  owner: () => pulumi.Resource | undefined,
): pulumi.Input<string> {
  const given = issuerUrl ?? oidcProviderUrl ?? (identities && issuerOf(identities));
  if (given !== undefined) {
    return given;
  }
  // Before the component exists, so that a package that is missing is refused at once.
  loadGetCluster();
  return pulumi.output(
    Promise.resolve().then((): pulumi.Input<string> => {
      const parent = owner();
      // Without one, its constructor refused another argument.
      return parent === undefined
        ? (pulumi.unknown as unknown as string)
        : issuerOf(lookUp(name as pulumi.Input<string>, parent).identities);
    }),
  );
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
  return lookedUp(loadGetCluster()({ name }, { parent }), [name], {
    what: "the EKS cluster",
    where: "cluster.name",
    fix: "give the name of a cluster in the account and region of the AWS provider, which needs eks:DescribeCluster; a cluster by issuerUrl is not looked up",
  });
}

function loadGetCluster() {
  return peer("@pulumi/aws", () => require("@pulumi/aws/eks/getCluster") as typeof import("@pulumi/aws/eks/getCluster"))
    .getClusterOutput;
}
