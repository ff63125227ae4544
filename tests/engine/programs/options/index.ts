import * as aws from "@pulumi/aws";
import * as azure from "@pulumi/azure-native";
import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  AksOidcRunner,
  DeploymentsOidcTrust,
  EksOidcRunner,
  type EksOidcRunnerArgs,
  EnvironmentOidcTrust,
  GkeOidcRunner,
  type GkeOidcRunnerArgs,
  KubernetesOidcRunner,
  OidcTrustSetup,
  VerifiedService,
} from "pulumi-oidc-runner";

const other = new kubernetes.core.v1.ConfigMap("other", {});
const providers = [
  new kubernetes.Provider("ours"),
  new aws.Provider("ours"),
  new gcp.Provider("ours"),
  new azure.Provider("ours"),
];

/** What shows in the state of a resource that it has reached. */
const transform: pulumi.ResourceTransform = ({ props, opts }) => ({
  props,
  opts: pulumi.mergeOptions(opts, { additionalSecretOutputs: ["seen"] }),
});

/** All that a component's children are to have, and the two options that they are not. */
const given: pulumi.ComponentResourceOptions = {
  ...{ protect: true, retainOnDelete: true, deletedWith: other, dependsOn: other, providers, transforms: [transform] },
  customTimeouts: { create: "77s" },
  ...{ ignoreChanges: ["metadata"], replaceOnChanges: ["metadata"] },
};
const optionsOf = (name: string) => ({ ...given, aliases: [{ name: `was-${name}` }] });

const issuerUrl = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC";
const organization = "acme";
const common = { organization, namespace: "pulumi", accessToken: { organization: {} } };
const trust = { organization, issuerId: "issuer-1", issuerUrl };
const account = "arn:aws:iam::111122223333";

const runner = (name: string, more: object, options?: pulumi.ComponentResourceOptions) =>
  new KubernetesOidcRunner(name, { ...common, cluster: { issuerUrl }, trust, ...more }, options);
const eks = (name: string, cluster: object, access: EksOidcRunnerArgs["aws"]) =>
  new EksOidcRunner(name, { ...common, cluster, trust, aws: access }, optionsOf(name));
const gke = (name: string, access: GkeOidcRunnerArgs["gcp"]) => {
  const cluster = { project: "acme-prod", location: "europe-west1", name: "prod" };
  const gkeTrust = {
    ...trust,
    issuerUrl: "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod",
  };
  return new GkeOidcRunner(name, { ...common, cluster, trust: gkeTrust, gcp: access }, optionsOf(name));
};

runner("job", {}, optionsOf("job"));
runner("cron-job", { cronJob: { schedule: "@daily" } }, optionsOf("cron-job"));
runner("deployment", { deployment: {}, script: "exec sleep 1000" }, optionsOf("deployment"));
const pool = { accessToken: { runner: { pool: "pool-1" } }, caCertificates: "A" };
runner("agent", { agent: {}, ...pool }, optionsOf("agent"));
eks(
  "role",
  { issuerUrl, oidcProviderArn: `${account}:oidc-provider/${issuerUrl.slice("https://".length)}` },
  {
    role: {
      managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      inlinePolicies: { state: JSON.stringify({ Version: "2012-10-17", Statement: [] }) },
    },
  },
);
eks(
  "pod-identity",
  {
    name: "prod",
    arn: "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
    identities: [{ oidcs: [{ issuer: issuerUrl }] }],
  },
  { podIdentity: { roleArn: `${account}:role/given` } },
);
gke("account", { serviceAccount: { projectRoles: ["roles/storage.objectViewer"] } });
gke("direct", { directPrincipal: { projectNumber: "123456789012", projectRoles: ["roles/storage.objectViewer"] } });
const aksIssuer = "https://westeurope.oic.prod-aks.azure.com/11111111-2222-4333-8444-555555555555/ABC/";
new AksOidcRunner(
  "identity",
  {
    ...common,
    cluster: { issuerUrl: aksIssuer },
    trust: { ...trust, issuerUrl: aksIssuer },
    azure: {
      identity: {
        resourceGroupName: "site",
        roleAssignments: [{ role: "Reader", scope: "/subscriptions/11111111-2222-4333-8444-555555555555" }],
      },
    },
  },
  optionsOf("identity"),
);
const clouds = {
  aws: { oidcProviderArn: `${account}:oidc-provider/api.pulumi.com/oidc` },
  gcp: {
    ...{ project: "acme-prod", projectNumber: "123456789012", createPool: true, createProvider: true },
    serviceAccount: { projectRoles: ["roles/storage.objectViewer"] },
  },
};
new DeploymentsOidcTrust(
  "deployments",
  { organization, stacks: [{ project: "site", stack: "prod" }], operations: ["update"], ...clouds },
  optionsOf("deployments"),
);
new EnvironmentOidcTrust(
  "environments",
  { organization, environments: [{ project: "site", environment: "prod" }], ...clouds },
  optionsOf("environments"),
);
const rules = { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" };
new OidcTrustSetup(
  "trust",
  {
    organization,
    kubernetes: { issuerUrl: "https://kubernetes.example.com" },
    policies: [{ decision: "allow", accessToken: { organization: {} }, rules }],
  },
  optionsOf("trust"),
);
new VerifiedService(
  "service",
  {
    image: "registry.example.com/orders:1",
    namespace: "pulumi",
    cluster: { kubernetes: { issuerUrl: "https://kubernetes.example.com" } },
    allow: [{ namespace: "shop" }],
    tokenReview: {},
    networkPolicy: {},
  },
  optionsOf("service"),
);
runner("plain", {});
