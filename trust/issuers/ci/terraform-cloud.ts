import { claimValues } from "../../claims";
import type { Rules } from "../../policy";
import { checkLiteral, subjectInvalid } from "../literal";
import { idsLike, namesLike, neighboursOf } from "../near-misses";
import { each, type IssuerRecord, REGISTERED } from "../record";

/** What a run of HCP Terraform does. */
export type TerraformRunPhase = "plan" | "apply";

/**
 * A workspace of HCP Terraform, by names and ids at once: its tokens' `sub` is
 * `organization:ORGANIZATION:project:PROJECT:workspace:WORKSPACE:run_phase:PHASE`.
 */
export interface TerraformCloudSubject {
  /** Name of the organization. */
  organization: string;
  /** Id of the organization, `org-…`. */
  organizationId: string;
  /** Name of the project, such as `Default Project`. */
  project: string;
  /** Name of the workspace. */
  workspace: string;
  /** Id of the workspace, `ws-…`. */
  workspaceId: string;
  /** `plan` or `apply`. Default: `apply`, since plans run for pull requests too. */
  runPhase?: TerraformRunPhase;
}

const NAME = /^[A-Za-z0-9_-]+$/;
const PROJECT = /^[A-Za-z0-9_-]+( +[A-Za-z0-9_-]+)*$/;
const PHASES: readonly TerraformRunPhase[] = ["plan", "apply"];

/**
 * HCP Terraform and Terraform Enterprise (hashicorp/web-unified-docs at 3354758b,
 * content/terraform-docs-common/docs/cloud-docs/dynamic-provider-credentials/workload-identity-tokens.mdx). Tests of modules
 * have the subject `organization:ORGANIZATION:module:MODULE:operation:test_run`.
 */
export const terraformCloud: IssuerRecord<"terraformCloud", TerraformCloudSubject> = {
  key: "terraformCloud",
  name: "HCP Terraform",
  urls: ["https://app.terraform.io"],
  signs: (url) => /^https:\/\/app\.(eu\.)?terraform\.io$/.test(url),
  elsewhere: {
    "https://app.eu.terraform.io": "an organization at that address of HCP Terraform",
    "https://HOST": "a Terraform Enterprise of one's own",
  },
  multiTenant: true,
  tenancy: "sub",
  subjects: [{ start: "organization:", end: ":" }],
  labels: ["organization", "project", "workspace", "run_phase"],
  claims: {
    ...REGISTERED,
    terraform_organization_id: { is: "id", identifies: "tenant", tenantEnd: "" },
    terraform_organization_name: { is: "name", identifies: "tenant", tenantEnd: "" },
    terraform_project_id: { is: "id", identifies: "tenant" },
    terraform_workspace_id: { is: "id", identifies: "subject", tenantEnd: "" },
    ...each("name", "terraform_project_name", "terraform_workspace_name", "terraform_full_workspace"),
    ...each("verified", "terraform_run_id", "terraform_run_phase"),
  },
  suggested: ["terraform_organization_id", "terraform_workspace_id", "terraform_run_phase"],
  audience: { rule: "what the workspace's variable TFC_WORKLOAD_IDENTITY_AUDIENCE says" },
  getToken:
    "the variable TFC_WORKLOAD_IDENTITY_AUDIENCE=AUDIENCE of the workspace makes each run have it in TFC_WORKLOAD_IDENTITY_TOKEN",
  entra: {
    issuers: /^https:\/\/app\.(eu\.)?terraform\.io$/,
    // An expression can be about nothing but the subject.
    claims: { sub: ["eq", "matches"] },
    required: [],
  },

  /** Names can be given up, so the ids are bound too; a deny goes by the workspace's id alone. */
  rules({ organization, organizationId, project, workspace, workspaceId, runPhase }, where, decision) {
    checkLiteral(organization, `${where}.organization`, NAME, "give the organization's name");
    checkLiteral(organizationId, `${where}.organizationId`, /^org-[A-Za-z0-9]+$/, "give the organization's id, org-…");
    checkLiteral(project, `${where}.project`, PROJECT, "give the project's name");
    checkLiteral(workspace, `${where}.workspace`, NAME, "give the workspace's name");
    checkLiteral(workspaceId, `${where}.workspaceId`, /^ws-[A-Za-z0-9]+$/, "give the workspace's id, ws-…");
    if (runPhase !== undefined && !PHASES.includes(runPhase)) {
      throw subjectInvalid(
        `"${String(runPhase)}" is not a phase of a run`,
        `${where}.runPhase`,
        `use ${PHASES.join(" or ")}`,
      );
    }
    const id: Rules = { terraform_workspace_id: workspaceId };
    return decision === "deny"
      ? [{ ...id, ...(runPhase !== undefined && { terraform_run_phase: runPhase }) }]
      : [
          {
            sub: `organization:${organization}:project:${project}:workspace:${workspace}:run_phase:${runPhase ?? "apply"}`,
            terraform_organization_id: organizationId,
            ...id,
          },
        ];
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, organization, project, workspace, runPhase] =
      /^organization:([^:]+):project:([^:]+):workspace:([^:]+):run_phase:([^:]+)$/.exec(sub) ?? [];
    const [organizationId] = claimValues(claims, ["terraform_organization_id"]);
    const [workspaceId] = claimValues(claims, ["terraform_workspace_id"]);
    return neighboursOf(
      claims,
      open,
      organization === undefined
        ? undefined
        : { organization, project, workspace, runPhase, organizationId, workspaceId },
      {
        organization: namesLike,
        project: namesLike,
        workspace: namesLike,
        runPhase: () => [...PHASES],
        organizationId: idsLike,
        workspaceId: idsLike,
      },
      (run) => ({
        sub: `organization:${run.organization}:project:${run.project}:workspace:${run.workspace}:run_phase:${run.runPhase}`,
        terraform_organization_name: run.organization,
        terraform_project_name: run.project,
        terraform_workspace_name: run.workspace,
        terraform_full_workspace: `organization:${run.organization}:project:${run.project}:workspace:${run.workspace}`,
        terraform_run_phase: run.runPhase,
        terraform_organization_id: run.organizationId,
        terraform_workspace_id: run.workspaceId,
      }),
    );
  },
};
