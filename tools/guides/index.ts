import { CI_ISSUERS, type IssuerRecord } from "../../trust/issuers";
import { exampleOf } from "./example";
import { table } from "./markdown";
import { coded, guidePage, issuerOfExample } from "./page";

/** The guides, by path from the root: one for each CI system, and their list. */
export async function guideFiles(): Promise<{ path: string; text: string }[]> {
  const examples = await Promise.all((CI_ISSUERS as readonly IssuerRecord[]).map(exampleOf));
  const rows = examples.map((example) => {
    const { record, file } = example;
    const { name, multiTenant, audience, ci } = record;
    return [
      `[${name}](${file}.md)`,
      `${multiTenant ? "one for everybody," : "one for each organization or workspace, such as"} \`${issuerOfExample(example)}\``,
      coded(audience.rule),
      ci === undefined ? "none" : `\`${ci.file}\``,
    ];
  });
  return [
    ...examples.map((example) => ({ path: `docs/ci/${example.file}.md`, text: guidePage(example) })),
    { path: "docs/ci/README.md", text: `${INDEX}${table(["system", "issuer", "audience", "pipeline"], rows)}${END}` },
  ];
}

const INDEX = `# CI jobs that log in to Pulumi Cloud

A guide for each CI system: a job logs in with an identity token that its system signs for it, so that no Pulumi token is stored there. These pages are
written by \`npm run guides\` from [the records of the issuers](../../trust/issuers/ci) and from what \`oidc-runner ci init\` makes.

`;

const END = `
All of them can be tried without an account: [the lab](../lab.md) signs such tokens, and its Pulumi Cloud verifies them.

## Machines that jobs share

The Pulumi CLI stores the access token of the last login in \`$PULUMI_HOME/credentials.json\`, also when it comes from \`PULUMI_ACCESS_TOKEN\`, and reads it from
there ([creds.go](https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/workspace/creds.go), [backend.go](https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/httpstate/backend.go)).
So where jobs run at the same time as one user of a machine, as agents of your own may do, a job can act with another's token, and a later job finds it.
Set \`PULUMI_CREDENTIALS_PATH\` to a directory of the job's own, for each step that calls \`pulumi\`; the cache of plugins stays where it is:

| system | directory |
|---|---|
| GitHub Actions | \`\${{ runner.temp }}/pulumi\`; [emptied before and after each job](https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#runner-context) |
| Azure DevOps | \`$(Agent.TempDirectory)/pulumi\`; [emptied after each job](https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables) |
| others | what \`mktemp -d\` makes in the job's shell, removed at its end, as [the pipeline for Buildkite](buildkite.md) does |
`;
