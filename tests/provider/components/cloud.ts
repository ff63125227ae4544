import type { runtime } from "@pulumi/pulumi";
import type { MockOptions } from "../../helpers/pulumi-mocks";

/** Pulumi Cloud's address in these tests: never this machine's own login. */
export const API = "https://api.pulumi.com";
/** Issuer of the Kubernetes and EKS clusters in these tests. */
export const ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC";
/** The IAM OIDC provider for it. */
export const PROVIDER_ARN = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC";
/** The cluster that is looked up. */
export const CLUSTER_ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
/** ARN of the role that is made. */
export const ROLE_ARN = "arn:aws:iam::123456789012:role/deployer-1234567";

/** Tenant of the AKS cluster, and of the identity that is made. */
export const TENANT = "11111111-2222-4333-8444-555555555555";
/** Issuer of the AKS cluster that is looked up. */
export const AKS_ISSUER = `https://westeurope.oic.prod-aks.azure.com/${TENANT}/99999999-8888-4777-8666-555555555555/`;
/** Client id and object id of the identity that is made. */
export const CLIENT_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
export const PRINCIPAL_ID = "12121212-3434-4565-8787-909090909090";

/** What the services answer: ids and names that are known only after creation. */
export function cloudState({ type, name, inputs }: runtime.MockResourceArgs): Record<string, unknown> | undefined {
  switch (type) {
    case "pulumi-nodejs:dynamic/oidc-runner:OidcIssuer":
      return { issuerId: `issuer-of-${name}`, issuer: inputs.issuerUrl, adopted: inputs.adopt === true };
    case "pulumi-nodejs:dynamic/oidc-runner:OidcPolicy":
      return { policyId: `policy-of-${name}` };
    case "kubernetes:batch/v1:Job":
      return { metadata: { ...inputs.metadata, name: `${name}-7f3a` } };
    case "kubernetes:batch/v1:CronJob":
      return { metadata: { ...inputs.metadata, name: `${name}-c4a1` } };
    case "kubernetes:apps/v1:Deployment":
      return { metadata: { ...inputs.metadata, name: `${name}-d3b9` } };
    case "kubernetes:rbac.authorization.k8s.io/v1:Role":
      return { metadata: { ...inputs.metadata, name: `${name}-0123` } };
    case "kubernetes:core/v1:ConfigMap":
      return { metadata: { name: `${name}-9e21`, uid: `uid-of-${name}`, ...inputs.metadata } };
    case "kubernetes:core/v1:ServiceAccount":
      return { metadata: { name: `${name}-5678`, ...inputs.metadata } };
    case "aws:iam/role:Role":
      return { arn: ROLE_ARN, name: "deployer-1234567" };
    case "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
      return { arn: PROVIDER_ARN };
    case "azure-native:managedidentity:UserAssignedIdentity":
      return {
        ...{ clientId: CLIENT_ID, principalId: PRINCIPAL_ID, tenantId: TENANT },
        name: inputs.resourceName ?? `${name}1a2b3c4d`,
      };
    case "gcp:serviceaccount/account:Account":
      return { email: `${inputs.accountId}@${inputs.project}.iam.gserviceaccount.com` };
    default:
      return undefined;
  }
}

/** The clouds' answers to look-ups; one cluster each is enough. */
export function cloudCall({ token, inputs }: runtime.MockCallArgs): Record<string, unknown> {
  switch (token) {
    case "aws:eks/getCluster:getCluster":
      return { name: inputs.name, arn: CLUSTER_ARN, identities: [{ oidcs: [{ issuer: ISSUER }] }] };
    case "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider":
      return inputs.url === ISSUER ? { url: inputs.url, arn: PROVIDER_ARN, clientIdLists: ["sts.amazonaws.com"] } : {};
    case "azure-native:containerservice:getManagedCluster":
      return { name: inputs.resourceName, oidcIssuerProfile: { enabled: true, issuerURL: AKS_ISSUER } };
    case "gcp:organizations/getClientConfig:getClientConfig":
      return { project: "acme-prod" };
    case "gcp:organizations/getProject:getProject":
      return inputs.projectId === "acme-prod" ? { projectId: "acme-prod", number: "123456789012" } : {};
    case "gcp:container/getCluster:getCluster":
      return { ...inputs, workloadIdentityConfigs: [{ workloadPool: `${inputs.project}.svc.id.goog` }] };
    default:
      return {};
  }
}

/** The usual surroundings of a program. */
export const cloud: MockOptions = { state: cloudState, call: cloudCall };
