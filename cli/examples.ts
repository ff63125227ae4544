import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClusterShape, LAB_PROJECT, type LabState } from "../lab";
import { OidcRunnerError } from "../trust";

/** An example program, and what a user would configure for it. */
export interface Example {
  /** Directory of its Pulumi.yaml, from the package's root. */
  directory: string;
  /** Whose cluster it wants. */
  shape: ClusterShape;
  /** Its stack configuration on a lab. */
  config(state: LabState): Record<string, string>;
}

const common = (state: LabState) => ({
  organization: state.pulumiCloud.organization,
  caCertificates: readFileSync(state.ca, "utf8"),
});
const cluster = (state: LabState) => state.clusters[0] ?? { name: "", issuer: "" };

const EXAMPLES: Record<string, Example> = {
  quickstart: {
    directory: ".",
    shape: "kubernetes",
    config: (state) => ({ ...common(state), issuerUrl: cluster(state).issuer }),
  },
  eks: {
    directory: join("examples", "eks"),
    shape: "eks",
    config: (state) => ({ ...common(state), clusterName: cluster(state).name }),
  },
  gke: {
    directory: join("examples", "gke"),
    shape: "gke",
    config: (state) => ({
      ...common(state),
      project: LAB_PROJECT,
      location: "europe-west1",
      clusterName: cluster(state).name,
    }),
  },
};

/**
 * The example of that name.
 *
 * @throws OidcRunnerError `EXAMPLE_UNKNOWN`
 */
export function exampleNamed(name: string): Example {
  const example = EXAMPLES[name];
  if (example === undefined) {
    throw new OidcRunnerError("EXAMPLE_UNKNOWN", `there is no example "${name}"`, {
      fix: `use one of ${Object.keys(EXAMPLES).join(", ")}; without a name it is quickstart`,
    });
  }
  return example;
}
