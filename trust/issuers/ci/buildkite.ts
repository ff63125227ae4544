import { claimValues } from "../../claims";
import type { Rules } from "../../policy";
import { checkLiteral, refOf, UUID } from "../literal";
import { idsLike, namesLike, neighboursOf } from "../near-misses";
import { quoted } from "../pipeline";
import { each, type IssuerRecord, REGISTERED, untrusted } from "../record";

/**
 * A pipeline of Buildkite, by slugs and ids at once: its tokens' `sub` is
 * `organization:ORGANIZATION:pipeline:PIPELINE:ref:REF:commit:COMMIT:step:STEP`. The job must ask for the ids:
 * `--claim organization_id,pipeline_id`. Exactly one of `branch` and `tag`.
 */
export interface BuildkiteSubject {
  /** Slug of the organization. */
  organization: string;
  /** UUID of the organization. */
  organizationId: string;
  /** Slug of the pipeline. */
  pipeline: string;
  /** UUID of the pipeline. */
  pipelineId: string;
  /** Branch, such as `main`, or a pattern. `*` takes the builds of pull requests too. */
  branch?: string;
  /** Tag, such as `v1`, or a pattern. */
  tag?: string;
}

/** Keeps the CLI's stored login from other jobs of the machine. */
const OWN_LOGIN =
  "PULUMI_CREDENTIALS_PATH=$(mktemp -d) && export PULUMI_CREDENTIALS_PATH && trap 'rm -rf \"$PULUMI_CREDENTIALS_PATH\"' EXIT";

const SLUG = /^[A-Za-z0-9-]+$/;

/** Buildkite Pipelines (buildkite/docs at 06eab4b8, pages/agent/cli/reference/oidc.md: "Claims", "Custom subject claims"). */
export const buildkite: IssuerRecord<"buildkite", BuildkiteSubject> = {
  key: "buildkite",
  name: "Buildkite",
  urls: ["https://agent.buildkite.com"],
  signs: (url) => url === "https://agent.buildkite.com",
  multiTenant: true,
  tenancy: "sub",
  subjects: [{ start: "organization:", end: ":" }],
  labels: ["organization", "pipeline", "ref", "commit", "step"],
  claims: {
    ...REGISTERED,
    organization_id: { is: "id", identifies: "tenant", tenantEnd: "" },
    pipeline_id: { is: "id", identifies: "subject", tenantEnd: "" },
    cluster_id: { is: "id", identifies: "tenant", tenantEnd: "" },
    queue_id: { is: "id", identifies: "tenant", tenantEnd: "" },
    organization_slug: { is: "name", identifies: "tenant", tenantEnd: "" },
    ...each("name", "pipeline_slug", "cluster_name", "queue_key"),
    ...each("id", "build_id", "job_id", "agent_id"),
    ...each(
      "verified",
      "build_number",
      "build_branch",
      "build_tag",
      "build_commit",
      "build_source",
      "runner_environment",
    ),
    ...untrusted("the author of the pipeline's steps", "step_key"),
    // The job asks for them: tags of the agent, and the other claims again for AWS.
    ...each("name", "agent_tag:*", '"https://aws.amazon.com/tags".principal_tags.*'),
  },
  suggested: ["organization_id", "pipeline_id", "build_branch"],
  audience: { rule: "what the job asks for, by default https://buildkite.com/ORGANIZATION" },
  getToken: "buildkite-agent oidc request-token --audience AUDIENCE --claim organization_id,pipeline_id prints it",
  // The agent hides the token in logs since 3.104 (oidc.md there), and puts variables in for `$` when it uploads a pipeline
  // (pages/agent/cli/reference/pipeline.md: "Escaping the $ character"). Its machine serves other jobs besides.
  ci: {
    needs: "the Pulumi CLI on the machine of the agent",
    token: {
      command: (audience) =>
        `buildkite-agent oidc request-token --audience ${quoted(audience)} --claim organization_id,pipeline_id`,
    },
    file: ".buildkite/pipeline.yml",
    document: ({ login, work, branch }) => ({
      steps: [
        {
          label: "Pulumi",
          branches: branch,
          commands: [OWN_LOGIN, login, work].map((text) => text.replaceAll("$", "$$$$")),
        },
      ],
    }),
  },
  awsKeys: [
    ...["build_branch", "cluster_id", "cluster_name", "organization_id", "organization_slug", "pipeline_id"],
    "pipeline_slug",
  ],

  /** Slugs can be given up, so the ids are bound too; a deny goes by the pipeline's id alone. */
  rules({ organization, organizationId, pipeline, pipelineId, branch, tag }, where, decision) {
    checkLiteral(organization, `${where}.organization`, SLUG, "give the organization's slug");
    checkLiteral(organizationId, `${where}.organizationId`, UUID, "give the organization's UUID");
    checkLiteral(pipeline, `${where}.pipeline`, SLUG, "give the pipeline's slug");
    checkLiteral(pipelineId, `${where}.pipelineId`, UUID, "give the pipeline's UUID");
    const ref = refOf({ branch, tag }, where);
    const id: Rules = { pipeline_id: pipelineId };
    return decision === "deny"
      ? [{ sub: `*:ref:${ref}:commit:*`, ...id }]
      : [
          {
            sub: `organization:${organization}:pipeline:${pipeline}:ref:${ref}:commit:*`,
            organization_id: organizationId,
            ...id,
          },
        ];
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, organization, pipeline, ref, rest] =
      /^organization:([^:]+):pipeline:([^:]+):ref:(.*)(:commit:.*)$/s.exec(sub) ?? [];
    const [organizationId] = claimValues(claims, ["organization_id"]);
    const [pipelineId] = claimValues(claims, ["pipeline_id"]);
    return neighboursOf(
      claims,
      open,
      organization === undefined ? undefined : { organization, pipeline, ref, organizationId, pipelineId },
      { organization: namesLike, pipeline: namesLike, ref: namesLike, organizationId: idsLike, pipelineId: idsLike },
      (job) => ({
        sub: `organization:${job.organization}:pipeline:${job.pipeline}:ref:${job.ref}${rest}`,
        organization_slug: job.organization,
        pipeline_slug: job.pipeline,
        build_branch: /^refs\/heads\/(.*)/s.exec(job.ref ?? "")?.[1] ?? claims.build_branch,
        organization_id: job.organizationId,
        pipeline_id: job.pipelineId,
      }),
    );
  },
};
