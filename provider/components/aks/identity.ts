import * as pulumi from "@pulumi/pulumi";
import { kubernetes, type PodIdentity, podClaims } from "../../../trust/issuers";
import { type AzureCredential, proveAzureTrust, TOKEN_EXCHANGE_AUDIENCE } from "../../../trust/parties/azure";
import { azureWorkloadIdentity } from "../../workload/access";
import { kubernetesName, type PodParts } from "../../workload/pod";
import { type AzureIdentity, assignRoles, broadRoles, makeCredentials, makeUserAssignedIdentity } from "../azure";
import { type ChildOptions, warnUnlessWaived } from "../lib";
import { type CloudIdentity, planAfter, type RunnerArgs, type RunnerPlan } from "../runner";
import type { AksAzure } from "./args";
import { tenantOf } from "./check";

/** What gives a runner its access to Azure. */
export interface AzureAccess {
  /** Client id of what the runner acts as. */
  clientId: pulumi.Output<string>;
  tenantId: pulumi.Output<string>;
  /** Object id of an identity that is made. */
  principalId?: pulumi.Output<string>;
  /** The user-assigned identity, where it is made here. */
  managedIdentity?: pulumi.CustomResource;
  identity: CloudIdentity;
  /** The plan, resolving only when the Azure side is proven too. */
  plan: pulumi.Output<RunnerPlan>;
}

/** The parts that an identity of Entra ID adds to the pod, with any values; none without one. */
export function azureIdentityParts(azure: AksAzure | undefined): PodParts | undefined {
  return azure && azureWorkloadIdentity({ clientId: "any", tenantId: "any" });
}

/** Makes, or takes, what a runner acts as on Azure, and what its pod needs to do so. */
export function azureAccess(
  options: ChildOptions,
  name: string,
  azure: AksAzure,
  { plan, waive }: { plan: pulumi.Output<RunnerPlan>; waive: RunnerArgs["waive"] },
): AzureAccess {
  const { identity: settings, authorityHost, tokenExpirationSeconds } = azure;
  const { dependencies, ...access } =
    settings === undefined ? givenClient(azure, plan) : madeIdentity(options, name, settings, { plan, waive });
  const { clientId, tenantId } = access;
  return {
    ...access,
    identity: {
      annotations: { "azure.workload.identity/client-id": clientId, "azure.workload.identity/tenant-id": tenantId },
      principal: clientId,
      pod: pulumi.output({ clientId, tenantId, authorityHost, tokenExpirationSeconds }).apply(azureWorkloadIdentity),
      dependencies,
    },
  };
}

function givenClient({ clientId: given, tenantId: tenant }: AksAzure, plan: pulumi.Output<RunnerPlan>) {
  const client = pulumi
    .output({ plan, given, tenant })
    .apply(({ plan: { trust }, given: clientId = "", tenant: known }) => ({
      clientId,
      tenantId: tenantOf(trust.issuerUrl, known),
    }));
  const { clientId, tenantId } = client;
  return { clientId, tenantId, plan: planAfter(plan, client), dependencies: [] };
}

function madeIdentity(
  options: ChildOptions,
  name: string,
  settings: AzureIdentity,
  { plan, waive }: { plan: pulumi.Output<RunnerPlan>; waive: RunnerArgs["waive"] },
) {
  const childName = kubernetesName(name);
  const { roleAssignments = [] } = settings;
  const credentials = pulumi
    .output({ plan, roleAssignments, waive: waive ?? [] })
    .apply(({ plan: { trust }, roleAssignments: roles, waive: waivers }) => {
      const proven = proveCredentials({ ...trust, audience: TOKEN_EXCHANGE_AUDIENCE });
      warnUnlessWaived(options.parent, waivers, broadRoles(roles));
      return proven;
    });
  const made = makeUserAssignedIdentity(options, childName, settings, credentials);
  const { clientId, tenantId, principalId, identity: managedIdentity } = made;
  const dependencies = [
    ...made.resources,
    ...makeCredentials(options, made, [childName], credentials),
    ...assignRoles(options, childName, roleAssignments, principalId),
  ];
  return { clientId, tenantId, principalId, managedIdentity, plan: planAfter(plan, credentials), dependencies };
}

/** The federated credential of a pod, which refuses its neighbours, and the same pod of an issuer that differs by its final slash. */
function proveCredentials(pod: PodIdentity & { subject: string }): AzureCredential[] {
  const { issuerUrl: issuer, subject, audience } = pod;
  const otherSlash = issuer.endsWith("/") ? issuer.slice(0, -1) : `${issuer}/`;
  const neighbours = [...kubernetes.neighbours(podClaims(pod)), podClaims({ ...pod, issuerUrl: otherSlash })];
  return proveAzureTrust({ issuer, subject, audience }, neighbours);
}
