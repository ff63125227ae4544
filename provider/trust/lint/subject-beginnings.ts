/** How subjects of the known kinds begin, and what ends the tenant behind it. */
export const SUBJECT_BEGINNINGS: readonly (readonly [start: string, end: string])[] = [
  ["system:serviceaccount:", ":"],
  ["repo:", "/"],
  ["project_path:", "/"],
  ["pulumi:deploy:org:", ":"],
  ["pulumi:environments:org:", ":"],
  ["pulumi:org:", ":"],
  // HCP Terraform and Buildkite; CircleCI.
  ["organization:", ":"],
  ["org/", "/"],
];
