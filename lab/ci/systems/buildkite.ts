import { parseArgs } from "node:util";
import { uuid } from "../../uuid";
import type { CiSystem } from "./system";

/** Buildkite Pipelines (buildkite/docs at 06eab4b8, pages/agent/cli/reference/oidc.md). */
export const buildkite: CiSystem = {
  claims: {
    iss: "https://agent.buildkite.com",
    organization_slug: "acme",
    pipeline_slug: "infra",
    build_number: 1,
    build_branch: "main",
    build_commit: "9f3182061f1e2cca4702c368cbc039b7dc9d4485",
    step_key: "deploy",
    job_id: "0184990a-477b-4fa8-9968-496074483cee",
    agent_id: "0184990a-4782-42b5-afc1-16715b10b8ff",
    runner_environment: "buildkite-hosted",
    build_source: "ui",
  },
  optional: {
    build_tag: "v1.0.0",
    build_id: "019583d7-3737-4e38-af67-f7cc356bd580",
    cluster_id: "0191f956-042f-7ec4-aa62-8e5eeae396d0",
    cluster_name: "default",
    queue_id: "0191f956-62da-7515-b79b-bdecb519aa32",
    queue_key: "runners",
    "agent_tag:queue": "runners",
    "https://aws.amazon.com/tags": { principal_tags: { pipeline_slug: ["infra"] } },
  },
  derive({ organization_slug = "", pipeline_slug, build_branch, build_tag, build_commit, step_key }) {
    const ref = build_tag ? `refs/tags/${build_tag}` : `refs/heads/${build_branch}`;
    return {
      sub: `organization:${organization_slug}:pipeline:${pipeline_slug}:ref:${ref}:commit:${build_commit}:step:${step_key}`,
      aud: `https://buildkite.com/${organization_slug}`,
      organization_id: uuid(organization_slug),
      pipeline_id: uuid(`${organization_slug}/${pipeline_slug}`),
    };
  },
  onlyAsked: ["organization_id", "pipeline_id"],
  stamps: ["nbf"],
  lifetimeSeconds: 300,
  delivery: {
    by: "command",
    command: "buildkite-agent",
    words: ["oidc", "request-token"],
    read(options) {
      const list = { type: "string", multiple: true } as const;
      const { values } = parseArgs({ args: [...options], options: { audience: { type: "string" }, claim: list } });
      return { audience: values.audience, claims: values.claim?.flatMap((names) => names.split(",")) };
    },
  },
  // The agent puts variables in for `$` when it uploads the file, and makes `$` of `$$`.
  pipeline: ({ steps }: { steps: { label: string; commands: string[] }[] }) => ({
    steps: steps.map(({ label, commands }) => ({ name: label, text: commands.join("\n").replaceAll("$$", () => "$") })),
  }),
};
