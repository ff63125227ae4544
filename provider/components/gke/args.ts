import type * as pulumi from "@pulumi/pulumi";
import type { ExactlyOne } from "../../resources";

/** Roles on Google Cloud projects. Each is one `gcp.projects.IAMMember`, which leaves what others have alone. */
export interface GkeRoles {
  /** Roles on the cluster's project, for example `["roles/storage.objectViewer"]`. Default: none. */
  projectRoles?: string[];
  /** Roles on other projects, by the project's id. Default: none. */
  rolesByProject?: Record<string, string[]>;
}

/** The Google service account that is made for the runner. */
export interface GkeServiceAccount extends GkeRoles {
  /** Account id, 6 to 30 characters. Default: from the runner's name and a hash of organization, project, stack and name. */
  accountId?: pulumi.Input<string>;
  /** Project of the account. Default: the cluster's. */
  project?: pulumi.Input<string>;
  /** Name for people, at most 100 bytes. Default: `Pulumi runner` and the runner's name. */
  displayName?: pulumi.Input<string>;
  /** What it is for, at most 256 bytes. Default: none. */
  description?: pulumi.Input<string>;
}

/** The runner's Kubernetes ServiceAccount as a Google Cloud principal, without a Google service account. */
export interface GkeDirectPrincipal extends GkeRoles {
  /** Number of the cluster's project. Default: looked up, which needs the permission `resourcemanager.projects.get`. */
  projectNumber?: pulumi.Input<string>;
}

/** What GkeGcp is made of. */
export interface GkeGcpBlocks {
  /** Make a service account that this runner's Kubernetes ServiceAccount may act as. */
  serviceAccount?: GkeServiceAccount;
  /**
   * Let the runner's Kubernetes ServiceAccount act as this one, of whatever project. A second runner of the program with the same
   * ServiceAccount and the same `serviceAccountEmail` is refused (`GOOGLE_GRANT_TWICE`): Google keeps one grant for both, and
   * when one runner went, the other's access would go too. Runners of other stacks are not seen.
   */
  serviceAccountEmail?: pulumi.Input<string>;
  /**
   * Give roles to the runner's Kubernetes ServiceAccount itself. Identity tokens can't be had this way, and a few of Google's
   * services don't take such principals. A second runner of the program with the same ServiceAccount and one of the same roles
   * is refused, as with `serviceAccountEmail`.
   */
  directPrincipal?: GkeDirectPrincipal;
}

/**
 * Access of the runner to Google Cloud by Workload Identity Federation for GKE: exactly one of `serviceAccount`,
 * `serviceAccountEmail` and `directPrincipal`.
 *
 * The pod waits for GKE's metadata server, which is late for new pods, and has `GOOGLE_CLOUD_PROJECT`. Google applies new
 * grants within minutes, usually two: the first run's work may have to try again for so long. On a Standard cluster
 * whose node pools don't all have it (`GKE_METADATA`), choose those that do by the runner's
 * `nodeSelector: { "iam.gke.io/gke-metadata-server-enabled": "true" }`: elsewhere the node's own account would answer.
 * Autopilot has it everywhere and refuses this selector. Pods on the host's network get the node's account as well.
 *
 * Warnings: `IDENTITY_SAMENESS` (all clusters of a project share one pool, so that the same namespace and ServiceAccount on
 * another one has this access too), once for each project; `GOOGLE_ROLE_BROAD` (owner, editor, and roles that let their
 * holder become others). Each can be waived.
 */
export type GkeGcp = ExactlyOne<GkeGcpBlocks, "serviceAccount" | "serviceAccountEmail" | "directPrincipal">;
