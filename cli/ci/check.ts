import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { OidcRunnerError } from "../../trust";
import { claimsFromPaths } from "../../trust/claims";
import { type IssuerKey, type IssuerRecord, issuerByKey } from "../../trust/issuers";
import { evaluate, explain } from "../../trust/parties/pulumi";
import {
  checkDefinitions,
  checkTokenSelection,
  type PolicyDefinition,
  pulumiAudience,
  type Rules,
  type TokenRequest,
  tokenRequest,
} from "../../trust/policy";
import { print, printJson } from "../print";
import { policiesOf, readJson } from "../read-input";
import { takeKnown } from "./ask";
import { asking, factsOf } from "./facts";
import { type FoundJob, JOB_READERS } from "./jobs";
import { questionsOf } from "./questions";
import { type Repository, readRepository } from "./repository";

/** Options of `oidc-runner ci check`; besides these, one for each field of `SYSTEMS`, as for `ci init`. */
export interface CiCheckOptions {
  /** JSON file of the issuer's auth policy, in the form of Pulumi Cloud's API. */
  policy: string;
  /** Default: the record's, from the repository's root. */
  file?: string;
  branch?: string;
  organization?: string;
  tokenType: "organization" | "team" | "personal";
  team?: string;
  user?: string;
  json?: boolean;
  [field: string]: unknown;
}

/** What becomes of one way in which a job is started. */
export interface CheckedJob {
  job: string;
  event: string;
  decision: "allow" | "deny";
  /** Why it is refused; nothing for an allow. */
  reasons: string[];
  /** Claims that the policy asks for and neither the file nor an option says. */
  notChecked: string[];
}

/** Says which jobs of a pipeline a policy admits. Returns the exit code: 0 if all, 1 if one is refused or none asks for a token. */
export async function ciCheck(system: string, options: CiCheckOptions): Promise<number> {
  const jobs = await check(system, options, readRepository(process.cwd()));
  if (options.json) {
    printJson({ jobs });
  } else if (jobs.length === 0) {
    print("No job of this file asks for a token to log in to Pulumi Cloud with.");
  }
  for (const { job, event, decision, reasons, notChecked } of options.json ? [] : jobs) {
    print(`${decision === "allow" ? "admitted" : "refused "}  ${job}, ${event}`);
    print(...reasons.map((reason) => `          ${reason}`));
    if (notChecked.length > 0) {
      print(`          not checked: ${notChecked.join(", ")}, which the file does not say`);
    }
  }
  return jobs.length > 0 && jobs.every(({ decision }) => decision === "allow") ? 0 : 1;
}

/**
 * Holds each start of each job that asks for a token against a policy. A rule on a claim that nothing says is passed over and named.
 *
 * @throws OidcRunnerError `INPUT_INVALID`, `OPTION_MISSING`, `SUBJECT_INVALID`, and those of policies
 */
export async function check(system: string, options: CiCheckOptions, repository: Repository): Promise<CheckedJob[]> {
  const questions = questionsOf(system);
  const record = issuerByKey(system as IssuerKey);
  const read = JOB_READERS[system];
  if (record.ci === undefined || read === undefined) {
    throw new OidcRunnerError("INPUT_INVALID", `${record.name} has no pipeline's file`, {
      where: "SYSTEM",
      fix: "use oidc-runner explain with a token of a run",
    });
  }
  const { tokenType, team, user, branch = repository.branch ?? "main" } = options;
  checkTokenSelection({ tokenType, team, user });
  const policies = policiesOf(readJson(options.policy, "--policy"));
  checkDefinitions(policies.filter(({ rules }) => Object.keys(rules ?? {}).length > 0));
  const { subject, trust } = await factsOf(questions, asking(options, takeKnown), repository);
  const document = readPipelineFile(options.file ?? join(repository.root, record.ci.file));
  const request = tokenRequest({ tokenType, team, user });
  return read(document, { ...trust, ...subject }, branch).map((job) => {
    const audience = record.audience.fixed?.audience ?? job.audience ?? defaultAudience(options.organization);
    return {
      job: job.name,
      event: job.event,
      ...decide(policies, job, claimsOf(record, subject, job, audience), request),
    };
  });
}

function readPipelineFile(file: string): unknown {
  if (!existsSync(file)) {
    throw invalid(`there is no ${file}`, "give the pipeline's file as an argument");
  }
  try {
    return parse(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    throw invalid(`${file} is not YAML: ${(error as Error).message}`, "correct the file");
  }
}

function defaultAudience(organization: string | undefined): string | undefined {
  return organization === undefined ? undefined : pulumiAudience(organization);
}

/**
 * The claims of a job's tokens, one for each form of its subject, as far as they are known: the rules of the record for the job as a
 * typed subject, with a letter for each wildcard.
 */
function claimsOf(
  record: IssuerRecord,
  facts: Readonly<Record<string, string>>,
  { subject, claims, lacks = [] }: FoundJob,
  audience: string | undefined,
): Known[] {
  const typed = Object.fromEntries(Object.entries({ ...facts, ...subject }).filter(([, value]) => value !== undefined));
  return record.rules(typed, "the job", "allow").map((rules) => {
    const known = { ...rules, ...(claims as Rules), ...(audience !== undefined && { aud: audience }) };
    const entries = Object.entries(known).filter(([path]) => !lacks.includes(path));
    return { rules: Object.fromEntries(entries.map(([path, text]) => [path, text.replaceAll("*", "x")])), lacks };
  });
}

/** Claims by the paths of rules, and those that the token certainly lacks. */
interface Known {
  rules: Rules;
  lacks: readonly string[];
}

/** A token in any of its forms is admitted, or the first form is refused for these reasons. */
function decide(
  policies: readonly PolicyDefinition[],
  { withoutToken }: FoundJob,
  forms: readonly Known[],
  request: TokenRequest,
): Pick<CheckedJob, "decision" | "reasons" | "notChecked"> {
  if (withoutToken !== undefined) {
    return { decision: "deny", reasons: [`it gets no token: ${withoutToken}`], notChecked: [] };
  }
  const verdicts = forms.map(({ rules, lacks }) => {
    const unknownOf = (definition: PolicyDefinition) =>
      Object.keys(definition.rules ?? {}).filter((path) => !(path in rules) && !lacks.includes(path));
    // An allow is judged by the rules that can be checked, a deny only when all of them can.
    const left = policies.filter((definition) => definition.decision === "allow" || unknownOf(definition).length === 0);
    const judged = left.map((definition) => {
      const unknown = unknownOf(definition);
      const known = Object.entries(definition.rules ?? {}).filter(([path]) => !unknown.includes(path));
      return { ...definition, rules: Object.fromEntries(known) };
    });
    const claims = claimsFromPaths(rules);
    const { decision, index } = evaluate(judged, claims, request);
    const deciding = index === undefined ? undefined : left[index];
    const notJudged = policies.filter((definition) => !left.includes(definition));
    return {
      decision,
      reasons: decision === "allow" ? [] : explain(judged, claims, request).reasons,
      notChecked: [...new Set([...(deciding ? [deciding] : []), ...notJudged].flatMap(unknownOf))],
    };
  });
  return verdicts.find(({ decision }) => decision === "allow") ?? (verdicts[0] as (typeof verdicts)[number]);
}

function invalid(what: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("INPUT_INVALID", what, { where: "FILE", fix });
}
