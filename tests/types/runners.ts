import type { Cluster as EksResource } from "@pulumi/aws/eks/cluster";
import type { ManagedCluster as AksResource } from "@pulumi/azure-native/containerservice/managedCluster";
import type { Cluster as GkeResource } from "@pulumi/gcp/container/cluster";
import type * as pulumi from "@pulumi/pulumi";
import type * as root from "../../provider";
import type * as aks from "../../provider/aks";
import type * as eks from "../../provider/eks";
import type * as gke from "../../provider/gke";
import { type Plain, same } from "./exact";

declare const text: pulumi.Output<string>;
declare const number: pulumi.Output<number>;
declare const setup: root.OidcTrustSetup;
declare const eksCluster: EksResource;
declare const gkeCluster: GkeResource;
declare const aksCluster: AksResource;

declare const common: { organization: string; accessToken: { organization: root.OrganizationToken } };
declare const cluster: { issuerUrl: string };
declare function runner(args: root.KubernetesOidcRunnerArgs): void;
declare function onEks(args: eks.EksOidcRunnerArgs): void;
declare function onGke(args: root.GkeOidcRunnerArgs): void;
declare function onAks(args: aks.AksOidcRunnerArgs): void;

// The entries for one cloud have the same classes as the root.
same<typeof eks.EksOidcRunner, typeof root.EksOidcRunner>();
same<typeof gke.GkeOidcRunner, typeof root.GkeOidcRunner>();
same<typeof aks.AksOidcRunner, typeof root.AksOidcRunner>();
same<ConstructorParameters<typeof root.KubernetesOidcRunner>[1], root.KubernetesOidcRunnerArgs>();
same<ConstructorParameters<typeof eks.EksOidcRunner>[1], eks.EksOidcRunnerArgs>();
same<ConstructorParameters<typeof gke.GkeOidcRunner>[1], gke.GkeOidcRunnerArgs>();
same<ConstructorParameters<typeof aks.AksOidcRunner>[1], aks.AksOidcRunnerArgs>();

// The least there is.
runner({ ...common, cluster });
onEks({ ...common, cluster: { name: "prod" } });
onGke({ ...common, cluster: { location: "europe-west1", name: "prod" } });
onAks({ ...common, cluster: { name: "prod", resourceGroupName: "clusters" } });
// @ts-expect-error no cluster
runner({ ...common });
// @ts-expect-error no organization
runner({ accessToken: { organization: {} }, cluster });
// @ts-expect-error no access token
runner({ organization: "acme", cluster });
// @ts-expect-error a cluster of GKE has a location
onGke({ ...common, cluster: { name: "prod" } });

// Names.
runner({ ...common, cluster, serviceAccountName: "deployer" });
// @ts-expect-error another case
runner({ ...common, cluster, serviceaccountName: "deployer" });
// @ts-expect-error Kubernetes' name of a Job's settings is job
runner({ ...common, cluster, jobs: {} });
// @ts-expect-error AWS is for EKS
runner({ ...common, cluster, aws: { role: {} } });
// @ts-expect-error Google Cloud is for GKE
onEks({ ...common, cluster: { name: "prod" }, gcp: { serviceAccount: {} } });
// @ts-expect-error the party is called gcp
onGke({ ...common, cluster: { location: "europe-west1", name: "prod" }, google: { serviceAccount: {} } });
// @ts-expect-error a nested name
runner({ ...common, cluster, resources: { request: { cpu: "1" } } });

// Exactly one access token.
runner({ ...common, cluster, accessToken: { team: { name: "platform" }, expirationSeconds: 900 } });
runner({ ...common, cluster, accessToken: { personal: { user: text } } });
runner({ ...common, cluster, accessToken: { runner: { pool: "pool" }, expirationSeconds: number } });
runner({ ...common, cluster, accessToken: { team: { name: "platform" }, organization: undefined } });
// @ts-expect-error none
runner({ ...common, cluster, accessToken: {} });
// @ts-expect-error nothing
runner({ ...common, cluster, accessToken: undefined });
// @ts-expect-error its life alone
runner({ ...common, cluster, accessToken: { expirationSeconds: 900 } });
// @ts-expect-error two
runner({ ...common, cluster, accessToken: { organization: {}, team: { name: "platform" } } });
// @ts-expect-error two others
runner({ ...common, cluster, accessToken: { personal: { user: "ann" }, runner: { pool: "pool" } } });
// @ts-expect-error the type by name
runner({ ...common, cluster, accessToken: "organization" });
// @ts-expect-error a team has a name
runner({ ...common, cluster, accessToken: { team: {} } });
// A program may choose late, and pass one on.
declare const chosen: boolean;
runner({
  ...common,
  cluster,
  accessToken: chosen ? { team: { name: "platform" } } : { organization: { admin: true } },
});
declare const passed: root.RunnerAccessToken;
runner({ ...common, cluster, accessToken: passed });

// Workloads: at most one, by value. The arguments are interfaces, so that components of users can extend them and put their
// defaults before them; two workloads compile and are refused when the runner is made.
interface OwnArgs extends root.KubernetesOidcRunnerArgs {
  team: string;
}
declare const own: OwnArgs;
declare const given: Partial<root.KubernetesOidcRunnerArgs>;
runner(own);
runner({ ...common, cluster, ...given });
runner({ ...common, cluster, job: { backoffLimit: 1 } });
runner({ ...common, cluster, cronJob: { schedule: "@daily", concurrencyPolicy: "Replace" } });
runner({ ...common, cluster, deployment: { strategy: { type: "Recreate" } } });
runner({ ...common, cluster, agent: { enabledWorkflowTypes: ["deployment"] } });
// @ts-expect-error a CronJob has a schedule
runner({ ...common, cluster, cronJob: {} });
// @ts-expect-error a policy Kubernetes does not have
runner({ ...common, cluster, cronJob: { schedule: "@daily", concurrencyPolicy: "Wait" } });
// @ts-expect-error a Job has settings
runner({ ...common, cluster, job: "once" });
// @ts-expect-error a workload is known when the program runs
runner({ ...common, cluster, job: number });

// A trust: as it is, its output, or plain data.
runner({ ...common, cluster, trust: setup });
runner({ ...common, cluster, trust: setup.trust });
runner({
  ...common,
  cluster,
  trust: { organization: "acme", issuerId: text, issuerUrl: "https://issuer.example.com" },
});
// @ts-expect-error an id alone
runner({ ...common, cluster, trust: setup.issuerId });

// Clusters as their resources.
onEks({ ...common, cluster: eksCluster });
onGke({ ...common, cluster: gkeCluster });
// @ts-expect-error the other cloud's
onGke({ ...common, cluster: eksCluster });

// Exactly one way into a cloud, late values in it; one that is chosen when the program runs.
declare const isShared: boolean;
const eksBase = { ...common, cluster: { name: "prod" } };
const gkeBase = { ...common, cluster: { location: "europe-west1", name: "prod" } };
const aksBase = { ...common, cluster: { name: "prod", resourceGroupName: "clusters" } };
const identity = { resourceGroupName: text };
onEks({
  ...eksBase,
  aws: isShared ? { roleArn: text } : { role: { maxSessionDuration: number }, createOidcProvider: true },
});
onEks({ ...eksBase, aws: { podIdentity: { roleArn: text, targetRoleArn: text }, region: text } });
onGke({ ...gkeBase, gcp: { serviceAccountEmail: text } });
onAks({ ...aksBase, azure: { identity, tokenExpirationSeconds: number } });
// @ts-expect-error two ways
onEks({ ...eksBase, aws: { role: {}, roleArn: text } });
// @ts-expect-error no way
onEks({ ...eksBase, aws: { region: text } });
// @ts-expect-error a role is made or named
onEks({ ...eksBase, aws: { podIdentity: { role: {}, roleArn: text } } });
// @ts-expect-error an association is of a role
onEks({ ...eksBase, aws: { podIdentity: { targetRoleArn: text } } });
// @ts-expect-error two accounts
onGke({ ...gkeBase, gcp: { serviceAccount: {}, serviceAccountEmail: text } });
// @ts-expect-error no principal
onGke({ ...gkeBase, gcp: {} });
// @ts-expect-error two identities
onAks({ ...aksBase, azure: { identity, clientId: text } });
// @ts-expect-error no identity
onAks({ ...aksBase, azure: { authorityHost: text } });
// @ts-expect-error a way may not be missing
onEks({ ...eksBase, aws: { roleArn: isShared ? "arn" : undefined } });

// What takes no Output, and that all else does.
type Own = "accessToken" | "createPolicy" | "createNamespace" | "createServiceAccount" | "cluster";
type Common = Own | "job" | "cronJob" | "deployment" | "agent";
same<Plain<root.KubernetesOidcRunnerArgs>, Common>();
same<Plain<root.EksOidcRunnerArgs>, Common | "aws" | "exchangeAwsToken">();
same<Plain<root.GkeOidcRunnerArgs>, Common | "gcp">();
same<
  Plain<root.RunnerJob & root.RunnerCronJob & root.RunnerDeployment & root.RunnerAgent & root.RunnerResources>,
  never
>();
same<Plain<root.RunnerStrategy & root.RunnerRollingUpdate & root.RunnerPodTemplate & root.RunnerMetadata>, never>();
same<Plain<root.RunnerSecretKey & root.RunnerToleration & root.KubernetesCluster & root.EksCluster>, never>();
same<Plain<root.RunnerAccessTokenBlocks>, "organization" | "team" | "personal" | "runner">();
same<Plain<root.OrganizationToken & root.TeamToken & root.PersonalToken & root.RunnerToken>, never>();
same<Plain<eks.AwsRole>, "managedPolicyArns" | "inlinePolicies">();
same<Plain<eks.EksPodIdentityBlocks>, "role" | "disableSessionTags">();
same<Plain<eks.EksAwsBlocks>, "role" | "podIdentity" | "createOidcProvider">();
same<Plain<gke.GkeRunnerCluster>, "lookUp">();
same<Plain<gke.GkeGcpBlocks>, "serviceAccount" | "directPrincipal">();
same<Plain<gke.GkeServiceAccount>, "projectRoles" | "rolesByProject">();

// Outputs and children.
type Text = pulumi.Output<string>;
type Outputs = "workloadName" | "serviceAccountName" | "namespace" | "issuerId" | "audience" | "subject";
same<Pick<root.KubernetesOidcRunner, Outputs>, Readonly<Record<Outputs, Text>>>();
same<root.KubernetesOidcRunner["workload"], pulumi.CustomResource>();
same<root.KubernetesOidcRunner["serviceAccount"], pulumi.CustomResource | undefined>();
same<root.EksOidcRunner["workloadName"], Text>();
same<root.EksOidcRunner["role"], pulumi.CustomResource | undefined>();
type OfRole = "roleArn" | "roleName" | "targetRoleTrustPolicy";
same<Pick<root.EksOidcRunner, OfRole>, { readonly [K in OfRole]?: Text }>();
type OfAccount = "serviceAccountEmail" | "principal";
same<Pick<root.GkeOidcRunner, OfAccount>, { readonly [K in OfAccount]?: Text }>();
