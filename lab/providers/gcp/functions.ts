import { type Properties, secret } from "../../../plugin/server";
import { OidcRunnerError } from "../../../trust";
import { gcpError, type IdentityPool, type IdentityProvider, projectNumber } from "../../gcp";
import type { CloudFunction } from "../cloud";
import type { GkeFacts } from "../cluster-facts";
import type { LabClient } from "../lab-client";

/** Where the provider works. */
export interface GcpLocation {
  project: string;
  region: string;
  zone: string;
}

/** Functions of the `gcp` provider. */
export function gcpFunctions(lab: LabClient, location: () => GcpLocation): Record<string, CloudFunction> {
  const text = (value: unknown, otherwise: string) => (typeof value === "string" && value !== "" ? value : otherwise);
  const poolIn = (args: Properties) => {
    const project = text(args.project, location().project);
    const poolId = text(args.workloadIdentityPoolId, "");
    return { project, poolId, id: `projects/${project}/locations/global/workloadIdentityPools/${poolId}` };
  };
  return {
    // The lab gives out no Google access token here: nothing of it would accept one.
    "gcp:organizations/getClientConfig:getClientConfig": async () => {
      const { project, region, zone } = location();
      const id = `projects/${project}/regions/${region}/zones/${zone}`;
      return { accessToken: secret("none-in-the-lab"), defaultLabels: {}, id, project, region, zone };
    },
    "gcp:organizations/getProject:getProject": async (args) => {
      const projectId = text(args.projectId, location().project);
      if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(projectId)) {
        // What Google says of any project that the caller can't see.
        throw gcpError(403, "forbidden", "The caller does not have permission");
      }
      return {
        id: `projects/${projectId}`,
        labels: {},
        name: projectId,
        number: projectNumber(projectId),
        orgId: "",
        projectId,
      };
    },
    "gcp:iam/getWorkloadIdentityPool:getWorkloadIdentityPool": async (args) => {
      const { project, poolId, id } = poolIn(args);
      const found = await lab.call<IdentityPool>("GET", `/gcp/identity-pools/${encodeURIComponent(id)}`);
      const { name, description, disabled, displayName } = found;
      return {
        ...{ id, name, project, workloadIdentityPoolId: poolId, description, disabled, displayName },
        ...{ attestationRules: [], inlineCertificateIssuanceConfigs: [], inlineTrustConfigs: [] },
        ...{ deletionPolicy: "", mode: "FEDERATION_ONLY", state: "ACTIVE" },
      };
    },
    "gcp:iam/getWorkloadIdentityPoolProvider:getWorkloadIdentityPoolProvider": async (args) => {
      const { project, poolId, id: pool } = poolIn(args);
      const workloadIdentityPoolProviderId = text(args.workloadIdentityPoolProviderId, "");
      const id = `${pool}/providers/${workloadIdentityPoolProviderId}`;
      const path = `/gcp/identity-pool-providers/${encodeURIComponent(id)}`;
      const found = await lab.call<IdentityProvider>("GET", path);
      const { name, description, disabled, displayName, attributeCondition, attributeMapping } = found;
      const { issuerUri, allowedAudiences } = found;
      return {
        ...{ id, name, project, workloadIdentityPoolId: poolId, workloadIdentityPoolProviderId },
        ...{ description, disabled, displayName, attributeCondition, attributeMapping },
        oidcs: [{ allowedAudiences, issuerUri, jwksJson: "" }],
        ...{ aws: [], samls: [], x509s: [], deletionPolicy: "", state: "ACTIVE" },
      };
    },
    "gcp:container/getCluster:getCluster": async (args) => {
      const here = location();
      const project = text(args.project, here.project);
      const place = text(args.location, text(here.zone, here.region));
      const name = text(args.name, "");
      if (name === "") {
        throw new OidcRunnerError("LAB_ARGUMENT_MISSING", "getCluster needs the cluster's name");
      }
      const path = [project, "locations", place, "clusters", name].map(encodeURIComponent).join("/");
      const cluster = await lab.call<GkeFacts>("GET", `/gcp/projects/${path}`);
      return {
        // Google gives the address without its scheme.
        endpoint: cluster.endpoint.replace(/^https:\/\//, ""),
        id: `projects/${project}/locations/${place}/clusters/${name}`,
        location: place,
        masterAuths: [{ clientCertificate: "", clientKey: "", clusterCaCertificate: cluster.certificateAuthority }],
        name,
        project,
        selfLink: `https://container.googleapis.com/v1/projects/${project}/locations/${place}/clusters/${name}`,
        workloadIdentityConfigs: [{ workloadPool: `${project}.svc.id.goog` }],
      };
    },
  };
}
