#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { packageRoot } from "../tools/toolchain/package-root";
import { JOB_READERS } from "./ci/jobs";
import { FIELDS, SYSTEMS } from "./ci/questions";
import { printError } from "./print";
import { reportError } from "./report-error";

// Commands are required where they run: each loads only what it needs.

const program = new Command("oidc-runner")
  .description("Rehearse and check access without stored secrets: Kubernetes pods to Pulumi Cloud")
  .version(packageVersion(), "--version")
  .showHelpAfterError("(see oidc-runner --help)")
  // Mistakes are told with the words that were mistaken.
  .configureOutput({ writeErr: (text) => printError(text.trimEnd()) })
  // 1 is an answer of several commands; a mistake on the command line is 2.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

const directory = () =>
  new Option("--directory <path>", "where the lab keeps its files (default: one place for each user)");

program
  .command("start")
  .description(
    "start a lab, run an example with the real `pulumi up` and follow its Job, pipeline, environment, deployments or requests (what `npm start` runs)",
  )
  .argument(
    "[example]",
    "eks, gke, aks, verified-service, github-actions, gitlab-ci, deployments or esc; the quickstart, for any cluster, without",
  )
  .option("--keep", "leave the lab running and say how to use it")
  .addOption(directory())
  .action(async (example: string | undefined, options: { keep?: boolean; directory?: string }) => {
    const { start } = require("./start") as typeof import("./start");
    process.exitCode = await start(example, options);
  });

program
  .command("explain")
  .description(
    "say whether a policy admits a token, why, and what was not checked; exit code 0 allow, 1 deny, 2 bad input",
  )
  .addOption(
    new Option("--relying-party <name>", "whose policy it is")
      .choices(["pulumi", "aws", "gcp", "azure"])
      .makeOptionMandatory(),
  )
  .requiredOption(
    "--policy <file>",
    'Pulumi Cloud\'s auth policy, {"policies":[...]}; an IAM role\'s trust policy; a workload identity pool provider, {"issuerUri",...,"members":[...]}; or a federated identity credential',
  )
  .option("--claims <file>", "the token's claims as JSON")
  .option("--token-file <file>", "the token; it is decoded, never printed")
  .addOption(
    new Option("--token-type <type>", "the access token asked of Pulumi Cloud, which needs it").choices([
      "organization",
      "team",
      "personal",
      "runner",
    ]),
  )
  .option("--team <name>", "team of a team token")
  .option("--user <login>", "user of a personal token")
  .option("--runner <name>", "runner pool of a runner token")
  .option("--at <time>", "when the token is presented: RFC 3339, or seconds since 1970 (default: now)")
  .option("--json", "print the explanation as one JSON object")
  .action((options) => {
    const { explainCommand } = require("./explain") as typeof import("./explain");
    process.exitCode = explainCommand(options);
  });

program
  .command("lint")
  .description("say what is dangerous or without effect in a policy; exit code 1 when an error is found, 2 bad input")
  .addOption(
    new Option("--relying-party <name>", "whose policy it is")
      .choices(["pulumi", "aws", "gcp", "azure"])
      .makeOptionMandatory(),
  )
  .requiredOption(
    "--policy <file>",
    "the document, as `explain` takes it; for azure also the list of all credentials of one app or identity",
  )
  .option("--issuer <url>", "the issuer it is for, so that claims it never sends are found, and a document for another")
  .option("--json", "print the findings as one JSON object")
  .action((options) => {
    const { lintCommand } = require("./lint") as typeof import("./lint");
    process.exitCode = lintCommand(options);
  });

program
  .command("policy")
  .description(
    "print the auth policy that an issuer has at Pulumi Cloud, as `explain` and `lint` take it; needs a login",
  )
  .requiredOption("--organization <name>", "Pulumi's organization")
  .requiredOption("--issuer <url>", "iss of the issuer's tokens")
  .option("--api-url <address>", "Pulumi Cloud's API (default: the one you are logged in to)")
  .option("--ca-file <file>", "PEM certificates to trust besides the public authorities")
  .action(async (options) => {
    const { policyCommand } = require("./policy") as typeof import("./policy");
    await policyCommand(options);
  });

program
  .command("claims")
  .description("print what a token claims, and rules it fulfils; never the token itself; exit code 2 bad input")
  .requiredOption("--token-file <file>", "the token; it is decoded, not verified")
  .option("--json", "print the claims as one JSON object, which `explain --claims` takes")
  .action((options) => {
    const { claimsCommand } = require("./claims") as typeof import("./claims");
    process.exitCode = claimsCommand(options);
  });

program
  .command("verify")
  .description(
    "verify a token as a service would: form, algorithm, signature, issuer, times, audience; exit code 0 valid, 1 invalid, 2 bad input",
  )
  .requiredOption("--issuer <url>", "iss of the token, whose keys are read by discovery")
  .requiredOption("--audience <name>", "what aud must hold")
  .option("--jwks <file>", "the issuer's key set, which then is not asked for its keys")
  .requiredOption("--token-file <file>", "the token; it is never printed")
  .option("--namespace <name>", "namespace of the ServiceAccount it must be of (default: any identity)")
  .option("--service-account <name>", "name of that ServiceAccount (default: any of the namespace)")
  .option(
    "--rule <path=pattern>",
    "a claim it must have, such as email=*@acme.iam.gserviceaccount.com; repeatable",
    collect,
    [],
  )
  .option("--json", "print the verdict as one JSON object")
  .action(async (options) => {
    const { verifyCommand } = require("./verify") as typeof import("./verify");
    process.exitCode = await verifyCommand(options);
  });

const ci = program.command("ci").description("CI jobs that log in to Pulumi Cloud with a token of their own");

const init = ci
  .command("init")
  .description(
    "write a pipeline that logs in, and the Pulumi program that trusts it; exit code 2 bad input. On a terminal it asks for what is missing",
  )
  .argument("<system>", Object.keys(SYSTEMS).join(", "))
  .option("--organization <name>", "Pulumi's organization")
  .option("--branch <name>", "branch that the pipeline runs for (default: the one of the remote origin)")
  .option("--environment <name>", "deployment environment of the job (default: none)");
const check = ci
  .command("check")
  .description(
    "say which jobs of a pipeline a policy admits, which it refuses and why; exit code 0 all admitted, 1 one refused or none asks for a token, 2 bad input",
  )
  .argument("<system>", Object.keys(JOB_READERS).join(", "))
  .argument("[file]", "the pipeline's file (default: where ci init puts it)")
  .requiredOption("--policy <file>", 'Pulumi Cloud\'s auth policy, {"policies":[...]}')
  .option(
    "--organization <name>",
    "Pulumi's organization, whose audience a job asks for where the file does not say it",
  )
  .option("--branch <name>", "the default branch (default: the one of the remote origin)");
for (const command of [init, check]) {
  command
    .addOption(
      new Option("--token-type <type>", "the access token it asks for")
        .choices(["organization", "team", "personal"])
        .default("organization"),
    )
    .option("--team <name>", "team of a team token")
    .option("--user <login>", "user of a personal token");
  for (const { flag, text } of FIELDS) {
    command.option(`--${flag} <value>`, text);
  }
}
check
  .option("--json", "print the jobs as one JSON object")
  .action(async (system: string, file: string | undefined, options) => {
    const { ciCheck } = require("./ci") as typeof import("./ci");
    process.exitCode = await ciCheck(system, { ...options, file });
  });
init
  .option(
    "--vendor-action",
    "log in by Pulumi's action, where the system has one, in place of a shell step: it hands the access token to every later step of the job in PULUMI_ACCESS_TOKEN, which the shell step does not",
  )
  .option("--api-url <address>", "Pulumi Cloud's API", "https://api.pulumi.com")
  .option("--directory <path>", "where the program goes, from the repository's root", "pulumi-oidc-trust")
  .option("--run <command>", "what the job runs once it has logged in", "pulumi whoami")
  .option("--print", "print the files and write none")
  .option("--force", "overwrite files that are there")
  .action(async (system: string, options) => {
    const { ciInit } = require("./ci") as typeof import("./ci");
    process.exitCode = await ciInit(system, options);
  });

const lab = program
  .command("lab")
  .description("a Kubernetes API and stand-ins of the clouds, on this machine's loopback");
lab
  .command("up")
  .description("start a lab and leave it running")
  .option("--json", "print addresses and credentials as one JSON object")
  .option("--organization <name>", "organization its Pulumi Cloud knows", "lab")
  .option("--team <name>", "a team of that organization; repeatable", collect, [])
  .option("--user <login>", "a user of it, besides the administrator; repeatable", collect, [])
  .option("--pool <name>", "a pool of customer-managed runners of it; repeatable", collect, [])
  .option("--cluster <name>", "name of its Kubernetes cluster", "lab")
  .option("--issuer <url>", "issuer URL of the cluster's tokens")
  .addOption(
    new Option("--shape <shape>", "whose cluster it resembles")
      .choices(["kubernetes", "eks", "gke", "aks"])
      .default("kubernetes"),
  )
  .addOption(directory())
  .action(async (options) => {
    const { labUp } = require("./lab/up") as typeof import("./lab/up");
    await labUp(options);
  });

lab
  .command("env")
  .description('print a line of shell that points pulumi and kubectl at a lab: eval "$(oidc-runner lab env)"')
  .addOption(directory())
  .action((options) => {
    const { labEnv } = require("./lab/env") as typeof import("./lab/env");
    labEnv(options);
  });

lab
  .command("status")
  .description("say whether a lab is running; exit code 1 if not")
  .option("--json", "print addresses and credentials as one JSON object")
  .addOption(directory())
  .action(async (options) => {
    const { labStatus } = require("./lab/status") as typeof import("./lab/status");
    process.exitCode = labStatus(options);
  });

lab
  .command("token")
  .description(
    "print a token of a CI system's job, of a Pulumi deployment or of an ESC environment, signed by the running lab: an example's, with the claims that are given",
  )
  .requiredOption("--issuer <name>", [...Object.keys(SYSTEMS), "pulumiDeployments", "pulumiEsc"].join(", "))
  .option(
    "--claim <name=value>",
    "a claim that differs, such as repository=acme/infra; repeatable, and what follows from it follows",
    collect,
    [],
  )
  .addOption(directory())
  .action(async (options) => {
    const { labToken } = require("./lab/token") as typeof import("./lab/token");
    await labToken(options);
  });

lab
  .command("down")
  .description("end a lab and everything in it")
  .addOption(directory())
  .action(async (options) => {
    const { labDown } = require("./lab/down") as typeof import("./lab/down");
    await labDown(options);
  });

/** Takes an option that may come several times. */
function collect(text: string, texts: string[]): string[] {
  return [...texts, text];
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string };
  return manifest.version;
}

program.parseAsync().catch((error: unknown) => {
  process.exitCode = reportError(error);
});
