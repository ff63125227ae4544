import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentsOidcTrustArgs, OutboundAzure } from "../../../../provider/components/outbound";
import { OidcRunnerError } from "../../../../trust/errors";
import { evaluateAzureTrust } from "../../../../trust/parties/azure/evaluate/evaluate";
import type { MockedRun, Registered } from "../../../helpers/pulumi-mocks";
import { only } from "../pick";
import {
  CLIENT_ID,
  codesOf,
  deployments,
  deploymentToken,
  environments,
  kindsOf,
  PRINCIPAL_ID,
  PULUMI,
  run,
  STRANGERS,
  SUBSCRIPTION_ID,
  TENANT_ID,
} from "./outbound";

const USUAL = ["preview", "update", "refresh", "destroy"];
const IDENTITY = { identity: { resourceGroupName: "pulumi" } };
const IDENTITY_ID = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/pulumi/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer`;
const APPLICATION_ID = "/applications/0f0f0f0f-1111-4222-8333-888888888888";
const SCOPE = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/site`;

type Args = Partial<DeploymentsOidcTrustArgs>;
const onAzure = (azure: OutboundAzure = IDENTITY, args: Args = {}, name = "site") =>
  deployments({ azure, ...args }, name);
const stacks = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ project: "site", stack: `s${index}` }));
const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);
const subject = (stack: string, operation: string) =>
  `pulumi:deploy:org:acme:project:site:stack:${stack}:operation:${operation}:scope:write`;

/** The credentials of each identity in the order in which they are written: each waits for all before it. */
function credentialsOf(program: MockedRun<unknown>) {
  const byOwner = new Map<unknown, Registered[]>();
  for (const one of program.resources.filter(({ type }) => type.endsWith("FederatedIdentityCredential"))) {
    const owner = String(one.inputs.resourceName ?? one.inputs.applicationId).toLowerCase();
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), one]);
  }
  const waitsFor = ({ dependencies }: Registered) => dependencies.filter((one) => one.includes("Credential ")).length;
  return [...byOwner.values()].map((all) => {
    const ordered = all.toSorted((one, other) => waitsFor(one) - waitsFor(other));
    assert.deepEqual(ordered.map(waitsFor), [...ordered.keys()]);
    return ordered;
  });
}
const subjectsOf = (program: MockedRun<unknown>) =>
  credentialsOf(program).map((chain) => chain.map(({ inputs }) => inputs.subject));

function decide(program: MockedRun<unknown>, token: object): string {
  const credentials = credentialsOf(program).flat();
  assert.ok(credentials.length > 0);
  const isAdmitted = credentials.some(({ inputs }) => evaluateAzureTrust(inputs, token as never).decision === "allow");
  return isAdmitted ? "allow" : "deny";
}

describe("DeploymentsOidcTrust with azure", () => {
  it("makes a managed identity, a credential for each operation of the stack, one after the other, and roles", async () => {
    const program = await run(() => {
      const identity = {
        ...{ resourceGroupName: "pulumi", name: "deployer", location: "westeurope", tags: { team: "a" } },
        roleAssignments: [{ role: "Contributor", scope: SCOPE }],
      };
      const trust = onAzure({ identity, subscriptionId: SUBSCRIPTION_ID });
      const { clientId, clientIds, principalIds, tenantId, deploymentSettings, settingsCommand } = trust;
      return { clientId, clientIds, principalIds, tenantId, deploymentSettings, settingsCommand };
    });
    assert.deepEqual([program.errors, program.log, program.calls], [[], [], []]);
    assert.deepEqual(kindsOf(program).sort(), [
      ...["DeploymentsOidcTrust", "FederatedIdentityCredential", "FederatedIdentityCredential"],
      ...["FederatedIdentityCredential", "FederatedIdentityCredential", "RoleAssignment", "UserAssignedIdentity"],
    ]);
    assert.deepEqual(only(program, "UserAssignedIdentity").inputs, {
      ...{ resourceGroupName: "pulumi", resourceName: "deployer", location: "westeurope", tags: { team: "a" } },
    });
    const [chain = []] = credentialsOf(program);
    assert.deepEqual(
      chain.map(({ inputs }) => inputs),
      USUAL.map((operation) => ({
        ...{ resourceGroupName: "pulumi", resourceName: "deployer", issuer: PULUMI, audiences: ["acme"] },
        subject: subject("prod", operation),
      })),
    );
    const { roleAssignmentName: _, ...assignment } = only(program, "RoleAssignment").inputs;
    assert.deepEqual(assignment, {
      ...{ scope: SCOPE, principalId: "site-principal", principalType: "ServicePrincipal" },
      roleDefinitionId: `/subscriptions/${SUBSCRIPTION_ID}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`,
    });
    assert.deepEqual(program.outputs, {
      ...{ clientId: "site-client", clientIds: ["site-client"], principalIds: ["site-principal"], tenantId: TENANT_ID },
      deploymentSettings: {
        azure: { clientId: "site-client", tenantId: TENANT_ID, subscriptionId: SUBSCRIPTION_ID },
      },
      settingsCommand: `pulumi deployment settings edit --stack acme/site/prod --oidc-azure-client-id site-client --oidc-azure-tenant-id ${TENANT_ID} --oidc-azure-subscription-id ${SUBSCRIPTION_ID}`,
    });
  });

  it("tells the subscription of the identity where none is given", async () => {
    const state = ({ type, name }: pulumi.runtime.MockResourceArgs) =>
      type.endsWith(":UserAssignedIdentity")
        ? { name, clientId: "c", principalId: "p", tenantId: TENANT_ID }
        : undefined;
    const program = await run(() => onAzure({ identityId: IDENTITY_ID }).deploymentSettings, { state });
    assert.equal(program.outputs?.azure?.subscriptionId, SUBSCRIPTION_ID);
  });

  it("makes an application with its service principal", async () => {
    const program = await run(() => {
      const application = { displayName: "Pulumi", roleAssignments: [{ role: "Reader", scope: SCOPE }] };
      return onAzure({ application, subscriptionId: SUBSCRIPTION_ID }).deploymentSettings;
    });
    assert.deepEqual(program.errors, []);
    assert.deepEqual(only(program, "Application").inputs, { displayName: "Pulumi" });
    assert.deepEqual(only(program, "ServicePrincipal").inputs, { clientId: "site-client" });
    assert.equal(only(program, "RoleAssignment").inputs.principalId, "site-principal");
    const [chain = []] = credentialsOf(program);
    assert.deepEqual(
      chain.map(({ inputs }) => inputs.subject),
      USUAL.map((operation) => subject("prod", operation)),
    );
    assert.ok(
      chain.every(
        ({ inputs }) => inputs.applicationId === "site-id" && /^site-[\da-f]{8}-\w+$/.test(String(inputs.displayName)),
      ),
    );
    assert.deepEqual(program.outputs, {
      azure: { clientId: "site-client", tenantId: TENANT_ID, subscriptionId: SUBSCRIPTION_ID },
    });
  });

  it("adds credentials to an identity or application that is there, and makes nothing else", async () => {
    const identity = await run(() => {
      const { clientId, principalIds, deploymentSettings, identity: made } = onAzure({ identityId: IDENTITY_ID });
      return { clientId, principalIds, deploymentSettings, made };
    });
    assert.deepEqual([identity.errors, identity.calls], [[], ["getUserAssignedIdentity deployer"]]);
    assert.deepEqual([...new Set(kindsOf(identity))].sort(), ["DeploymentsOidcTrust", "FederatedIdentityCredential"]);
    assert.deepEqual(credentialsOf(identity)[0]?.[0]?.inputs, {
      ...{ resourceGroupName: "pulumi", resourceName: "deployer", issuer: PULUMI, audiences: ["acme"] },
      subject: subject("prod", "preview"),
    });
    assert.deepEqual(identity.outputs, {
      ...{ clientId: CLIENT_ID, principalIds: [PRINCIPAL_ID], made: undefined },
      deploymentSettings: { azure: { clientId: CLIENT_ID, tenantId: TENANT_ID, subscriptionId: SUBSCRIPTION_ID } },
    });
    const application = await run(
      () => onAzure({ applicationId: APPLICATION_ID, subscriptionId: SUBSCRIPTION_ID }).deploymentSettings,
    );
    assert.deepEqual([application.errors, kindsOf(application).length], [[], 5]);
    assert.deepEqual(application.calls, [
      `getApplication ${APPLICATION_ID.slice(14)}`,
      `getServicePrincipal ${CLIENT_ID}`,
    ]);
    assert.equal(credentialsOf(application)[0]?.[0]?.inputs.applicationId, APPLICATION_ID);
    assert.equal(application.outputs?.azure?.clientId, CLIENT_ID);
  });

  it("writes the credentials that two trusts add to one identity one after the other, too", async () => {
    const program = await run(() => {
      onAzure({ identityId: IDENTITY_ID }, { operations: ["update"] });
      onAzure({ identityId: IDENTITY_ID.toUpperCase() }, { operations: ["preview", "refresh"] }, "shop");
    });
    assert.deepEqual(program.errors, []);
    assert.deepEqual(subjectsOf(program), [["update", "preview", "refresh"].map((one) => subject("prod", one))]);
    const apart = await run(() => {
      onAzure(IDENTITY, { operations: ["update"] });
      onAzure(IDENTITY, { operations: ["preview"] }, "shop");
    });
    assert.equal(credentialsOf(apart).length, 2);
  });

  it("counts the credentials that trusts add to one identity together: 20 fit, 21 are refused", async () => {
    const both = (id: string, environmentCount: number) => () => {
      onAzure({ identityId: IDENTITY_ID }, { stacks: stacks(4) });
      const names = Array.from({ length: environmentCount }, (_, index) => `e${index}`);
      environments({
        azure: { identityId: id },
        environments: names.map((environment) => ({ project: "site", environment })),
      });
    };
    const fits = await run(both(IDENTITY_ID.toUpperCase(), 4));
    assert.deepEqual([fits.errors, subjectsOf(fits).map(({ length }) => length)], [[], [20]]);
    const refused = await run(both(IDENTITY_ID.toUpperCase(), 5));
    assert.deepEqual(codesOf(refused), ["AZURE_CREDENTIALS_TOO_MANY"]);
    const [{ message }] = refused.errors as [OidcRunnerError];
    assert.match(message, /add 21 to this one: site \(16\), site \(5\)/);
    assert.deepEqual(kindsOf(refused), ["DeploymentsOidcTrust"]);
    const apart = await run(both(IDENTITY_ID.replace("deployer", "deployer2"), 5));
    assert.deepEqual([apart.errors, subjectsOf(apart).length], [[], 2]);
    const applications = await run(() => {
      const azure = { applicationId: APPLICATION_ID, subscriptionId: SUBSCRIPTION_ID };
      onAzure(azure, { stacks: stacks(5) });
      onAzure(azure, { operations: ["update"] }, "shop");
    });
    assert.deepEqual(codesOf(applications), ["AZURE_CREDENTIALS_TOO_MANY"]);
  });

  it("refuses an identity of another subscription than the provider's, before a credential is written", async () => {
    const other = IDENTITY_ID.replace(SUBSCRIPTION_ID, "0f0f0f0f-0000-4000-8000-000000000000");
    const program = await run(() => void onAzure({ identityId: other }));
    assert.deepEqual([codesOf(program), kindsOf(program)], [["AZURE_IDENTITY_INVALID"], ["DeploymentsOidcTrust"]]);
  });

  it("admits the stack's deployments, and none that resembles them", async () => {
    const program = await run(() => void onAzure());
    for (const operation of USUAL) assert.equal(decide(program, deploymentToken({ operation })), "allow");
    for (const [what, token] of STRANGERS) assert.equal(decide(program, token), "deny", what);
  });

  describe("20 credentials of an identity", () => {
    it("are five stacks with four operations; six are refused, and nothing is registered", async () => {
      const fits = await run(() => void onAzure(IDENTITY, { stacks: stacks(5) }));
      assert.deepEqual([fits.errors, subjectsOf(fits).map(({ length }) => length)], [[], [20]]);
      const refused = await run(() => void onAzure(IDENTITY, { stacks: stacks(6) }));
      assert.deepEqual([codesOf(refused), refused.resources, refused.calls], [["AZURE_CREDENTIALS_TOO_MANY"], [], []]);
      const [error] = refused.errors as [OidcRunnerError];
      assert.match(error.message, /6 stacks with 4 operations each need 24 .* takes 20/);
      assert.match(
        error.fix ?? "",
        /at most 5 stacks with 4 operations, or at most 3 operations for 6 stacks, or set split: true/,
      );
      const late = stacks(6).map(({ project, stack }) => ({ project, stack: pulumi.output(stack) }));
      assert.deepEqual(codesOf(await run(() => void onAzure(IDENTITY, { stacks: late }))), [
        "AZURE_CREDENTIALS_TOO_MANY",
      ]);
    });

    it("are of several identities where that is asked for, one for each stack", async () => {
      const program = await run(() => {
        const identity = {
          ...{ resourceGroupName: "pulumi", name: "deployer" },
          roleAssignments: [{ role: "Reader", scope: SCOPE }],
        };
        const trust = onAzure({ identity, split: true, subscriptionId: SUBSCRIPTION_ID }, { stacks: stacks(2) });
        const { clientIds, principalIds, deploymentSettings, deploymentSettingsByStack, settingsCommand } = trust;
        return { clientIds, principalIds, deploymentSettings, deploymentSettingsByStack, settingsCommand };
      });
      assert.deepEqual(program.errors, []);
      const names = program.resources
        .filter(({ type }) => type.endsWith(":UserAssignedIdentity"))
        .map(({ name, inputs }) => [name, inputs.resourceName]);
      const [one = "", other = ""] = ["s0", "s1"].map((stack) => digest(`site/${stack}`));
      assert.deepEqual(names.sort(), [one, other].map((end) => [`site-${end}`, `deployer-${end}`]).sort());
      assert.deepEqual(
        subjectsOf(program).sort(),
        ["s0", "s1"].map((stack) => USUAL.map((operation) => subject(stack, operation))),
      );
      assert.equal(kindsOf(program).filter((kind) => kind === "RoleAssignment").length, 2);
      const {
        clientIds,
        principalIds,
        deploymentSettings,
        deploymentSettingsByStack = {},
        settingsCommand,
      } = program.outputs ?? {};
      assert.deepEqual(clientIds, [`site-${one}-client`, `site-${other}-client`]);
      assert.deepEqual(principalIds, [`site-${one}-principal`, `site-${other}-principal`]);
      assert.deepEqual(deploymentSettings, {});
      assert.equal(deploymentSettingsByStack["site/s0"]?.azure?.clientId, `site-${one}-client`);
      assert.equal(deploymentSettingsByStack["site/s1"]?.azure?.clientId, `site-${other}-client`);
      const lines = settingsCommand?.split("\n") ?? [];
      assert.ok(lines[1]?.includes(`--stack acme/site/s1 --oidc-azure-client-id site-${other}-client `));
    });

    it("stay as they are for the other stacks when one is taken out", async () => {
      const names = async (list: ReturnType<typeof stacks>) =>
        credentialsOf(await run(() => void onAzure({ ...IDENTITY, split: true }, { stacks: list })))
          .flat()
          .map(({ name, inputs }) => `${name} of ${String(inputs.resourceName)}`);
      const [before, after] = [await names(stacks(7)), await names(stacks(7).slice(1))];
      assert.deepEqual([before.length, after.length], [28, 24]);
      assert.ok(after.every((one) => before.includes(one)));
    });
  });

  it("takes arguments that are known later, and shows the same resources in a preview", async () => {
    const late = (preview: boolean) =>
      run(
        () =>
          void onAzure(
            {
              identity: {
                resourceGroupName: pulumi.output("pulumi"),
                roleAssignments: [{ role: "Reader", scope: pulumi.output(SCOPE) }],
              },
            },
            { organization: pulumi.output("acme"), stacks: [{ project: "site", stack: pulumi.output("prod") }] },
          ),
        { preview },
      );
    const program = await late(false);
    assert.deepEqual(program.errors, []);
    assert.deepEqual(subjectsOf(program), subjectsOf(await run(() => void onAzure())));
    assert.deepEqual(kindsOf(await late(true)), kindsOf(program));
  });

  it("warns of roles that are broad, unless that is waived", async () => {
    const azure = { identity: { resourceGroupName: "pulumi", roleAssignments: [{ role: "Owner", scope: SCOPE }] } };
    assert.match(String((await run(() => void onAzure(azure))).log), /^AZURE_ROLE_BROAD: Owner on /);
    const waive = [{ name: "AZURE_ROLE_BROAD", reason: "it gives roles" } as const];
    assert.deepEqual((await run(() => void onAzure(azure, { waive }))).log, []);
  });

  describe("refuses before anything is registered", () => {
    const identity = (more: object) => ({ identity: { resourceGroupName: "pulumi", ...more } });
    const role = (more: object) => identity({ roleAssignments: [{ role: "Reader", scope: SCOPE, ...more }] });
    for (const [what, code, bad, good] of [
      ["no identity", "OPTION_MISSING", {}, IDENTITY],
      ["two identities", "OPTION_CONFLICT", { ...IDENTITY, identityId: IDENTITY_ID }, { identityId: IDENTITY_ID }],
      [
        "an existing identity that is split",
        "OPTION_CONFLICT",
        { identityId: IDENTITY_ID, split: true },
        { ...IDENTITY, split: true },
      ],
      [
        "an application without a subscription",
        "OPTION_MISSING",
        { application: {} },
        { application: {}, subscriptionId: SUBSCRIPTION_ID },
      ],
      ["no resource group", "AZURE_IDENTITY_INVALID", { identity: {} as never }, IDENTITY],
      [
        "a resource group that ends in a period",
        "AZURE_IDENTITY_INVALID",
        { identity: { resourceGroupName: "a." } },
        { identity: { resourceGroupName: "a.b" } },
      ],
      ["a name of two letters", "AZURE_IDENTITY_INVALID", identity({ name: "ab" }), identity({ name: "abc" })],
      [
        "the client id of an identity",
        "AZURE_IDENTITY_INVALID",
        { identityId: CLIENT_ID },
        { identityId: IDENTITY_ID },
      ],
      [
        "the client id of an application",
        "AZURE_IDENTITY_INVALID",
        { applicationId: CLIENT_ID, subscriptionId: SUBSCRIPTION_ID },
        { applicationId: APPLICATION_ID, subscriptionId: SUBSCRIPTION_ID },
      ],
      [
        "a subscription's path",
        "AZURE_IDENTITY_INVALID",
        { ...IDENTITY, subscriptionId: `/subscriptions/${SUBSCRIPTION_ID}` },
        { ...IDENTITY, subscriptionId: SUBSCRIPTION_ID },
      ],
      ["a role that is none", "AZURE_ROLE_INVALID", role({ role: "Writer" }), role({})],
      ["a scope that is none", "AZURE_ROLE_INVALID", role({ scope: "site" }), role({ scope: `${SCOPE}2` })],
    ] as [string, string, OutboundAzure, OutboundAzure][]) {
      it(`${what} (${code})`, async () => {
        const refused = await run(() => void onAzure(bad));
        assert.deepEqual([codesOf(refused), refused.resources, refused.calls], [[code], [], []]);
        assert.ok(refused.errors[0] instanceof OidcRunnerError && refused.errors[0].fix);
        assert.deepEqual((await run(() => void onAzure(good))).errors, []);
      });
    }

    const [any, anywhere] = [
      { project: "site", stack: "*" },
      { project: "*", stack: "*" },
    ];
    for (const [what, list] of [
      ["any stack of a project", [any]],
      ["any stack of the organization", [anywhere]],
      ["any stack beside one that is not known yet", [any, { project: "site", stack: pulumi.output("x") }]],
    ] as [string, DeploymentsOidcTrustArgs["stacks"]][]) {
      it(`${what}, because Azure compares exactly (SUBJECT_INVALID)`, async () => {
        const refused = await run(() => void onAzure(IDENTITY, { stacks: list }));
        assert.deepEqual([codesOf(refused), refused.resources], [["SUBJECT_INVALID"], []]);
        const [{ where, message }] = refused.errors as [OidcRunnerError];
        assert.equal(where, "stacks[0]");
        assert.match(message, /Azure compares subjects exactly/);
        assert.deepEqual((await run(() => void deployments({ stacks: list, aws: {} }))).errors, []);
      });
    }

    it("a component's name that can't begin an identity's, where that has none (AZURE_IDENTITY_INVALID)", async () => {
      const refused = await run(() => void onAzure(IDENTITY, {}, "my.site"));
      assert.deepEqual([codesOf(refused), refused.resources], [["AZURE_IDENTITY_INVALID"], []]);
      const named = await run(() => void onAzure(identity({ name: "my-site" }), {}, "my.site"));
      assert.deepEqual(named.errors, []);
      assert.ok(
        credentialsOf(named)
          .flat()
          .every(({ name }) => name.startsWith("my-site-")),
      );
    });
  });

  it("goes with aws and gcp in one trust", async () => {
    const gcp = { project: "acme-prod", serviceAccountEmail: "deployer@acme-prod.iam.gserviceaccount.com" };
    const program = await run(() => onAzure(IDENTITY, { aws: {}, gcp }).deploymentSettings);
    assert.deepEqual(program.errors, []);
    assert.deepEqual(Object.keys(program.outputs ?? {}), ["aws", "azure", "gcp"]);
  });
});
