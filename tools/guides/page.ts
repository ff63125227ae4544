import { flagOf } from "../../cli/ci";
import type { ClaimFacts } from "../../trust/issuers";
import type { Finding } from "../../trust/lint";
import { type DefinitionInput, evaluate, explain, findingText, reviewDefinitions } from "../../trust/parties/pulumi";
import { type PolicyDefinition, pulumiAudience } from "../../trust/policy";
import { type Case, DIRECTORY, type Example, ORGANIZATION, TEAM } from "./example";
import { fenced, table } from "./markdown";

const REQUEST = { tokenType: "team", team: TEAM } as const;

/** The pages beside docs/ci. */
const DOCS = "..";

/** The guide of one system. */
export function guidePage(example: Example): string {
  const { record } = example;
  const { policy, warnings } = policyFor(example, example.subject);
  return [
    `# ${record.name}: jobs that log in to Pulumi Cloud\n`,
    `<!-- Written by npm run guides. -->\n`,
    introduction(example),
    `## Who trusts whom\n`,
    fenced("mermaid", picture(example)),
    `## Set it up\n`,
    setUp(example),
    `## What it writes\n`,
    written(example),
    `## What it admits and what it refuses\n`,
    policyText(example, policy),
    ...(warnings.length === 0
      ? []
      : [
          `What \`pulumi up\` warns of here:\n`,
          list(warnings.map((finding) => `${findingText(finding).replace(finding.name, "`$&`")}. Fix: ${finding.fix}`)),
        ]),
    `## Claims\n`,
    claims(example, policy),
    `## Names, ids and the issuer\n`,
    names(example),
    `## When a job is refused\n`,
    refused(example, policy),
    `## Sources\n`,
    sources(example),
  ].join("\n");
}

/** The policy that the program makes for a subject, and what it warns of. */
function policyFor({ record }: Example, subject: object): { policy: PolicyDefinition[]; warnings: Finding[] } {
  const accessToken = { team: { name: TEAM } };
  const { compiled, warnings } = reviewDefinitions(
    [{ decision: "allow", accessToken, [record.key]: subject } as DefinitionInput],
    { organization: ORGANIZATION, issuerKind: record.key as never },
  );
  return { policy: compiled.map(({ definition }) => definition), warnings };
}

/** `iss` of the example's tokens. */
export function issuerOfExample({ record, trust }: Example): string {
  return record.issuerUrl?.(trust, record.key) ?? record.urls[0] ?? "";
}

function audienceOf({ record }: Example): string {
  return record.audience.fixed?.audience ?? pulumiAudience(ORGANIZATION);
}

function introduction({ record }: Example): string {
  return `A job gets an identity token that ${record.name} signs for it, and exchanges it at Pulumi Cloud for an access token. No Pulumi token is
stored, so there is none to rotate or to leak. The access token ends after two hours: \`pulumi login\` asks for 7,200 seconds.
`;
}

function picture(example: Example): string {
  const { record } = example;
  const { name, ci, getToken } = record;
  const audience = audienceOf(example);
  const asks = ci !== undefined && "command" in ci.token;
  const [variable = ""] = /\b[A-Z_]+_TOKEN\b/.exec(getToken) ?? [];
  return [
    "sequenceDiagram",
    "  participant Y as you",
    "  participant J as job",
    `  participant I as ${name}<br/>${issuerOfExample(example).replace("https://", "")}`,
    "  participant P as Pulumi Cloud",
    "  Y->>P: pulumi up, once: trust this issuer, for what the policy says",
    ...(asks
      ? [
          `  J->>I: asks for a token${record.audience.fixed ? ", whose audience is always" : " with the audience"} ${audience}`,
        ]
      : []),
    `  I-->>J: identity token with iss, sub, aud${asks ? "" : `, in ${variable}`}`,
    "  J->>P: pulumi login exchanges it",
    "  P->>I: reads the issuer's keys",
    "  P->>P: signature, times, policy",
    `  P-->>J: access token of the team ${TEAM}`,
  ].join("\n");
}

function setUp({ record, asked, flags, notes }: Example): string {
  const { ci } = record;
  const rows = asked.questions.map(({ field, text, optional, fromRemote }) => {
    const said = fromRemote === undefined ? "" : "; default: as the remote `origin` says";
    return [`\`--${flagOf(field)}\``, text, optional ? "can be left out" : `needed${said}`];
  });
  const own = notes.filter((note) => note.startsWith("How a job"));
  const more = [
    ...(asked.place ? ["`--branch` is the branch that the pipeline runs for. "] : []),
    ...(asked.environments ? ["`--environment` is the job's deployment environment. "] : []),
    ...(ci?.vendorAction === undefined
      ? []
      : [`\`--vendor-action\` logs in by \`${ci.vendorAction.uses.split("@")[0]}\` in place of the shell step. `]),
    ...(ci === undefined ? [] : ["`--run` is the work of the job. "]),
  ];
  return `In a clone of the repository, with your own names and ids:

${fenced("sh", `npx oidc-runner ci init ${record.key} \\\n  ${flags.join(" \\\n  ")}\ncd ${DIRECTORY} && npm install && pulumi up`)}
The first command writes ${ci === undefined ? "the program" : `\`${ci.file}\` and the program`}, and asks on a terminal for what is missing. \`--print\` shows the files and writes none. The second needs the
Pulumi CLI with a login that may register issuers: [its scopes](${DOCS}/permissions.md#who-runs-pulumi-up).${ci === undefined ? "" : ` Then commit \`${ci.file}\`.`}${ci?.needs === undefined ? "" : ` A job needs ${ci.needs}.`}

${table(["flag", "what it is", ""], rows)}
${more.join("")}\`--token-type\` is \`organization\` (the default), \`team\` with \`--team\`, or \`personal\` with \`--user\`: the job can do what that token can.

${own.map(coded).join("\n")}
`;
}

function written({ record, files }: Example): string {
  const { ci } = record;
  const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? "";
  const program = `\`${DIRECTORY}/index.ts\`, with \`Pulumi.yaml\`, \`package.json\` and \`tsconfig.json\` beside it:

${fenced("ts", textOf(`${DIRECTORY}/index.ts`))}`;
  if (ci === undefined) {
    return `${program}
There is no pipeline file: the variable of the workspace, above, is all that its runs need to get the token.
`;
  }
  return `${program}
\`${ci.file}\`:

${fenced("yaml", textOf(ci.file))}
${
  "variable" in ci.token
    ? `The token comes in \`${ci.token.variable}\`, which is unset after the login, and is in no process's arguments.`
    : "The token is in no process's arguments, and only in files of mode 0600 that the step removes."
} What runs after the login has the CLI's login, not this token.
`;
}

function policyText({ file, cases }: Example, policy: readonly PolicyDefinition[]): string {
  const rows = cases.map((entry) => [
    entry.name,
    entry.decision === "allow" ? "admitted" : "refused",
    entry.decision === "allow" ? "" : decidedBy(entry, policy),
  ]);
  return `The policy that the program writes to the issuer at Pulumi Cloud. All rules of an entry must match; \`*\` is any characters, \`.\` any one.

${fenced("json", JSON.stringify({ policies: policy }, undefined, 2))}
Jobs and near misses, from [the cases that are tested](../../tests/vectors/issuers/${file}.json):

${table(["a job of, or with", "is", "because of"], rows)}`;
}

/** The rules that a token fails, of the entry that it fails least of. */
function decidedBy({ token }: Case, policy: readonly PolicyDefinition[]): string {
  const [nearest] = evaluate(policy, token, REQUEST).considered.sort(
    (one, other) => one.failures.length - other.failures.length,
  );
  return (nearest?.failures ?? [])
    .map(({ path, actual }) => `\`${path}\`${actual.length === 0 ? " (absent)" : ""}`)
    .join(", ");
}

function claims({ record }: Example, policy: readonly PolicyDefinition[]): string {
  const rules = new Set(policy.flatMap(({ rules }) => Object.keys(rules)));
  const rows = Object.entries(record.claims).map(([path, facts]) => [
    `\`${path}\``,
    worth(facts),
    facts.identifies === undefined ? "" : IDENTIFIES[facts.identifies],
    rules.has(path) ? "yes" : "",
  ]);
  return `Every claim of its tokens, and what it is worth in a rule: *observed* by the issuer; an *id* that is given to one thing and never again; a *name*
that can be given up and become another's.

${table(["claim", "worth", "identifies", "in the policy above"], rows)}`;
}

const IDENTIFIES = { subject: "the one subject", tenant: "its tenant", tenants: "a group of tenants" } as const;

function worth(facts: ClaimFacts): string {
  return facts.is === "untrusted"
    ? `nothing: chosen by ${facts.chosenBy}`
    : { verified: "observed", id: "id", name: "name" }[facts.is];
}

function names(example: Example): string {
  const { record, asked } = example;
  const { multiTenant, audience, elsewhere = {} } = record;
  const issuer = issuerOfExample(example);
  const whose = multiTenant
    ? `\`${issuer}\` signs for everybody who uses it, strangers too. A policy that does not say whose job it is admits them all, so it is refused (\`POLICY_LINT\`).`
    : `The issuer is your own: \`${issuer}\`. It signs for all that belongs to it, so the policy still says which job is meant.`;
  const use =
    audience.fixed === undefined
      ? `Here it is \`${audienceOf(example)}\`, and the policy refuses any other, so that a token made for another service is worth nothing here.`
      : `${audience.fixed.sharedWith} takes tokens with it too, so each of the two could log in to the other with a token it was given: bind the policy to one pipeline by its ids.`;
  const flag = asked.questions.some(({ field }) => field === "issuerUrl") ? " (`--issuer-url`)" : "";
  const others = Object.entries(elsewhere).map(([url, of]) => `\`${url}\`: ${of}`);
  return [
    `${whose}\n`,
    `A name that is given up can be taken by somebody else, whose jobs then say it. Ids stay. ${idsAdvice(example)}\n`,
    `**Audience:** ${coded(audience.rule)}. ${use}\n`,
    ...(others.length === 0
      ? []
      : [
          `Elsewhere the issuer has another address, which the program is given as \`${record.key}: { issuerUrl: "…" }\`${flag}:\n`,
          list(others),
        ]),
  ].join("\n");
}

/** Which flags bind ids, what is left without those that can be left out, and names in the issuer's address. */
function idsAdvice(example: Example): string {
  const { asked, subject, trust } = example;
  const optional = asked.questions.filter(({ field, optional }) => optional && Object.hasOwn(subject, field));
  const said = (without: readonly string[]) =>
    idRules(example, Object.fromEntries(Object.entries(subject).filter(([field]) => !without.includes(field))));
  const all = said([]);
  const left = said(optional.map(({ field }) => field));
  const added = all.filter((claim) => !left.includes(claim));
  const flags = optional.map(({ field }) => `\`--${flagOf(field)}\``).join(" and ");
  const named = Object.entries(trust).filter(([field]) => !Object.hasOwn(subject, field));
  return [
    added.length === 0
      ? `The policy above binds ${codes(all)}, which \`ci init\` asks for.`
      : `Give ${flags}, which bind ${codes(added)}${left.length === 0 ? ": without them names alone decide" : `, besides ${codes(left)}`}.`,
    ...named.map(
      ([field, value]) =>
        `The address of the issuer has the ${field}'s name, \`${value}\`, which can become another's too.`,
    ),
  ].join(" ");
}

/** Rules of a subject's policy on ids of the one subject or its tenant. */
function idRules(example: Example, subject: object): string[] {
  const rules = policyFor(example, subject).policy.flatMap(({ rules }) => Object.keys(rules));
  return [...new Set(rules)].filter((path) => example.record.claims[path]?.is === "id");
}

/** A text with its variables as code, and what stands behind a `&`, `?` or `=` of theirs. */
export function coded(text: string): string {
  return text.replace(/\$?\b[A-Z]+(?:_[A-Z0-9]+)+\b(?:[?&=][^\s,]+)?/g, "`$&`");
}

const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

function refused({ record, cases, files }: Example, policy: readonly PolicyDefinition[]): string {
  const miss = cases.find(({ decision }) => decision === "deny") as Case;
  const { reasons } = explain(policy, miss.token, REQUEST);
  // Some systems have a dollar doubled in the file.
  const pipeline = files.find(({ path }) => path === record.ci?.file)?.text ?? "";
  const dollar = pipeline.includes("$$oidc_dir") ? "$$" : "$";
  const where =
    record.ci === undefined
      ? `In the run, with the token in a file: \`npx oidc-runner claims --json --token-file FILE\`.`
      : `In the login step, write \`npx oidc-runner claims --json --token-file "${dollar}oidc_dir/token"\` into the line before \`pulumi login\`.`;
  const check =
    record.ci === undefined
      ? ""
      : `\`npx oidc-runner ci check ${record.key} --policy policy.json\` says it
before a job runs, as far as the pipeline's file tells. `;
  return `\`pulumi login\` ends with "OIDC token exchange failed" and Pulumi Cloud's answer, which does not say which rule refused the token ([what is
known of it](../verified-against.md#pulumi-cloud-token-exchange); \`access_denied\` in [the lab](${DOCS}/lab.md)). ${check}To see the claim that differs:

1. ${where} It prints the claims, never the token: don't print that, it is a login for as long as it lives. It needs Node.
2. Save what it printed as \`claims.json\`, and the policy, as above or from Pulumi Cloud, as \`policy.json\`. Then, on any machine:

${fenced("sh", `npx oidc-runner explain --relying-party pulumi --policy policy.json --claims claims.json --token-type team --team ${TEAM}`)}
For the row "${miss.name}" above it says:

${fenced("text", ["deny", ...reasons.map((reason) => `  ${reason}`)].join("\n"))}`;
}

/** Pages that a record cites and that lie in no repository. */
const PAGES: Readonly<Record<string, string>> = {
  bitbucket: 'Bitbucket Cloud documentation, "Integrate Pipelines with resource servers using OIDC"',
  azureDevops: 'Azure DevOps REST API, "Oidctoken - Create"',
};

function sources({ sources: all, record }: Example): string {
  const page = PAGES[record.key];
  return `What this page relies on, at the commits that were read:

${list([
  ...(page === undefined ? [] : [page]),
  ...all.map(
    ({ repository, path, commit }) =>
      `[${repository}, ${path}](https://github.com/${repository}/blob/${commit}/${path}) at ${commit.slice(0, 8)}`,
  ),
])}
Why each fact is believed stands beside it in [the record](../../trust/issuers/ci).
`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}\n`).join("");
}
