import { aksTenant, eksRegion } from "../../trust/issuers";
import { LAB_RESOURCE_GROUP } from "../azure";
import { readKubeconfig } from "../cluster";
import type { ClusterState } from "../types";

/** What a cloud's API tells about one of its clusters, of the lab's cluster that has that cloud's issuer. */
export interface ClusterFacts {
  name: string;
  /** The API server's address. */
  endpoint: string;
  issuer: string;
  /** PEM, base64. */
  certificateAuthority: string;
}

/** An EKS-shaped cluster: by its issuer, `https://oidc.eks.REGION.amazonaws.com/id/ID`. */
export interface EksFacts extends ClusterFacts {
  region: string;
}

/** A GKE-shaped cluster: by its issuer, `https://container.googleapis.com/v1/projects/P/locations/L/clusters/C`. */
export interface GkeFacts extends ClusterFacts {
  project: string;
  location: string;
}

/** The EKS cluster that goes by this name in the lab. */
export function findEksCluster(clusters: ClusterState[], name: string): EksFacts | undefined {
  const found = clusters.find((cluster) => cluster.name === name && eksRegion(cluster.issuer) !== undefined);
  return found && { ...facts(found), region: eksRegion(found.issuer) ?? "" };
}

/** The GKE cluster with this name, location and project in its issuer. */
export function findGkeCluster(
  clusters: ClusterState[],
  wanted: { project: string; location: string; name: string },
): GkeFacts | undefined {
  const issuer = `https://container.googleapis.com/v1/projects/${wanted.project}/locations/${wanted.location}/clusters/${wanted.name}`;
  const found = clusters.find((cluster) => cluster.issuer === issuer);
  return found && { ...facts(found), ...wanted };
}

/** The AKS cluster with this name: its issuer is `https://REGION.oic.prod-aks.azure.com/TENANT/ID/`. Azure ignores the case of names. */
export function findAksCluster(
  clusters: ClusterState[],
  wanted: { resourceGroup: string; name: string },
): ClusterFacts | undefined {
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const found = clusters.find(({ name, issuer }) => same(name, wanted.name) && aksTenant(issuer) !== undefined);
  return found && same(wanted.resourceGroup, LAB_RESOURCE_GROUP) ? facts(found) : undefined;
}

function facts(cluster: ClusterState): ClusterFacts {
  const { ca = "" } = readKubeconfig(cluster.kubeconfig);
  const certificateAuthority = Buffer.from(ca).toString("base64");
  return { name: cluster.name, endpoint: cluster.server, issuer: cluster.issuer, certificateAuthority };
}
