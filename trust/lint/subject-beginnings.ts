/** How subjects of clusters begin: their namespaces belong to one owner. The others' tenants are strangers to each other. */
export const CLUSTER_BEGINNING = "system:serviceaccount:";

/** How subjects of the known kinds begin, and what ends the tenant behind it. */
export const SUBJECT_BEGINNINGS: readonly (readonly [start: string, end: string])[] = [
  [CLUSTER_BEGINNING, ":"],
  ["repo:", "/"],
  ["project_path:", "/"],
  ["pulumi:deploy:org:", ":"],
  ["pulumi:environments:org:", ":"],
  ["pulumi:org:", ":"],
  // HCP Terraform and Buildkite; CircleCI.
  ["organization:", ":"],
  ["org/", "/"],
];
