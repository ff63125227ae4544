import assert from "node:assert/strict";
import { parse } from "yaml";
import type { EnvironmentOidcTrustArgs, OutboundAzure } from "../../../../provider/components/outbound";
import { evaluateAzureTrust } from "../../../../trust/parties/azure/evaluate/evaluate";
import type { MockedRun } from "../../../helpers/pulumi-mocks";
import { codesOf, environments, kindsOf, PULUMI, PULUMI_PROVIDER, run, SUBSCRIPTION_ID, TENANT_ID } from "./outbound";

const IDENTITY = { identity: { resourceGroupName: "pulumi" }, subscriptionId: SUBSCRIPTION_ID };
const START = "pulumi:environments:pulumi.organization.login:acme";
const CURRENT = `${START}:currentEnvironment.name:site/prod`;
const V2 = `${PULUMI}/v2`;

const onAzure = (args: Partial<EnvironmentOidcTrustArgs> = {}, azure: OutboundAzure = IDENTITY) =>
  environments({ azure, ...args });
const named = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ project: "site", environment: `e${index}` }));
const credentialsOf = (program: MockedRun<unknown>) =>
  program.resources.filter(({ type }) => type.endsWith(":FederatedIdentityCredential")).map(({ inputs }) => inputs);
const decide = (program: MockedRun<unknown>, sub: string, aud = "azure:acme", iss = PULUMI) =>
  credentialsOf(program).some((one) => evaluateAzureTrust(one, { iss, aud, sub }).decision === "allow");

const VARIABLES = {
  ARM_USE_OIDC: "true",
  ARM_CLIENT_ID: "${azure.login.clientId}",
  ARM_TENANT_ID: "${azure.login.tenantId}",
  ARM_SUBSCRIPTION_ID: "${azure.login.subscriptionId}",
  ARM_OIDC_TOKEN: "${azure.login.oidc.token}",
  AZURE_CLIENT_ID: "${azure.login.clientId}",
  AZURE_TENANT_ID: "${azure.login.tenantId}",
};

describe("EnvironmentOidcTrust with azure", () => {
  it("makes a managed identity and a credential for the environment that holds the login", async () => {
    const program = await run(() => {
      const { subjects, clientId, clientIds, tenantId, environmentDefinition, editCommand } = onAzure();
      return { subjects, clientId, clientIds, tenantId, environmentDefinition, editCommand };
    });
    assert.deepEqual([program.errors, program.log], [[], []]);
    assert.deepEqual(kindsOf(program).sort(), [
      ...["EnvironmentOidcTrust", "FederatedIdentityCredential", "UserAssignedIdentity"],
    ]);
    assert.deepEqual(credentialsOf(program), [
      {
        ...{ resourceGroupName: "pulumi", resourceName: "site1a2b3c4d", issuer: PULUMI, audiences: ["azure:acme"] },
        subject: CURRENT,
      },
    ]);
    const { environmentDefinition, ...outputs } = program.outputs ?? assert.fail();
    assert.deepEqual(outputs, {
      ...{ subjects: [CURRENT], clientId: "site-client", clientIds: ["site-client"], tenantId: TENANT_ID },
      editCommand: "pulumi env edit acme/site/prod --file -",
    });
    const login = { clientId: "site-client", tenantId: TENANT_ID, subscriptionId: SUBSCRIPTION_ID, oidc: true };
    assert.deepEqual(parse(environmentDefinition), {
      values: {
        azure: { login: { "fn::open::azure-login": { ...login, subjectAttributes: ["currentEnvironment.name"] } } },
        environmentVariables: VARIABLES,
        files: { AZURE_FEDERATED_TOKEN_FILE: "${azure.login.oidc.token}" },
      },
    });
    assert.match(environmentDefinition, /oidc: true\n/);
    assert.match(environmentDefinition, /ARM_USE_OIDC: "true"\n/);
  });

  it("admits that environment, and none that resembles it", async () => {
    const program = await run(() => void onAzure());
    assert.ok(decide(program, CURRENT));
    for (const sub of [
      ...["site/prod2", "site/xprod", "site-2/prod", "s.te/prod", "prod", "Site/prod"].map(
        (name) => `${START}:currentEnvironment.name:${name}`,
      ),
      ...[`${CURRENT}:pulumi.user.login:ada`, CURRENT.replace("acme", "acme2"), CURRENT.replace("current", "root")],
      ...["pulumi:environments:org:acme:env:site/prod", "pulumi:environments:org:acme:env:<yaml>"],
    ]) {
      assert.ok(!decide(program, sub), sub);
    }
    for (const audience of ["acme", "aws:acme", "gcp:acme", "azure:acme2", "api://AzureADTokenExchange"]) {
      assert.ok(!decide(program, CURRENT, audience), audience);
    }
    assert.ok(!decide(program, CURRENT, undefined, V2));
  });

  it("has the bare audience for environments of the project default", async () => {
    const program = await run(() => void onAzure({ environments: [{ project: "default", environment: "prod" }] }));
    const sub = `${START}:currentEnvironment.name:prod`;
    assert.deepEqual([decide(program, sub, "acme"), decide(program, sub)], [true, false]);
  });

  it("trusts tokens with an audience of one's own, which Azure's clients find in a file", async () => {
    const customAudience = { audience: "api://AzureADTokenExchange", organizationId: "o-1", environmentIds: ["e-1"] };
    const program = await run(
      () => onAzure({ customAudience, aws: { oidcProviderArn: `${PULUMI_PROVIDER}/v2` } }).environmentDefinition,
    );
    assert.deepEqual(program.errors, []);
    assert.ok(decide(program, "pulumi:org:o-1:env:e-1", customAudience.audience, V2));
    assert.ok(!decide(program, "pulumi:org:o-1:env:e-2", customAudience.audience, V2));
    const { values } = parse(program.outputs ?? "") as { values: Record<string, Record<string, string>> };
    assert.deepEqual(values.files, {
      AWS_WEB_IDENTITY_TOKEN_FILE: "${pulumi.token}",
      AZURE_FEDERATED_TOKEN_FILE: "${pulumi.token}",
    });
    const { ARM_CLIENT_ID, ARM_OIDC_TOKEN, AZURE_CLIENT_ID, AWS_ROLE_ARN } = values.environmentVariables ?? {};
    assert.deepEqual(
      [ARM_CLIENT_ID, ARM_OIDC_TOKEN, AZURE_CLIENT_ID],
      ["site-client", "${pulumi.token}", "site-client"],
    );
    assert.match(AWS_ROLE_ARN ?? "", /^arn:/);
  });

  it("takes 20 environments, or fewer where users are named, and refuses one more", async () => {
    const fits = await run(() => void onAzure({ environments: named(20) }));
    assert.deepEqual([fits.errors, credentialsOf(fits).length], [[], 20]);
    const refused = await run(() => void onAzure({ environments: named(21) }));
    assert.deepEqual([codesOf(refused), refused.resources], [["AZURE_CREDENTIALS_TOO_MANY"], []]);
    assert.match(String(refused.errors[0]), /21 environments with 1 subjects each/);
    const users = {
      subjectAttributes: ["pulumi.user.login" as const, "currentEnvironment.name" as const],
      users: ["a", "b", "c"],
    };
    assert.deepEqual((await run(() => void onAzure({ ...users, environments: named(6) }))).errors, []);
    const more = await run(() => void onAzure({ ...users, environments: named(7) }));
    assert.match(String(more.errors[0]), /7 environments with 3 subjects each need 21 .*at most 6 environments/);
  });

  it("has an identity for each environment where that is asked for, whatever the subjects' order, and each has its definition", async () => {
    const users = {
      subjectAttributes: ["pulumi.user.login" as const, "currentEnvironment.name" as const],
      users: ["a", "b", "c"],
    };
    const program = await run(() => {
      const trust = onAzure({ ...users, environments: named(7) }, { ...IDENTITY, split: true });
      const { clientIds, environmentDefinition, environmentDefinitions } = trust;
      return { clientIds, environmentDefinition, environmentDefinitions };
    });
    assert.deepEqual(program.errors, []);
    const { clientIds, environmentDefinition, environmentDefinitions = {} } = program.outputs ?? {};
    assert.equal(new Set(clientIds).size, 7);
    const last = clientIds?.[6]?.replace("-client", "") ?? "";
    const second = credentialsOf(program).filter(({ resourceName }) => String(resourceName).startsWith(last));
    assert.deepEqual(
      second.map(({ subject }) => subject).sort(),
      users.users.map((user) => `${START}:pulumi.user.login:${user}:currentEnvironment.name:site/e6`),
    );
    assert.deepEqual(
      Object.keys(environmentDefinitions),
      named(7).map(({ environment }) => `site/${environment}`),
    );
    assert.equal(environmentDefinition, environmentDefinitions["site/e0"]);
    assert.match(environmentDefinitions["site/e6"] ?? "", new RegExp(`clientId: ${last}-client`));
  });
});
