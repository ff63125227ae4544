import type { GkeDirectPrincipal, GkeGcp, GkeServiceAccount } from "../../../../provider/components/gke/args";
import type { GkeRunnerCluster, GkeWorkloadIdentityConfig } from "../../../../provider/components/gke/cluster";
import type { KubernetesCluster } from "../../../../provider/components/runner/kubernetes-oidc-runner";
import type { KeysFromCluster } from "../../../../provider/resources/oidc-issuer";
import { at, type Row, row, rows } from "./row";

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

const ROLES = { projectRoles: [["roles/storage.objectViewer"]], rolesByProject: [{ "acme-data": ["roles/viewer"] }] };
const withAccess = { seen: { gcp: { serviceAccount: {} } } };

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

const gcp: Row[] = [
  row("gcp.serviceAccount", { gcp: { serviceAccount: {} } }),
  ...rows<GkeServiceAccount>(
    "gcp.serviceAccount",
    {
      ...ROLES,
      accountId: ["runner-account"],
      project: ["acme-accounts"],
      displayName: ["Runner"],
      description: ["Runs the nightly work"],
    },
    { seen: { gcp: { serviceAccount: {} } } },
  ),
  ...rows<Pick<GkeGcp, "serviceAccountEmail">>("gcp", {
    serviceAccountEmail: ["runner@acme-prod.iam.gserviceaccount.com"],
  }),
  row("gcp.directPrincipal", { gcp: { directPrincipal: {} } }),
  ...rows<GkeDirectPrincipal>(
    "gcp.directPrincipal",
    { ...ROLES, projectNumber: ["999999999999"] },
    // The number is part of the member that the roles are given to.
    { seen: { gcp: { directPrincipal: { projectRoles: ["roles/logging.logWriter"] } } } },
  ),
];

/** Every option that `GkeOidcRunner` has besides those of all runners. */
export const gkeRows: readonly Row[] = [...cluster, ...gcp];
