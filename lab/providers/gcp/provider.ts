import type { ResourceProvider } from "../../../plugin/server";
import { cloudProvider } from "../cloud";
import { type LabClient, labClient } from "../lab-client";
import { accountResource } from "./account";
import { type GcpLocation, gcpFunctions } from "./functions";
import { identityPoolResource } from "./identity-pool";
import { identityPoolProviderResource } from "./identity-pool-provider";
import { memberResource } from "./member";
import { runServiceResource } from "./run-service";

const DEFAULT_PROJECT = "lab-project";

/** The stand-in for the official Google provider: resources live in the lab. It takes no credentials and sends none. */
export function gcpProvider(lab: LabClient = labClient(), env: NodeJS.ProcessEnv = process.env): ResourceProvider {
  const first = (...names: string[]) =>
    names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
  let location: GcpLocation = {
    // The order in which the official provider looks at them.
    project:
      first("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT") ?? DEFAULT_PROJECT,
    region: first("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION") ?? "",
    zone: first("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE") ?? "",
  };
  return cloudProvider({
    name: "gcp",
    configure(config) {
      const given = ["project", "region", "zone"].filter(
        (key) => typeof config[key] === "string" && config[key] !== "",
      );
      location = { ...location, ...Object.fromEntries(given.map((key) => [key, config[key]])) };
    },
    resources: {
      "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": identityPoolResource(lab, () => location.project),
      "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": identityPoolProviderResource(
        lab,
        () => location.project,
      ),
      "gcp:cloudrunv2/service:Service": runServiceResource(lab, () => location.project),
      "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": memberResource(lab, {
        input: "name",
        besides: ["location", "project"],
        check: (inputs) => ({
          ...inputs,
          project: inputs.project ?? location.project,
          location: inputs.location ?? location.region,
        }),
        resource: ({ name, project, location: place }) =>
          String(name).startsWith("projects/")
            ? String(name)
            : `projects/${String(project)}/locations/${String(place)}/services/${String(name)}`,
      }),
      "gcp:serviceaccount/account:Account": accountResource(lab, () => location.project),
      "gcp:serviceaccount/iAMMember:IAMMember": memberResource(lab, {
        input: "serviceAccountId",
        resource: ({ serviceAccountId }) => String(serviceAccountId),
      }),
      "gcp:projects/iAMMember:IAMMember": memberResource(lab, {
        input: "project",
        resource: ({ project }) => `projects/${String(project).replace(/^projects\//, "")}`,
      }),
    },
    functions: gcpFunctions(lab, () => location),
  });
}
