import { claimValues } from "../../claims";
import type { Rules } from "../../policy";
import { checkLiteral, NUMERIC_ID, refOf, UUID } from "../literal";
import { idsLike, namesLike, neighboursOf } from "../near-misses";
import { each, type IssuerRecord, REGISTERED } from "../record";

/** An organization of Azure DevOps. Each has an issuer of its own. */
export interface AzureDevopsOrganization {
  /** UUID of the organization. */
  organizationId: string;
}

/**
 * A pipeline of Azure DevOps, by names and ids at once: its tokens' `sub` is `p://ORGANIZATION/PROJECT/PIPELINE`. Exactly one of
 * `branch` and `tag`. The audience is fixed and that of Microsoft Entra ID, of which the linter warns `SHARED_AUDIENCE`.
 */
export interface AzureDevopsSubject {
  /** Name of the organization. */
  organization: string;
  /** UUID of the organization. */
  organizationId: string;
  /** Name of the project. */
  project: string;
  /** UUID of the project: `System.TeamProjectId` in a pipeline. */
  projectId: string;
  /** Number of the pipeline's definition: `System.DefinitionId` in a pipeline. */
  definitionId: string;
  /** Branch, such as `main`, or a pattern. */
  branch?: string;
  /** Tag, such as `v1`, or a pattern. */
  tag?: string;
}

const AUDIENCE = "api://AzureADTokenExchange";

/**
 * Azure DevOps (Azure DevOps REST API, "Oidctoken - Create"; what it answers as gravitational/teleport has it at 7a02f9e3,
 * rfd/0211-azure-devops-joining.md). With a service connection the subject is `sc://ORGANIZATION/PROJECT/CONNECTION`, and the
 * claims that name pipelines are absent.
 */
export const azureDevops: IssuerRecord<"azureDevops", AzureDevopsSubject, AzureDevopsOrganization> = {
  key: "azureDevops",
  name: "Azure DevOps",
  urls: [],
  signs: (url) => /^https:\/\/vstoken\.dev\.azure\.com\/[^/]+$/.test(url),
  issuerUrl({ organizationId }, where) {
    checkLiteral(organizationId, `${where}.organizationId`, UUID, "give the organization's UUID");
    return `https://vstoken.dev.azure.com/${organizationId}`;
  },
  multiTenant: false,
  subjects: ["p://", "sc://"].map((start) => ({ start, end: "/" })),
  claims: {
    ...REGISTERED,
    org_id: { is: "id", identifies: "tenant", tenantEnd: "" },
    prj_id: { is: "id" },
    // Counted in each organization, which the issuer's address names.
    def_id: { is: "id", identifies: "subject" },
    // The repository's UUID in Azure Repos, its name elsewhere.
    ...each("name", "rpo_id", "rpo_uri"),
    ...each("verified", "rpo_ver", "rpo_ref", "run_id"),
  },
  suggested: ["org_id", "prj_id", "def_id", "rpo_ref"],
  audience: {
    rule: `always ${AUDIENCE}`,
    fixed: { audience: AUDIENCE, sharedWith: "Microsoft Entra ID" },
  },
  getToken:
    "a POST to $SYSTEM_OIDCREQUESTURI?api-version=7.1, authorized by $(System.AccessToken), which the step must be given; the answer has it as oidcToken",

  // Microsoft's machines have the CLI and curl, as GitHub's (actions/runner-images). A $(…) that names no variable is left to the
  // shell, and `task.setsecret` hides a value (MicrosoftDocs/azure-devops-docs, docs/pipelines/process/variables.md at 1b649098,
  // docs/pipelines/scripts/logging-commands.md at 674b9eeb).
  ci: {
    token: {
      // Its header comes from standard input: arguments are there for every process to see.
      command: () =>
        `printf 'header = "Authorization: Bearer %s"\\n' "$SYSTEM_ACCESSTOKEN" | curl -fsS -K - -H 'Content-Type: application/json' -d '' "$SYSTEM_OIDCREQUESTURI?api-version=7.1"`,
      member: "oidcToken",
    },
    maskPrefix: "##vso[task.setsecret]",
    file: "azure-pipelines.yml",
    document: ({ login, work, branch }) => ({
      trigger: { branches: { include: [branch] } },
      pr: "none",
      pool: { vmImage: "ubuntu-24.04" },
      steps: [
        { checkout: "self", persistCredentials: false },
        {
          script: login,
          displayName: "Log in to Pulumi Cloud",
          env: { SYSTEM_ACCESSTOKEN: "$(System.AccessToken)" },
        },
        { script: work, displayName: "Work" },
      ],
    }),
  },

  /** The pipeline's name is left open, because its definition says which it is; a deny goes by the ids alone. */
  rules({ organization, project, organizationId, projectId, definitionId, branch, tag }, where, decision) {
    checkLiteral(organization, `${where}.organization`, /^[A-Za-z0-9-]+$/, "give the organization's name");
    checkLiteral(project, `${where}.project`, /^[^/:\r\n]+$/, "give the project's name");
    checkLiteral(organizationId, `${where}.organizationId`, UUID, "give the organization's UUID");
    checkLiteral(projectId, `${where}.projectId`, UUID, "give the project's UUID");
    checkLiteral(definitionId, `${where}.definitionId`, NUMERIC_ID, "give the number that the pipeline's address has");
    const ids: Rules = { org_id: organizationId, prj_id: projectId, def_id: definitionId };
    const rpo_ref = refOf({ branch, tag }, where);
    return [decision === "deny" ? { ...ids, rpo_ref } : { sub: `p://${organization}/${project}/*`, ...ids, rpo_ref }];
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, organization, project, pipeline] = /^p:\/\/([^/]+)\/([^/]+)\/(.+)$/s.exec(sub) ?? [];
    const idOf = (claim: string) => claimValues(claims, [claim])[0];
    return neighboursOf(
      claims,
      open,
      organization === undefined
        ? undefined
        : {
            organizationId: idOf("org_id"),
            projectId: idOf("prj_id"),
            definitionId: idOf("def_id"),
            ref: idOf("rpo_ref"),
          },
      { organizationId: idsLike, projectId: idsLike, definitionId: idsLike, ref: namesLike },
      (run) => ({
        // Another organization, project or pipeline has another name too.
        sub: `p://${run.organizationId === idOf("org_id") ? organization : "neighbour"}/${run.projectId === idOf("prj_id") ? project : "neighbour"}/${run.definitionId === idOf("def_id") ? pipeline : "neighbour"}`,
        org_id: run.organizationId,
        prj_id: run.projectId,
        def_id: run.definitionId,
        rpo_ref: run.ref,
      }),
    );
  },
};
