import type { AksAzure, AzureIdentity, AzureRoleAssignment } from "../../../../provider/components/aks/aks-oidc-runner";
import type { AksCluster } from "../../../../provider/components/aks/cluster";
import { ACCOUNT, GROUP } from "../aks/aks";
import { AKS_ISSUER, CLIENT_ID } from "../cloud";
import { type Row, row, rows, type Tree } from "./row";

const OTHER = AKS_ISSUER.replace("westeurope", "eastus");
const identity = { resourceGroupName: "site" };
const withIdentity = { azure: { identity } };
/** Some access to Azure, where nothing else gives any. */
const someAccess = ({ azure }: Tree) => {
  const given = (azure ?? {}) as AksAzure;
  return given.identity === undefined && given.clientId === undefined ? { azure: { clientId: CLIENT_ID } } : {};
};

const cluster: Row[] = [
  ...rows<Pick<AksCluster, "name">>("cluster", { name: ["other"] }),
  ...rows<Pick<AksCluster, "resourceGroupName">>("cluster", { resourceGroupName: ["others"] }),
  // Of the same cluster, as a given trust has to be; another's is seen.
  row(
    "cluster.oidcIssuerProfile.issuerURL",
    { cluster: { oidcIssuerProfile: { issuerURL: AKS_ISSUER } } },
    { seen: { cluster: { oidcIssuerProfile: { issuerURL: OTHER } } } },
  ),
  // The names of the base are looked up.
  row(
    "cluster.issuerUrl",
    { cluster: { name: undefined, resourceGroupName: undefined, issuerUrl: AKS_ISSUER } },
    { seen: { cluster: { name: undefined, resourceGroupName: undefined, issuerUrl: OTHER } } },
  ),
];

const azure: Row[] = [
  row("azure.identity", withIdentity),
  ...rows<Omit<AzureIdentity, "roleAssignments" | "resourceGroupName">>(
    "azure.identity",
    { name: ["deployer-of-site"], location: ["westeurope"], tags: [{ team: "platform" }] },
    { needs: withIdentity, seen: withIdentity },
  ),
  ...rows<Pick<AzureIdentity, "resourceGroupName">>(
    "azure.identity",
    { resourceGroupName: ["others"] },
    { seen: withIdentity },
  ),
  ...(["role", "scope"] as const satisfies (keyof AzureRoleAssignment)[]).map((field) =>
    row(
      `azure.identity.roleAssignments.${field}`,
      { azure: { identity: { roleAssignments: [{ role: "AcrPull", scope: field === "role" ? GROUP : ACCOUNT }] } } },
      { needs: withIdentity, seen: withIdentity },
    ),
  ),
  ...rows<Pick<AksAzure, "clientId">>("azure", { clientId: [CLIENT_ID] }),
  ...rows<Pick<AksAzure, "tenantId">>(
    "azure",
    { tenantId: ["99999999-2222-4333-8444-555555555555"] },
    { needs: { azure: { clientId: CLIENT_ID } } },
  ),
  ...rows<Pick<AksAzure, "authorityHost" | "tokenExpirationSeconds">>(
    "azure",
    { authorityHost: ["https://login.microsoftonline.us/"], tokenExpirationSeconds: [7200] },
    { needs: someAccess },
  ),
];

/** Every option that `AksOidcRunner` has besides those of all runners. */
export const aksRows: readonly Row[] = [...cluster, ...azure];
