import type { GkeDirectPrincipal, GkeGoogle, GkeServiceAccount } from "../../../../provider/components/gke/args";
import type { GkeRunnerCluster, GkeWorkloadIdentityConfig } from "../../../../provider/components/gke/cluster";
import type { KubernetesCluster } from "../../../../provider/components/runner/kubernetes-oidc-runner";
import type { KeysFromCluster } from "../../../../provider/resources/oidc-issuer";
import { at, type Row, row, rows, type Tree } from "./row";

const KEY = { kty: "RSA", kid: "one", use: "sig", alg: "RS256", n: "AQAB", e: "AQAB" };

/** Every option that `KubernetesOidcRunner` has besides those of all runners. */
export const kubernetesRows: readonly Row[] = [
  ...rows<Pick<KubernetesCluster, "issuerUrl">>("cluster", { issuerUrl: ["https://plant-7.clusters.example.com"] }),
  row(
    "cluster.jwks.keys",
    { cluster: { jwks: { keys: [KEY] } } },
    { seen: { cluster: { jwks: { keys: [{ ...KEY, kid: "zero" }] } } } },
  ),
  ...rows<KeysFromCluster>("cluster.jwksFromCluster", { kubeconfig: ["/etc/plant-7.yaml"], context: ["plant-7"] }),
];

/** Access to Google in one of its ways, unless there is one already. */
function someAccess({ google = {} }: { google?: GkeGoogle }): Tree {
  const { serviceAccount, serviceAccountEmail, directPrincipal } = google;
  return (serviceAccount ?? serviceAccountEmail ?? directPrincipal) ? {} : { google: { serviceAccount: {} } };
}

const ROLES = { projectRoles: [["roles/storage.objectViewer"]], rolesByProject: [{ "acme-data": ["roles/viewer"] }] };
const withAccess = { seen: { google: { serviceAccount: {} } } };
const SAMENESS = { name: "IDENTITY_SAMENESS", reason: "a test" };
/** Warned of, so that its waiver shows. */
const OWNER = { google: { serviceAccount: { projectRoles: ["roles/owner"] } } };

const cluster: Row[] = [
  ...rows<Omit<GkeRunnerCluster, "workloadIdentityConfig" | "lookUp">>("cluster", {
    project: ["other-project"],
    location: ["us-central1"],
    name: ["other"],
  }),
  // All that it does is to refuse a cluster that does not have the pool.
  ...rows<GkeWorkloadIdentityConfig>(
    "cluster.workloadIdentityConfig",
    { workloadPool: ["acme-prod.svc.id.goog"] },
    { ...withAccess, proof: at("cluster.workloadIdentityConfig.workloadPool", "another.svc.id.goog") },
  ),
  ...rows<Pick<GkeRunnerCluster, "lookUp">>("cluster", { lookUp: [true] }, withAccess),
];

const google: Row[] = [
  row("google.serviceAccount", { google: { serviceAccount: {} } }),
  ...rows<GkeServiceAccount>(
    "google.serviceAccount",
    {
      ...ROLES,
      accountId: ["runner-account"],
      project: ["acme-accounts"],
      displayName: ["Runner"],
      description: ["Runs the nightly work"],
    },
    { seen: { google: { serviceAccount: {} } } },
  ),
  ...rows<Pick<GkeGoogle, "serviceAccountEmail">>("google", {
    serviceAccountEmail: ["runner@acme-prod.iam.gserviceaccount.com"],
  }),
  row("google.directPrincipal", { google: { directPrincipal: {} } }),
  ...rows<GkeDirectPrincipal>(
    "google.directPrincipal",
    { ...ROLES, projectNumber: ["999999999999"] },
    // The number is part of the member that the roles are given to.
    { seen: { google: { directPrincipal: { projectRoles: ["roles/logging.logWriter"] } } } },
  ),
  row(
    "google.waive.name",
    { google: { waive: [SAMENESS] } },
    { needs: someAccess, seen: { google: { ...OWNER.google, waive: [{ ...SAMENESS, name: "GOOGLE_ROLE_BROAD" }] } } },
  ),
  // It is for people; all that is asked of it is to be there.
  row(
    "google.waive.reason",
    { google: { waive: [SAMENESS] } },
    {
      needs: someAccess,
      seen: { google: { waive: [SAMENESS] } },
      proof: { google: { waive: [{ ...SAMENESS, reason: "" }] } },
    },
  ),
];

/** Every option that `GkeOidcRunner` has besides those of all runners. */
export const gkeRows: readonly Row[] = [...cluster, ...google];
