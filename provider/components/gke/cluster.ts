import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { checkGkeNames, checkWorkloadPool, type GkeCluster, gkeIssuerUrl } from "../../../trust/issuers";
import { checked, checkNow, checksOf, isKnown } from "../../resources";
import { lookUpFailed, peer } from "../lib";

/**
 * A GKE cluster, from whose names the issuer follows: the names themselves, or a `gcp.container.Cluster` resource, of which
 * only these fields are read.
 */
export interface GkeClusterReference {
  /** Id of the cluster's Google Cloud project. Default: the project of the Google provider (`gcp:project`). */
  project?: pulumi.Input<string>;
  /** Region or zone of the cluster. */
  location: pulumi.Input<string>;
  /** Name of the cluster. */
  name: pulumi.Input<string>;
}

/** What a cluster says of Workload Identity Federation for GKE. */
export interface GkeWorkloadIdentityConfig {
  /** Its workload pool, `PROJECT.svc.id.goog`; none where the feature is off. */
  workloadPool?: pulumi.Input<string>;
}

/** A GKE cluster that runners live on. */
export interface GkeRunnerCluster extends GkeClusterReference {
  /**
   * What the cluster says of Workload Identity Federation for GKE; a cluster resource has it. Where it is given, Google
   * access is refused when the feature is off. Default: not known, and not checked.
   */
  workloadIdentityConfig?: pulumi.Input<GkeWorkloadIdentityConfig>;
  /**
   * Look the cluster up when there is Google access, and refuse when Workload Identity Federation for GKE is off. Needs the
   * permission `container.clusters.get`, and a cluster that exists already. Default: false.
   */
  lookUp?: boolean;
}

/** A cluster with its names looked up or checked. */
export interface ResolvedGkeCluster {
  /** A text when all names are. */
  issuerUrl: pulumi.Input<string>;
  /** Resolves only for good names. */
  names: pulumi.Output<GkeCluster>;
  /** What tells the cluster from others of the program, for `trustOf`. */
  key: pulumi.Input<string>[];
}

/**
 * Refuses names that are plain and can't be a cluster's, before anything is registered.
 *
 * @throws OidcRunnerError `GKE_CLUSTER_INVALID`
 */
export function checkGkeCluster({ project, location, name }: GkeClusterReference): void {
  // Programs run without a type check too, and `config.get` may give nothing.
  checkNow({ cluster: { project, location: location ?? "", name: name ?? "" } }, CHECKS);
}

const CHECKS = [checksOf<{ cluster: GkeCluster }>().settings("cluster", checkGkeNames)];

/**
 * The cluster's issuer and names. The fields are picked one by one: a whole resource would be taken for a dependency on
 * everything it has.
 *
 * @param parent whose Google provider says the default project; asked only when it is needed, after the current turn
 */
export function resolveGkeCluster(
  { project, location, name }: GkeClusterReference,
  parent: () => pulumi.Resource | undefined,
): ResolvedGkeCluster {
  if (isKnown([project, location, name]) && project !== undefined) {
    const names = { project, location, name } as GkeCluster;
    const issuerUrl = gkeIssuerUrl(names);
    return { issuerUrl, names: pulumi.output(names), key: [issuerUrl] };
  }
  const owner = project ?? Promise.resolve().then(() => defaultProject(parent()));
  const names = checked({ cluster: { project: owner, location, name } }, CHECKS).apply(({ cluster }) => cluster);
  return { issuerUrl: names.apply(gkeIssuerUrl), names, key: [project ?? "", location, name] };
}

/** The provider that names the default project, where `cluster` needs it: two clusters may differ by it alone. */
export function projectScope(
  cluster: GkeClusterReference,
  parent: pulumi.Resource,
): pulumi.ProviderResource | undefined {
  return cluster.project === undefined
    ? parent.getProvider("gcp:organizations/getClientConfig:getClientConfig")
    : undefined;
}

const LOOK_UP = {
  what: "the GKE cluster",
  where: "cluster",
  fix: "give project, location and name as `gcloud container clusters list` prints them; the Google provider needs container.clusters.get; without lookUp nothing is looked up",
};

/** Keeps what is made from it from being made. */
const UNKNOWN = pulumi.unknown as unknown as string;

async function defaultProject(parent: pulumi.Resource | undefined): Promise<string> {
  if (parent === undefined) {
    // Its constructor refused another argument.
    return UNKNOWN;
  }
  const { getClientConfig } = peer(
    "@pulumi/gcp",
    () =>
      require("@pulumi/gcp/organizations/getClientConfig") as typeof import("@pulumi/gcp/organizations/getClientConfig"),
  );
  const { project } = await getClientConfig({ parent });
  if (project) {
    return project;
  }
  if (pulumi.runtime.isDryRun()) {
    // A provider that is itself not configured yet answers nothing.
    return UNKNOWN;
  }
  throw new OidcRunnerError("GOOGLE_PROJECT_UNKNOWN", "the Google provider has no project", {
    where: "cluster.project",
    fix: "give the project, or set it for the provider: `pulumi config set gcp:project PROJECT` or GOOGLE_PROJECT",
  });
}

/**
 * Resolves when the cluster has, as far as it tells, the pool that its pods' Google identity comes from.
 *
 * @param names of a cluster whose arguments passed all checks: it is looked up only then
 */
export function workloadIdentityOn(
  { workloadIdentityConfig, lookUp }: GkeRunnerCluster,
  names: pulumi.Output<GkeCluster>,
  parent: pulumi.Resource,
): pulumi.Output<unknown> {
  const told =
    workloadIdentityConfig === undefined
      ? names
      : pulumi.all([names, workloadIdentityConfig]).apply(([cluster, config]) => {
          checkWorkloadPool(cluster, config?.workloadPool);
          return cluster;
        });
  if (!lookUp) {
    return told;
  }
  const { getCluster } = peer(
    "@pulumi/gcp",
    () => require("@pulumi/gcp/container/getCluster") as typeof import("@pulumi/gcp/container/getCluster"),
  );
  return told.apply(async (cluster) => {
    const { workloadIdentityConfigs } = await getCluster({ ...cluster }, { parent }).catch((error: unknown) => {
      throw lookUpFailed(error, LOOK_UP);
    });
    checkWorkloadPool(cluster, workloadIdentityConfigs[0]?.workloadPool);
  });
}
