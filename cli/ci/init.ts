import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { checkApiUrl, DEFAULT_API_URL } from "../../pulumi-cloud/api";
import { OidcRunnerError } from "../../trust";
import {
  actionStep,
  type IssuerKey,
  type IssuerRecord,
  issuerByKey,
  type Login,
  loginStep,
  tokenFor,
  type VendorAction,
} from "../../trust/issuers";
import { findingText, reviewDefinitions } from "../../trust/parties/pulumi";
import { type AccessToken, checkOrganization, type PolicyDefinition, pulumiAudience } from "../../trust/policy";
import { print } from "../print";
import { type Ask, takeKnown, terminalAsk } from "./ask";
import { asking, factsOf } from "./facts";
import { type GeneratedFile, type Program, pipelineFile, programFiles } from "./files";
import { questionsOf, SYSTEMS, type SystemQuestions } from "./questions";
import { type Repository, readRepository } from "./repository";

/** Options of `oidc-runner ci init`; besides these, one for each field of {@link SYSTEMS}, by its flag in camel case. */
export interface CiInitOptions {
  organization?: string;
  branch?: string;
  environment?: string;
  tokenType: "organization" | "team" | "personal";
  team?: string;
  user?: string;
  vendorAction?: boolean;
  apiUrl: string;
  directory: string;
  /** What the job runs once it has logged in. */
  run: string;
  print?: boolean;
  force?: boolean;
  [field: string]: unknown;
}

/** Makes the pipeline and the program that trusts it. Returns the exit code. */
export async function ciInit(system: string, options: CiInitOptions): Promise<number> {
  const repository = readRepository(process.cwd());
  const ask = process.stdin.isTTY && process.stdout.isTTY ? await terminalAsk() : takeKnown;
  const { files, notes } = await generate(system, options, repository, ask);
  if (options.print) {
    for (const { path, text } of files) {
      print(`# ${path}`, ...text.split("\n"));
    }
  } else {
    write(files, repository.root, options.force ?? false);
  }
  print(...notes);
  return 0;
}

/** What `ci init` makes. */
export interface Generated {
  /** The pipeline's file first, where the system has one. */
  files: GeneratedFile[];
  /** What is left to do. */
  notes: string[];
  /** What the program lets Pulumi Cloud admit. */
  definitions: PolicyDefinition[];
}

/**
 * The files, what they let Pulumi Cloud admit, and what is left to do.
 *
 * @throws OidcRunnerError `INPUT_INVALID`, `SUBJECT_INVALID`, `POLICY_LINT`, and those of the organization and the address
 */
export async function generate(
  system: string,
  options: CiInitOptions,
  repository: Repository,
  ask: Ask,
): Promise<Generated> {
  const asked = questionsOf(system);
  const record = issuerByKey(system as IssuerKey);
  checkApiUrl(options.apiUrl);
  const action = options.vendorAction ? vendorActionOf(record) : undefined;
  const value = asking(options, ask);
  const organization = String(await value("organization", "Pulumi's organization", undefined));
  checkOrganization(organization);
  const blocks = await factsOf(asked, value, repository);
  const place = await placeOf(asked, record.name, options, (text) => value("branch", text, repository.branch));
  Object.assign(blocks.subject, defined(asked.place?.(place.branch, place.environment) ?? {}));
  const token = tokenOf(options);
  record.issuerUrl?.(blocks.trust, system);
  const { compiled, warnings } = reviewDefinitions(
    [{ decision: "allow", accessToken: token.block, [system]: blocks.subject }],
    {
      organization,
      issuerKind: record.key,
    },
  );
  const program: Program = {
    ...{ organization, issuer: system, trust: blocks.trust, subject: blocks.subject },
    accessToken: token.block,
    ...(options.apiUrl !== DEFAULT_API_URL && { apiUrl: options.apiUrl }),
  };
  const audience = record.audience.fixed?.audience ?? pulumiAudience(organization);
  const login = { organization, audience, apiUrl: options.apiUrl, accessToken: token.login };
  const { ci } = record;
  const pipeline =
    ci === undefined
      ? []
      : [
          pipelineFile(
            ci,
            ci.document({
              ...{ audience, login: loginStep(ci, login), work: options.run, ...place },
              action: action && actionStep(action, login),
            }),
          ),
        ];
  return {
    definitions: compiled.map(({ definition }) => definition),
    files: [...pipeline, ...programFiles(options.directory, record.name, program)],
    notes: [
      ...warnings.map((finding) => `warning: ${findingText(finding)}. Fix: ${finding.fix}`),
      ...(action === undefined ? [] : [`warning: ${action.differs}.`]),
      `How a job gets its token: ${tokenFor(record, audience)}.`,
      `Next: npm install and pulumi up in ${options.directory}.`,
    ],
  };
}

function vendorActionOf({ name, ci }: IssuerRecord): VendorAction {
  if (ci?.vendorAction === undefined) {
    const having = Object.keys(SYSTEMS).filter((key) => issuerByKey(key as IssuerKey).ci?.vendorAction);
    const fix = `leave it out, for the shell step; only ${having.join(", ")} has one`;
    throw invalid(`Pulumi has no action for ${name} that exchanges a token`, "--vendor-action", fix);
  }
  return ci.vendorAction;
}

async function placeOf(
  { place, environments }: SystemQuestions,
  name: string,
  { environment }: CiInitOptions,
  branchOf: (text: string) => Promise<string | undefined>,
): Promise<{ branch: string; environment?: string }> {
  if (environment !== undefined) {
    if (!environments) {
      throw invalid(`pipelines of ${name} name no deployment environment`, "--environment", "leave it out");
    }
    // An expression of the system in it would be evaluated.
    checkText(environment, "--environment", /^[\w./-][\w ./-]*$/);
  }
  const branch = place && (await branchOf("branch that the pipeline runs for"));
  if (branch !== undefined) {
    checkText(branch, "--branch", /^[\w][\w./-]*$/);
  }
  return { branch: branch ?? "", environment };
}

/** The access token as a program has it, and for `pulumi login`. */
function tokenOf({ tokenType, team, user }: CiInitOptions): { block: AccessToken; login?: Login["accessToken"] } {
  const owner = { organization: undefined, team, personal: user }[tokenType];
  const flag = tokenType === "team" ? "--team" : "--user";
  if (tokenType === "organization" ? (team ?? user) !== undefined : owner === undefined || (team && user)) {
    const fix = "give --team with --token-type team, --user with --token-type personal, neither with organization";
    throw invalid(`the options do not say one ${tokenType} token`, "--token-type", fix);
  }
  if (owner !== undefined) {
    checkText(owner, flag, /^[\w][\w.@-]*$/);
  }
  const name = String(owner);
  return {
    organization: { block: { organization: {} } },
    team: { block: { team: { name } }, login: { team: name } },
    personal: { block: { personal: { user: name } }, login: { user: name } },
  }[tokenType];
}

/** Writes files, or none when one of them is there. */
function write(files: readonly GeneratedFile[], root: string, force: boolean): void {
  const there = files.filter(({ path }) => existsSync(join(root, path)));
  if (there.length > 0 && !force) {
    const names = there.map(({ path }) => path).join(", ");
    throw invalid(`${names} would be overwritten`, root, "give --print to see what would be written, or --force");
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    print(`wrote ${relative(process.cwd(), join(root, path))}`);
  }
}

function defined(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}

function checkText(text: string, where: string, form: RegExp): void {
  if (!form.test(text)) {
    throw invalid(`"${text}" can't be this`, where, "give one name, of letters, digits and . _ -");
  }
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("INPUT_INVALID", what, { where, fix });
}
