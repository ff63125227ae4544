import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { mintToken } from "../../lab/control-requests";
import { Engine } from "../../lab/engine/engine";
import { LAB_PROJECT } from "../../lab/issuer-shapes";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok } from "./support/engine";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

/** Who each token makes its holder, or the cloud's refusal, by AWS' own client and the variables that it reads. */
const AWS_CLIENT = `
  const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
  const one = async (file) => {
    process.env.AWS_WEB_IDENTITY_TOKEN_FILE = file;
    const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
    return Arn;
  };
  const outcome = (file) => one(file).catch((error) => error.name);
`;

/** The same by Google's library and the credential configuration that it finds. */
const GOOGLE_CLIENT = `
  const { readFileSync, writeFileSync } = require("node:fs");
  const { GoogleAuth } = require("google-auth-library");
  const base = JSON.parse(process.env.CONFIGURATION);
  const one = async (file) => {
    process.env.GOOGLE_APPLICATION_CREDENTIALS = file + ".json";
    writeFileSync(file + ".json", JSON.stringify({ ...base, credential_source: { file } }));
    const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
    const token = await auth.getAccessToken();
    return token.startsWith("ya29.") ? (await auth.getClient()).getServiceAccountEmail() : "no token";
  };
  const outcome = (file) => one(file).catch((error) => {
    const { error: said = error.message } = error.response?.data ?? {};
    return said.status ?? said;
  });
`;

const RUN = `
  const all = async () => {
    const outcomes = {};
    for (const file of process.argv.slice(1)) outcomes[file.split("/").pop()] = await outcome(file);
    console.log(JSON.stringify(outcomes));
  };
  all();
`;

/** A token that each cloud verifies, and that may become nobody there. */
const DENIED: [string, string] = ["AccessDenied", "PERMISSION_DENIED"];

const pairsOf = (names: string[], pair: [string, string]) => Object.fromEntries(names.map((name) => [name, pair]));
const pairs = (aws: Record<string, string>, google: Record<string, string>) =>
  Object.fromEntries(Object.keys(aws).map((name) => [name, [aws[name], google[name]]]));

interface Cloud {
  roleArn: string;
  workloadPool: string;
  serviceAccountEmail: string;
}

describe("official clients with tokens of Pulumi Cloud", function () {
  // Against hangs only.
  this.timeout(400_000);
  let state: LabState;
  let engine: Engine;
  let organization: string;
  let directory: string;
  let clouds: [Cloud, Cloud];

  before(async () => {
    state = await labStarted();
    organization = state.pulumiCloud.organization;
    const project = join(packageRoot(), "tests", "engine", "programs", "clients");
    engine = new Engine(state, { project, config: { organization, project: LAB_PROJECT } });
    await engine.init();
    await ok(engine.up());
    clouds = (await engine.outputs()).clouds as [Cloud, Cloud];
    directory = join(state.directory, "client-tokens");
    mkdirSync(directory, { mode: 0o700 });
  });
  after(async () => {
    await ok(engine.destroy());
  });

  type Tokens = Record<string, readonly string[]>;

  /** Token files by name, made from claims. */
  async function write(key: string, tokens: Tokens): Promise<string[]> {
    const files: string[] = [];
    for (const [name, claims] of Object.entries(tokens)) {
      const file = join(directory, name);
      writeFileSync(file, await mintToken(state, key, claims), { mode: 0o600 });
      files.push(file);
    }
    return files;
  }

  async function run(client: string, files: string[], env: Record<string, string>): Promise<Record<string, string>> {
    const { PATH = "" } = process.env;
    const variables = { PATH, HOME: directory, NODE_EXTRA_CA_CERTS: state.ca, NODE_NO_WARNINGS: "1", ...env };
    const options = { cwd: packageRoot(), env: variables };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", client + RUN, ...files], options);
    return JSON.parse(stdout) as Record<string, string>;
  }

  const byAws = ({ roleArn }: Cloud, files: string[]) =>
    run(AWS_CLIENT, files, {
      ...{ AWS_ROLE_ARN: roleArn, AWS_ROLE_SESSION_NAME: "client", AWS_REGION: state.aws.region },
      AWS_ENDPOINT_URL_STS: state.aws.stsUrl,
    });
  const byGoogle = ({ workloadPool, serviceAccountEmail }: Cloud, provider: string, files: string[]) =>
    run(GOOGLE_CLIENT, files, {
      // Otherwise it asks Google for the project's id.
      GOOGLE_CLOUD_PROJECT: LAB_PROJECT,
      CONFIGURATION: JSON.stringify({
        type: "external_account",
        audience: `//iam.googleapis.com/${workloadPool}/providers/${provider}`,
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: `${state.gcp.stsUrl}/v1/token`,
        service_account_impersonation_url: `${state.gcp.iamCredentialsUrl}/v1/projects/-/serviceAccounts/${serviceAccountEmail}:generateAccessToken`,
      }),
    });
  const arnOf = ({ roleArn }: Cloud) =>
    `${roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/client`;
  const v2 = "iss=https://api.pulumi.com/oidc/v2";
  const expired = ["exp=1700000000", "iat=1699996400", "nbf=1699996400"];

  it("get a deployment's credentials, and none with tokens that resemble its own", async () => {
    const files = await write("pulumiDeployments", {
      wanted: ["project=site"],
      "other organization": ["project=site", "org=strangers"],
      "other project": ["project=shop"],
      "other stack": ["project=site", "stack=dev"],
      "other operation": ["project=site", "operation=destroy"],
      "stack with more before it": ["project=site", "stack=xprod"],
      "stack with more after it": ["project=site", "stack=prod2"],
      "project with a dot": ["project=si.e"],
      "audience of environments": ["project=site", `aud=aws:${organization}`],
      expired: ["project=site", ...expired],
      "other issuer": ["project=site", v2],
    });
    const [cloud] = clouds;
    const aws = await byAws(cloud, files);
    const google = await byGoogle(cloud, "pulumi-deployments", files);
    assert.deepEqual(pairs(aws, google), {
      wanted: [arnOf(cloud), cloud.serviceAccountEmail],
      "other organization": ["InvalidIdentityTokenException", "invalid_grant"],
      ...pairsOf(["other project", "other stack", "other operation"], DENIED),
      ...pairsOf(["stack with more before it", "stack with more after it", "project with a dot"], DENIED),
      "audience of environments": ["AccessDenied", "invalid_grant"],
      expired: ["ExpiredTokenException", "invalid_grant"],
      "other issuer": ["InvalidIdentityTokenException", "invalid_grant"],
    });
  });

  it("get an environment's credentials, and none with tokens that resemble its own", async () => {
    const subject = (environment: string, user = "alice", org = organization) =>
      `sub=pulumi:environments:pulumi.organization.login:${org}:currentEnvironment.name:${environment}:pulumi.user.login:${user}`;
    const tokens = (platform: string): Tokens => ({
      wanted: [subject("site/prod"), `aud=${platform}:${organization}`],
      "other organization": [subject("site/prod", "alice", "strangers"), `aud=${platform}:strangers`, "org=strangers"],
      "other environment": [subject("site/dev"), `aud=${platform}:${organization}`],
      "other user": [subject("site/prod", "bob"), `aud=${platform}:${organization}`],
      "environment with more after it": [subject("site/prod2"), `aud=${platform}:${organization}`],
      "environment with more before it": [subject("xsite/prod"), `aud=${platform}:${organization}`],
      "environment with a dot": [subject("si.e/prod"), `aud=${platform}:${organization}`],
      "audience of the old project": [subject("site/prod"), `aud=${organization}`],
      expired: [subject("site/prod"), `aud=${platform}:${organization}`, ...expired],
      "other issuer": [subject("site/prod"), `aud=${platform}:${organization}`, v2],
    });
    const [, cloud] = clouds;
    const aws = await byAws(cloud, await write("pulumiEsc", tokens("aws")));
    const google = await byGoogle(cloud, "pulumi-esc", await write("pulumiEsc", tokens("gcp")));
    assert.deepEqual(pairs(aws, google), {
      wanted: [arnOf(cloud), cloud.serviceAccountEmail],
      "other organization": ["InvalidIdentityTokenException", "invalid_grant"],
      ...pairsOf(["other environment", "other user", "environment with a dot"], DENIED),
      ...pairsOf(["environment with more after it", "environment with more before it"], DENIED),
      "audience of the old project": ["AccessDenied", "invalid_grant"],
      expired: ["ExpiredTokenException", "invalid_grant"],
      "other issuer": ["InvalidIdentityTokenException", "invalid_grant"],
    });
  });
});
