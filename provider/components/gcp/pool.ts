import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { checkSharedProvider, type GcpProviderSettings, poolName } from "../../../trust/parties/gcp";
import { explained, peer, perRun } from "../lib";

/** A workload identity pool and its provider for one issuer, and how to come by them. */
export interface PoolOptions {
  project: pulumi.Input<string>;
  /** Number of the project. It resolves when all that is checked is good. */
  projectNumber: pulumi.Output<string>;
  poolId: pulumi.Input<string>;
  providerId: pulumi.Input<string>;
  /** Make the pool, once for all of the program; it needs a provider that is made. Otherwise it is there already. */
  createPool: boolean | undefined;
  /** Make the provider, once for all of the program; otherwise it is found and compared. */
  createProvider: boolean | undefined;
  /** What the provider must be; proven. */
  settings: pulumi.Output<GcpProviderSettings>;
}

/** Pools and providers made, by what tells them from others. */
const madeInRun = perRun<{ parts: unknown[]; made: Made }[]>(() => []);

interface Made {
  id: pulumi.Output<string>;
  settings?: pulumi.Output<GcpProviderSettings>;
}

/**
 * Name of the pool, `projects/NUMBER/locations/global/workloadIdentityPools/POOL`, known when pool and provider are there and are as the
 * trust needs them. Those that are made belong to the stack, not to the component that came first.
 */
export function poolWithProvider(
  parent: pulumi.ComponentResource,
  name: string,
  options: PoolOptions,
): pulumi.Output<string> {
  const poolId = options.createPool ? createdPool(parent, name, options) : pulumi.output(options.poolId);
  const providerId = options.createProvider
    ? createdProvider(parent, name, options, poolId)
    : foundProvider(parent, options, poolId);
  return pulumi.all([options.projectNumber, poolId, providerId]).apply(([number, pool]) => poolName(number, pool));
}

function createdPool(parent: pulumi.ComponentResource, name: string, options: PoolOptions): pulumi.Output<string> {
  const { project, poolId: workloadIdentityPoolId } = options;
  const { WorkloadIdentityPool } = peer(
    "@pulumi/gcp",
    () => require("@pulumi/gcp/iam/workloadIdentityPool") as typeof import("@pulumi/gcp/iam/workloadIdentityPool"),
  );
  const provider = parent.getProvider("gcp:iam/workloadIdentityPool:WorkloadIdentityPool");
  return once(["pool", project, workloadIdentityPoolId, provider], name, (logicalName) => {
    // Not before the arguments have passed.
    const ready = pulumi.all([workloadIdentityPoolId, options.settings]).apply(([id]) => id);
    return {
      id: new WorkloadIdentityPool(
        logicalName,
        { project, workloadIdentityPoolId: ready },
        { provider, ...explainTaken(logicalName, "pool") },
      ).workloadIdentityPoolId,
    };
  }).id;
}

function createdProvider(
  parent: pulumi.ComponentResource,
  name: string,
  options: PoolOptions,
  workloadIdentityPoolId: pulumi.Output<string>,
): pulumi.Output<string> {
  const { project, poolId, providerId: workloadIdentityPoolProviderId, settings } = options;
  const { WorkloadIdentityPoolProvider } = peer(
    "@pulumi/gcp",
    () =>
      require("@pulumi/gcp/iam/workloadIdentityPoolProvider") as typeof import("@pulumi/gcp/iam/workloadIdentityPoolProvider"),
  );
  const provider = parent.getProvider("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider");
  const parts = ["provider", project, poolId, workloadIdentityPoolProviderId, provider];
  const made = once(parts, name, (logicalName) => {
    const { issuerUri, allowedAudiences, attributeMapping, attributeCondition } = settings;
    const args = {
      ...{ project, workloadIdentityPoolId, workloadIdentityPoolProviderId, attributeMapping, attributeCondition },
      oidc: { issuerUri, allowedAudiences },
    };
    return {
      id: new WorkloadIdentityPoolProvider(logicalName, args, {
        provider,
        ...explainTaken(logicalName, "provider"),
      }).workloadIdentityPoolProviderId,
      settings,
    };
  });
  return pulumi.all([made.id, made.settings, settings]).apply(([id, has, needs]) => {
    checkSharedProvider(has as GcpProviderSettings, needs as GcpProviderSettings, id);
    return id;
  });
}

const TYPES = {
  pool: "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
  provider: "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
} as const;

/**
 * Explains the failure of a pool or provider whose id is taken: by one that is there (hashicorp/terraform-provider-google#12002), or for
 * 30 days by one that was deleted (cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools/delete).
 */
function explainTaken(logicalName: string, what: keyof typeof TYPES) {
  return explained(logicalName, /Error 409/, (_, inputs) => {
    const texts = inputs as Record<string, string>;
    const { project, workloadIdentityPoolId: pool, workloadIdentityPoolProviderId: provider } = texts;
    const words =
      what === "pool" ? `undelete ${pool}` : `providers undelete ${provider} --workload-identity-pool ${pool}`;
    const undelete = `gcloud iam workload-identity-pools ${words} --location global --project ${project}`;
    const takeOver = `pulumi import ${TYPES[what]} ${logicalName} ID`;
    const taken = `project ${project} has a ${what} ${provider ?? pool}, or had it in the past 30 days`;
    return new OidcRunnerError("GCP_ID_TAKEN", taken, {
      where: `gcp.${what}Id`,
      fix: `give another id; or run \`${undelete}\` if it was deleted, and \`${takeOver}\``,
    });
  });
}

function once(parts: unknown[], name: string, make: (logicalName: string) => Made): Made {
  const all = madeInRun();
  const existing = all.find((entry) => entry.parts.every((part, index) => part === parts[index]));
  if (existing !== undefined) {
    return existing.made;
  }
  const plain = parts.every((part) => part === undefined || typeof part === "string");
  const suffix = plain ? createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 8) : name;
  const made = make(`workload-identity-${String(parts[0])}-${suffix}`);
  all.push({ parts, made });
  return made;
}

function foundProvider(
  parent: pulumi.ComponentResource,
  { project, providerId, settings }: PoolOptions,
  poolId: pulumi.Output<string>,
): pulumi.Output<string> {
  const { getWorkloadIdentityPoolProvider } = peer(
    "@pulumi/gcp",
    () =>
      require("@pulumi/gcp/iam/getWorkloadIdentityPoolProvider") as typeof import("@pulumi/gcp/iam/getWorkloadIdentityPoolProvider"),
  );
  return pulumi
    .output({ project, poolId, providerId, settings })
    .apply(async ({ project: owner, poolId: pool, providerId: id, settings: wanted }) => {
      const found = await getWorkloadIdentityPoolProvider(
        { project: owner, workloadIdentityPoolId: pool, workloadIdentityPoolProviderId: id },
        { parent },
      ).catch((error: Error) => {
        // Other failures, such as a right that is missing, are told as Google tells them.
        if (/not found|404|notFound/i.test(error.message)) {
          return undefined;
        }
        throw error;
      });
      const oidc = found?.oidcs?.[0];
      if (found === undefined || oidc === undefined) {
        throw new OidcRunnerError("GCP_PROVIDER_NOT_FOUND", `the pool ${pool} has no OIDC provider ${id}`, {
          where: "gcp.providerId",
          fix: "set gcp.createProvider, and gcp.createPool for the first, in one program, or name the provider that is there",
        });
      }
      const { issuerUri, allowedAudiences } = oidc;
      checkSharedProvider({ ...found, issuerUri, allowedAudiences }, wanted as GcpProviderSettings, id);
      return id;
    });
}

/** Number of a project. */
export function projectNumberOf(project: pulumi.Output<string>, parent: pulumi.Resource): pulumi.Output<string> {
  const { getProject } = peer(
    "@pulumi/gcp",
    () => require("@pulumi/gcp/organizations/getProject") as typeof import("@pulumi/gcp/organizations/getProject"),
  );
  return project.apply(async (projectId) => (await getProject({ projectId }, { parent })).number);
}
