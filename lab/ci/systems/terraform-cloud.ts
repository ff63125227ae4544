import { type CiSystem, shortId } from "./system";

/**
 * HCP Terraform (hashicorp/web-unified-docs at 3354758b,
 * content/terraform-docs-common/docs/cloud-docs/dynamic-provider-credentials/workload-identity-tokens.mdx): the workspace's variable
 * TFC_WORKLOAD_IDENTITY_AUDIENCE says the audience.
 */
export const terraformCloud: CiSystem = {
  claims: {
    iss: "https://app.terraform.io",
    terraform_organization_name: "acme",
    terraform_project_name: "Default Project",
    terraform_workspace_name: "infra",
    terraform_run_id: "run-X3n1AUXNGWbfECsJ",
    terraform_run_phase: "apply",
  },
  optional: {},
  derive(claims) {
    const organization = `organization:${claims.terraform_organization_name}`;
    const project = `${organization}:project:${claims.terraform_project_name}`;
    const workspace = `${project}:workspace:${claims.terraform_workspace_name}`;
    return {
      sub: `${workspace}:run_phase:${claims.terraform_run_phase}`,
      terraform_organization_id: `org-${shortId(organization)}`,
      terraform_project_id: `prj-${shortId(project)}`,
      terraform_workspace_id: `ws-${shortId(workspace)}`,
      terraform_full_workspace: workspace,
    };
  },
  stamps: ["nbf", "jti"],
  // The timeout of the run's phase: for a plan two hours by default.
  lifetimeSeconds: 7200,
  delivery: { by: "variable", name: "TFC_WORKLOAD_IDENTITY_TOKEN" },
};
