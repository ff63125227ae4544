import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { AksAzure, AzureRoleAssignment } from "../../../../provider/components/aks/aks-oidc-runner";
import { RUN_INPUTS_ANNOTATION } from "../../../../provider/workload/kinds/run-again";
import { roleAssignmentName } from "../../../../trust/parties/azure";
import { type MockedRun, runProgram } from "../../../helpers/pulumi-mocks";
import { AKS_ISSUER, CLIENT_ID, cloud, PRINCIPAL_ID, TENANT } from "../cloud";
import { type Expectation, expectedRunner, registered } from "../expected";
import { expectedOf, only, podOf } from "../pick";
import { ACCOUNT, aksRunner, codesOf, GROUP, SUBSCRIPTION } from "./aks";

const component = "oidc-runner:index:AksOidcRunner";
const parent = `${component} deployer`;
const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";
const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";
const ASSIGNMENT = "azure-native:authorization:RoleAssignment";
const identity = { resourceGroupName: "site" };
const annotations = {
  "azure.workload.identity/client-id": CLIENT_ID,
  "azure.workload.identity/tenant-id": TENANT,
};

function expectation(run: MockedRun<unknown>, more: Partial<Expectation> = {}): Expectation {
  const trustName = only(run, "OidcTrustSetup").name;
  const issuerName = only(run, "OidcIssuer").inputs.name as string;
  return {
    ...{ component, issuerUrl: AKS_ISSUER, namespace: "pulumi" },
    ...{ trustName, issuerName, issuerId: `issuer-of-${trustName}`, ...more },
  };
}

const assignmentsOf = (run: MockedRun<unknown>) => run.resources.filter(({ type }) => type === ASSIGNMENT);
const program = (azure: AksAzure) => () => void aksRunner({ azure });

describe("AksOidcRunner", () => {
  it("makes an identity that its ServiceAccount may act as", async () => {
    const run = await runProgram(() => {
      const made = aksRunner({ azure: { identity } });
      const { workloadName, subject, clientId, tenantId, principalId } = made;
      return { workloadName, subject, clientId, tenantId, principalId, identity: made.identity?.urn };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.log, []);
    assert.deepEqual(registered(run), [
      {
        type: CREDENTIAL,
        name: "deployer",
        inputs: {
          audiences: ["api://AzureADTokenExchange"],
          issuer: AKS_ISSUER,
          resourceGroupName: "site",
          resourceName: "deployer1a2b3c4d",
          subject: "system:serviceaccount:pulumi:deployer",
        },
        parent,
        dependencies: [`${IDENTITY} deployer`],
      },
      { type: IDENTITY, name: "deployer", inputs: { resourceGroupName: "site" }, parent, dependencies: [] },
      ...expectedRunner(
        expectation(run, {
          annotations,
          annotationsFrom: [`${IDENTITY} deployer`],
          azureClient: { clientId: CLIENT_ID, tenantId: TENANT },
          jobFrom: [`${CREDENTIAL} deployer`, `${IDENTITY} deployer`],
        }),
      ),
    ]);
    const { identity: urn, ...outputs } = run.outputs ?? {};
    assert.match(String(urn), /UserAssignedIdentity::deployer$/);
    assert.deepEqual(outputs, {
      workloadName: "deployer-7f3a",
      subject: "system:serviceaccount:pulumi:deployer",
      clientId: CLIENT_ID,
      tenantId: TENANT,
      principalId: PRINCIPAL_ID,
    });
  });

  it("keeps the issuer's final slash wherever it stands", async () => {
    const run = await runProgram(program({ identity }), cloud);
    assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, AKS_ISSUER);
    assert.equal(only(run, "FederatedIdentityCredential").inputs.issuer, AKS_ISSUER);
    const expected = expectedOf(run);
    assert.ok(expected.startsWith(`iss=${AKS_ISSUER}\n`), expected);
  });

  it("gives the identity what it is given", async () => {
    const settings = { ...identity, name: "deployer-of-site", location: "westeurope", tags: { team: "platform" } };
    const run = await runProgram(program({ identity: settings }), cloud);
    assert.deepEqual(run.errors, []);
    const { name, ...others } = settings;
    assert.deepEqual(only(run, "UserAssignedIdentity").inputs, { ...others, resourceName: name });
    assert.equal(only(run, "FederatedIdentityCredential").inputs.resourceName, "deployer-of-site");
  });

  it("acts as a given client, of the issuer's tenant or of its own, and makes nothing on Azure", async () => {
    const other = "99999999-2222-4333-8444-555555555555";
    const later = { clientId: pulumi.output(CLIENT_ID), tenantId: pulumi.output(other) };
    for (const [azure, tenantId] of [
      [{ clientId: CLIENT_ID }, TENANT],
      [{ clientId: CLIENT_ID, tenantId: other }, other],
      [later, other],
    ] as const) {
      const run = await runProgram(() => {
        const { clientId, tenantId: tenant, principalId, identity: made } = aksRunner({ azure });
        return { clientId, tenant, none: [principalId, made] };
      }, cloud);
      assert.deepEqual(run.errors, []);
      assert.deepEqual(run.outputs, { clientId: CLIENT_ID, tenant: tenantId, none: [undefined, undefined] });
      const azureClient = { clientId: CLIENT_ID, tenantId };
      const itsAnnotations = { ...annotations, "azure.workload.identity/tenant-id": tenantId };
      assert.deepEqual(registered(run), expectedRunner(expectation(run, { annotations: itsAnnotations, azureClient })));
    }
  });

  it("refuses a client id whose tenant nothing names, now or later", async () => {
    const old = "https://oidc.prod-aks.azure.com/99999999-8888-4777-8666-555555555555/";
    for (const issuerUrl of [old, pulumi.output(old)]) {
      const cluster = { issuerUrl };
      const refused = await runProgram(() => void aksRunner({ cluster, azure: { clientId: CLIENT_ID } }), cloud);
      assert.deepEqual(codesOf(refused.errors), ["OPTION_MISSING"]);
      assert.ok(!refused.resources.some(({ type }) => /:(Job|ServiceAccount|OidcIssuer|OidcPolicy)$/.test(type)));
      const azure = { clientId: CLIENT_ID, tenantId: TENANT };
      assert.deepEqual((await runProgram(() => void aksRunner({ cluster, azure }), cloud)).errors, []);
    }
  });

  it("tells the pod of another authority and another life of its token", async () => {
    const authorityHost = "https://login.microsoftonline.us/";
    const run = await runProgram(program({ identity, authorityHost, tokenExpirationSeconds: 7200 }), cloud);
    assert.deepEqual(run.errors, []);
    const { env } = podOf(run).container;
    assert.equal(env.find(({ name }) => name === "AZURE_AUTHORITY_HOST")?.value, authorityHost);
    const { template } = only(run, "Job").inputs.spec as { template: { spec: { volumes: { name: string }[] } } };
    assert.deepEqual(template.spec.volumes.at(-1), {
      name: "azure-identity-token",
      projected: {
        sources: [
          {
            serviceAccountToken: {
              ...{ audience: "api://AzureADTokenExchange", expirationSeconds: 7200, path: "azure-identity-token" },
            },
          },
        ],
      },
    });
  });

  it("runs its Job again for another client id", async () => {
    const digest = async (clientId: string) => {
      const run = await runProgram(program({ clientId, tenantId: TENANT }), cloud);
      const { metadata } = only(run, "Job").inputs as { metadata: { annotations: Record<string, string> } };
      return metadata.annotations[RUN_INPUTS_ANNOTATION];
    };
    assert.notEqual(await digest(CLIENT_ID), await digest(PRINCIPAL_ID));
    assert.equal(await digest(CLIENT_ID), await digest(CLIENT_ID));
  });

  it("gives the identity roles, one assignment each, before the Job starts", async () => {
    const role = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    const roleAssignments = [
      { role: "Reader", scope: GROUP },
      { role: "Storage Blob Data Contributor", scope: pulumi.output(ACCOUNT) },
    ];
    const run = await runProgram(program({ identity: { ...identity, roleAssignments } }), cloud);
    assert.deepEqual([run.errors, run.log], [[], []]);
    const made = assignmentsOf(run).sort(
      (one, other) => String(one.inputs.scope).length - String(other.inputs.scope).length,
    );
    assert.deepEqual(
      made.map(({ inputs }) => inputs),
      [
        {
          principalId: PRINCIPAL_ID,
          principalType: "ServicePrincipal",
          roleAssignmentName: roleAssignmentName({ role: "Reader", scope: GROUP }, PRINCIPAL_ID),
          roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
          scope: GROUP,
        },
        {
          principalId: PRINCIPAL_ID,
          principalType: "ServicePrincipal",
          roleAssignmentName: roleAssignmentName(
            { role: "Storage Blob Data Contributor", scope: ACCOUNT },
            PRINCIPAL_ID,
          ),
          roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe`,
          scope: ACCOUNT,
        },
      ],
    );
    const { dependencies } = only(run, "Job");
    for (const { name } of made) assert.ok(dependencies.includes(`${ASSIGNMENT} ${name}`), name);
    // Of a scope that is not known its place stands.
    assert.deepEqual(
      made.map(({ name }) => name.replace(/[0-9a-f]{8}$/, "DIGEST")),
      ["deployer-DIGEST", "deployer-1"],
    );
  });

  it("keeps the assignments that stay when one is taken out", async () => {
    const both = [
      { role: "Reader", scope: GROUP },
      { role: "AcrPull", scope: GROUP },
    ];
    const named = async (roleAssignments: AzureRoleAssignment[]) =>
      assignmentsOf(await runProgram(program({ identity: { ...identity, roleAssignments } }), cloud)).map(
        ({ name, inputs }) => `${name} ${String(inputs.roleDefinitionId)}`,
      );
    const all = await named(both);
    assert.equal(all.length, 2);
    const [stays = ""] = await named(both.slice(1));
    assert.ok(all.includes(stays), stays);
  });

  it("warns of broad roles, unless that is meant", async () => {
    const roleAssignments = [
      { role: "Contributor", scope: SUBSCRIPTION },
      { role: "Contributor", scope: GROUP },
      { role: "Owner", scope: pulumi.output(ACCOUNT) },
    ];
    const azure = { identity: { ...identity, roleAssignments } };
    const run = await runProgram(() => void aksRunner({ azure }), cloud);
    assert.deepEqual(run.errors, []);
    assert.equal(run.log.length, 2, run.log.join("\n"));
    assert.match(run.log[0] ?? "", /^AZURE_ROLE_BROAD: Contributor on \/subscriptions\/.* Fix: .*waive/);
    assert.match(run.log[1] ?? "", /^AZURE_ROLE_BROAD: Owner on .* any role/);
    const waive = [{ name: "AZURE_ROLE_BROAD" as const, reason: "it deploys all of the subscription" }];
    const waived = await runProgram(() => void aksRunner({ azure, waive }), cloud);
    assert.deepEqual([waived.errors, waived.log], [[], []]);
  });

  it("needs no annotation of a ServiceAccount that it does not make", async () => {
    const existing = { createServiceAccount: false, serviceAccountName: "ci" };
    const run = await runProgram(() => void aksRunner({ ...existing, azure: { identity } }), cloud);
    assert.deepEqual([run.errors, run.log], [[], []]);
    assert.equal(only(run, "FederatedIdentityCredential").inputs.subject, "system:serviceaccount:pulumi:ci");
  });

  it("has nothing of Azure when none is asked for", async () => {
    const run = await runProgram(() => ({ clientId: aksRunner().clientId }), cloud);
    assert.deepEqual([run.errors, run.log], [[], []]);
    assert.deepEqual(registered(run), expectedRunner(expectation(run)));
    assert.deepEqual(run.outputs, { clientId: undefined });
  });
});
