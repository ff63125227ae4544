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
`;
