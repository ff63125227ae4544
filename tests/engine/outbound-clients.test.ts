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

/** The same by both of Azure's credentials for such tokens, which must say the same. */
const AZURE_CLIENT = `
  const { readFileSync } = require("node:fs");
  const { ClientAssertionCredential, WorkloadIdentityCredential } = require("@azure/identity");
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = process.env;
  // The one option that a lab needs: without it the client asks Microsoft which hosts are its clouds.
  const options = { disableInstanceDiscovery: true };
  const outcome = async (tokenFilePath) => {
    const assertion = async () => readFileSync(tokenFilePath, "utf8");
    const credentials = [
      new WorkloadIdentityCredential({ tokenFilePath, ...options }),
      new ClientAssertionCredential(tenantId, clientId, assertion, options),
    ];
    const said = credentials.map((credential) => credential.getToken("https://management.azure.com/.default").then(
      ({ token }) => JSON.parse(Buffer.from(token.split(".")[1], "base64url")).appid,
      (error) => /AADSTS[0-9]+/.exec(error.message)?.[0] ?? error.message,
    ));
    return [...new Set(await Promise.all(said))].join(" and ");
  };
`;

const RUN = `
  const all = async () => {
    const outcomes = {};
    for (const file of process.argv.slice(1)) outcomes[file.split("/").pop()] = await outcome(file);
    console.log(JSON.stringify(outcomes));
  };
  all();
`;

/** What AWS, Azure and Google Cloud say to a token. */
type Outcomes = [aws: string, azure: string, google: string];

/** To a token that each of them verifies, and that may become nobody there. */
const DENIED: Outcomes = ["AccessDenied", "AADSTS700213", "PERMISSION_DENIED"];
const EXPIRED: Outcomes = ["ExpiredTokenException", "AADSTS700024", "invalid_grant"];
const OTHER_AUDIENCE: Outcomes = ["AccessDenied", "AADSTS700212", "invalid_grant"];
const OTHER_ISSUER: Outcomes = ["InvalidIdentityTokenException", "AADSTS700211", "invalid_grant"];
const OTHER_ORGANIZATION: Outcomes = ["InvalidIdentityTokenException", "AADSTS700213", "invalid_grant"];

const eachIs = (names: string[], outcomes: Outcomes) => Object.fromEntries(names.map((name) => [name, outcomes]));

interface Cloud {
  roleArn: string;
  clientId: string;
  tenantId: string;
  workloadPool: string;
  serviceAccountEmail: string;
}

describe("official clients with tokens of Pulumi Cloud", () => {
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
  const byAzure = ({ clientId, tenantId }: Cloud, files: string[]) =>
    run(AZURE_CLIENT, files, {
      ...{ AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId },
      AZURE_AUTHORITY_HOST: state.azure.authority,
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
  const outcomesOf = (...clients: Record<string, string>[]) =>
    Object.fromEntries(Object.keys(clients[0] ?? {}).map((name) => [name, clients.map((client) => client[name])]));
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
    const azure = await byAzure(cloud, files);
    const google = await byGoogle(cloud, "pulumi-deployments", files);
    assert.deepEqual(outcomesOf(aws, azure, google), {
      wanted: [arnOf(cloud), cloud.clientId, cloud.serviceAccountEmail],
      "other organization": OTHER_ORGANIZATION,
      ...eachIs(["other project", "other stack", "other operation"], DENIED),
      ...eachIs(["stack with more before it", "stack with more after it", "project with a dot"], DENIED),
      "audience of environments": OTHER_AUDIENCE,
      expired: EXPIRED,
      "other issuer": OTHER_ISSUER,
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
    const azure = await byAzure(cloud, await write("pulumiEsc", tokens("azure")));
    const google = await byGoogle(cloud, "pulumi-esc", await write("pulumiEsc", tokens("gcp")));
    assert.deepEqual(outcomesOf(aws, azure, google), {
      wanted: [arnOf(cloud), cloud.clientId, cloud.serviceAccountEmail],
      "other organization": OTHER_ORGANIZATION,
      ...eachIs(["other environment", "other user", "environment with a dot"], DENIED),
      ...eachIs(["environment with more after it", "environment with more before it"], DENIED),
      "audience of the old project": OTHER_AUDIENCE,
      expired: EXPIRED,
      "other issuer": OTHER_ISSUER,
    });
  });
});
