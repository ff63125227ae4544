import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cloudsOf, gcpAudience, logInToAws, logInToAzure, logInToGcp, secondsOf } from "../cloud-logins";
import type { CloudContext } from "../context";
import { ApiError } from "../errors";
import type { Execute } from "../execution";
import { deploymentClaims } from "../issuer";
import type { Deployment, LogLine } from "../stack";
import { sessionName } from "./session-name";
import type { OidcSettings, Settings } from "./settings";

/** Where the token lies for the commands (pulumi/docs at 3d8a9c61, content/docs/deployments/guides/oidc/_index.md). */
const TOKEN_FILE = "/mnt/pulumi/pulumi.oidc";

/** Life of the access token that the CLI of a deployment has, milliseconds. Not documented. */
const ACCESS_TOKEN_MS = 3_600_000;

const COMMANDS: Record<Deployment["run"]["operation"], string[]> = {
  preview: ["preview"],
  update: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
  // pulumi/docs at 0366b9fd, content/docs/deployments/concepts/drift.md.
  "detect-drift": ["refresh", "--preview-only"],
  "remediate-drift": ["up", "--yes", "--skip-preview", "--refresh"],
};

/**
 * Rehearses a deployment: what Pulumi Deployments is documented to do, on this machine and in a directory that is there. The
 * deployment's token is exchanged at the clouds that the settings name, the pre-run commands run, and then the Pulumi CLI, with the
 * variables and files of pulumi/docs at 16b59505, content/docs/deployments/{concepts/settings,guides/oidc}. Nothing is cloned, no
 * dependencies are installed, and the image is not looked at.
 *
 * It returns at once; the deployment's status tells when and how it ended.
 *
 * @throws ApiError 400, 501 before anything is done
 */
export function rehearse(context: CloudContext, deployment: Deployment, settings: Settings): void {
  const { execute } = context;
  if (execute === undefined) {
    throw new ApiError(501, "this lab runs no deployments: it was started without what executes them");
  }
  const say = (line: LogLine) => {
    deployment.log.push({ timestamp: new Date(context.clock()).toISOString(), ...line });
  };
  perform({ context, execute, deployment, settings, directory: sourceDirectory(settings), say }).then(
    (code) => {
      deployment.status = code === 0 ? "succeeded" : "failed";
    },
    (error: Error) => {
      say({ line: `error: ${error.message}\n` });
      deployment.status = "failed";
    },
  );
}

interface Rehearsal {
  context: CloudContext;
  execute: Execute;
  deployment: Deployment;
  settings: Settings;
  /** Where the program is. */
  directory: string;
  say(line: LogLine): void;
}

/** Returns the exit code of the last command. */
async function perform({ context, execute, deployment, settings, directory, say }: Rehearsal): Promise<number> {
  const { id, run } = deployment;
  const { organization, project, stack, operation } = run;
  const { oidc = {}, preRunCommands, environmentVariables } = settings.operationContext ?? {};
  const token = await context.issuer.signLogin(deploymentClaims(run, context.switches));
  say({ header: "Get cloud credentials" });
  const credentials = await exchange(context, token, oidc, deployment);
  say({ line: `${Object.keys(credentials).join(", ") || "none: the settings name no cloud"}\n` });
  const accessToken = context.tokens.issue({
    ...{ tokenType: "organization", organization, admin: false, name: `deployment ${id}` },
    deployment: { id, stack: `${project}/${stack}` },
    expiresAt: context.clock() + ACCESS_TOKEN_MS,
  });
  return execute({
    ...{ id, directory, token, preRunCommands: preRunCommands ?? [] },
    environment: {
      PULUMI_ACCESS_TOKEN: accessToken,
      PULUMI_CI_SYSTEM: "Pulumi Deployments",
      PULUMI_CI_BUILD_ID: id,
      PULUMI_CI_BUILD_NUMBER: String(deployment.version),
      PULUMI_CI_ORGANIZATION: organization,
      PULUMI_CI_PROJECT: project,
      PULUMI_CI_STACK: stack,
      PULUMI_CI_OPERATION: operation,
      PULUMI_OIDC_TOKEN: token,
      ...credentials,
      ...Object.fromEntries(Object.entries(environmentVariables ?? {}).map(([key, value]) => [key, textOf(value)])),
    },
    pulumi: [...COMMANDS[operation], "--stack", `${organization}/${project}/${stack}`],
    // The CLI that follows a deployment goes over to the update's events at such a header (httpstate/backend.go).
    onPart: (part) => say({ header: part === "pulumi" ? `pulumi ${operation}` : "Pre-run commands" }),
    onLine: (line) => say({ line: `${line}\n` }),
  });
}

/** @throws ApiError 400 for what is not a directory of this machine */
function sourceDirectory({ sourceContext }: Settings): string {
  const { repoUrl = "", repoDir = "." } = sourceContext?.git ?? {};
  if (!repoUrl.startsWith("file:///")) {
    throw new ApiError(
      400,
      "sourceContext.git.repoUrl: this lab takes a directory that is there, file:///DIRECTORY, and clones nothing",
    );
  }
  return resolve(fileURLToPath(repoUrl), repoDir);
}

/**
 * The variables that the documentation names for each cloud, once the token was exchanged there.
 *
 * @throws Error with what each cloud said that refuses
 */
async function exchange(
  context: CloudContext,
  token: string,
  { aws, azure, gcp }: OidcSettings,
  deployment: Deployment,
): Promise<Record<string, string>> {
  const logins: Promise<Record<string, string>>[] = [];
  if (aws !== undefined) {
    logins.push(awsVariables(context, token, aws, sessionName(aws.sessionName, deployment)));
  }
  if (azure !== undefined) {
    logins.push(azureVariables(context, token, azure));
  }
  if (gcp !== undefined) {
    logins.push(gcpVariables(context, token, gcp));
  }
  const outcomes = await Promise.allSettled(logins);
  const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  if (refusals.length > 0) {
    throw new Error(refusals.map(({ message }) => message).join("\nerror: "));
  }
  return Object.assign({}, ...outcomes.map((outcome) => outcome.status === "fulfilled" && outcome.value));
}

async function awsVariables(
  context: CloudContext,
  token: string,
  { roleArn, policyArns, duration = "1h" }: NonNullable<OidcSettings["aws"]>,
  name: string,
): Promise<Record<string, string>> {
  const login = { roleArn, policyArns, durationSeconds: secondsOf(duration), sessionName: name };
  const { accessKeyId, secretAccessKey, sessionToken } = await logInToAws(context, token, login);
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
}

/**
 * Whose token Azure gave is not handed on: clients have the deployment's and exchange it again (pulumi/docs at 17728a50,
 * content/docs/deployments/guides/oidc/azure.md, which names no other variable).
 */
async function azureVariables(
  context: CloudContext,
  token: string,
  { clientId, tenantId, subscriptionId }: NonNullable<OidcSettings["azure"]>,
): Promise<Record<string, string>> {
  await logInToAzure(context, token, { clientId, tenantId });
  return { ARM_CLIENT_ID: clientId, ARM_TENANT_ID: tenantId, ARM_SUBSCRIPTION_ID: subscriptionId };
}

/** A "credential configuration", which clients exchange the token by themselves with, again and again. */
async function gcpVariables(
  context: CloudContext,
  token: string,
  settings: NonNullable<OidcSettings["gcp"]>,
): Promise<Record<string, string>> {
  const { projectId: projectNumber, workloadPoolId: poolId, providerId, serviceAccount, tokenLifetime } = settings;
  const lifetimeSeconds = secondsOf(tokenLifetime ?? "1h");
  const login = { projectNumber, poolId, providerId, serviceAccount, lifetimeSeconds };
  await logInToGcp(context, token, login);
  const { gcpStsUrl, gcpIamCredentialsUrl } = cloudsOf(context);
  const account = `${gcpIamCredentialsUrl}/v1/projects/-/serviceAccounts/${serviceAccount}`;
  const configuration = {
    type: "external_account",
    audience: gcpAudience(login),
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${gcpStsUrl}/v1/token`,
    credential_source: { file: TOKEN_FILE },
    service_account_impersonation_url: `${account}:generateAccessToken`,
    service_account_impersonation: { token_lifetime_seconds: lifetimeSeconds },
  };
  return { GOOGLE_CREDENTIALS: JSON.stringify(configuration) };
}

function textOf(value: string | { secret: string }): string {
  return typeof value === "string" ? value : value.secret;
}
