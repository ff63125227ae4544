import { cloudProvider } from "../cloud";
import { type LabClient, labClient } from "../lab-client";
import type { ResourceProvider } from "../plugin";
import { accountResource } from "./account";
import { type GcpLocation, gcpFunctions } from "./functions";
import { memberResource } from "./member";
import { poolProviderResource, poolResource } from "./pool";

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
      "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": poolResource(lab, () => location.project),
      "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": poolProviderResource(
        lab,
        () => location.project,
      ),
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
