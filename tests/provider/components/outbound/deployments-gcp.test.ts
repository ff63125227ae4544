import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentsOidcTrustArgs, OutboundGcp } from "../../../../provider/components/outbound";
import type { Claims } from "../../../../trust/claims/claims";
import { OidcRunnerError } from "../../../../trust/errors";
import { evaluateGcpTrust } from "../../../../trust/parties/gcp/evaluate/evaluate";
import type { MockedRun } from "../../../helpers/pulumi-mocks";
import { only } from "../pick";
import { codesOf, deployments, deploymentToken, GCP_PROVIDER, kindsOf, PULUMI, run, STRANGERS } from "./outbound";

const EMAIL = "deployer@acme-prod.iam.gserviceaccount.com";
const POOL = "projects/123456789012/locations/global/workloadIdentityPools/pulumi";
const USUAL = ["preview", "update", "refresh", "destroy"];
const principal = (run: string) => `principal://iam.googleapis.com/${POOL}/subject/${run}`;

type Gcp = Partial<OutboundGcp>;
const onGcp = (gcp: Gcp = {}, args: Partial<DeploymentsOidcTrustArgs> = {}, name = "site") => {
  const way =
    gcp.serviceAccount || gcp.directPrincipal || "serviceAccountEmail" in gcp ? {} : { serviceAccountEmail: EMAIL };
  return deployments({ gcp: { project: "acme-prod", ...way, ...gcp } as OutboundGcp, ...args }, name);
};
const made = (gcp: Gcp = {}, args: Partial<DeploymentsOidcTrustArgs> = {}) =>
  onGcp({ createPool: true, createProvider: true, ...gcp }, args);
const members = (program: MockedRun<unknown>) =>
  program.resources.filter(({ type }) => type.endsWith(":IAMMember")).map(({ inputs }) => inputs.member);

/** Provider and members as Google's API has them. */
function documentOf(program: MockedRun<unknown>): object {
  const { oidc, attributeMapping, attributeCondition } = only(program, "WorkloadIdentityPoolProvider").inputs;
  return { ...(oidc as object), attributeMapping, attributeCondition, members: members(program) };
}

describe("DeploymentsOidcTrust with gcp", () => {
  it("makes pool, provider, service account and a grant for each operation of the stack", async () => {
    const program = await run(() => {
      const trust = made({
        serviceAccount: { accountId: "deployer", projectRoles: ["roles/storage.admin"] },
        tokenLifetimeSeconds: 1800,
        region: "europe-west1",
      });
      const { workloadPool, principals, serviceAccountEmail, deploymentSettings, settingsCommand } = trust;
      return { workloadPool, principals, serviceAccountEmail, deploymentSettings, settingsCommand };
    });
    assert.deepEqual([program.errors, program.log], [[], []]);
    assert.deepEqual(program.calls, ["getProject acme-prod"]);
    assert.deepEqual(kindsOf(program).sort(), [
      ...["Account", "DeploymentsOidcTrust", "IAMMember", "IAMMember", "IAMMember", "IAMMember", "IAMMember"],
      ...["WorkloadIdentityPool", "WorkloadIdentityPoolProvider"],
    ]);
    const pool = only(program, "WorkloadIdentityPool");
    assert.deepEqual(
      [pool.inputs, pool.parent],
      [{ project: "acme-prod", workloadIdentityPoolId: "pulumi" }, undefined],
    );
    const { oidcs, disabled: _, ...provider } = GCP_PROVIDER;
    assert.deepEqual(only(program, "WorkloadIdentityPoolProvider").inputs, {
      ...{
        project: "acme-prod",
        workloadIdentityPoolId: "pulumi",
        workloadIdentityPoolProviderId: "pulumi-deployments",
      },
      ...{ ...provider, oidc: { issuerUri: PULUMI, allowedAudiences: oidcs[0]?.allowedAudiences } },
    });
    assert.deepEqual(only(program, "Account").inputs, {
      ...{ accountId: "deployer", project: "acme-prod", displayName: "Pulumi Cloud site" },
    });
    const acting = program.resources.filter(({ type }) => type === "gcp:serviceaccount/iAMMember:IAMMember");
    assert.deepEqual(
      acting.map(({ inputs }) => inputs).sort((a, b) => String(a.member).localeCompare(String(b.member))),
      [...USUAL].sort().map((operation) => ({
        serviceAccountId: `projects/acme-prod/serviceAccounts/${EMAIL}`,
        role: "roles/iam.workloadIdentityUser",
        member: principal(`site/prod/${operation}`),
      })),
    );
    const [role] = program.resources.filter(({ type }) => type === "gcp:projects/iAMMember:IAMMember");
    assert.deepEqual(role?.inputs, {
      ...{ project: "acme-prod", role: "roles/storage.admin", member: `serviceAccount:${EMAIL}` },
    });
    assert.deepEqual(program.outputs, {
      workloadPool: POOL,
      principals: USUAL.map((operation) => principal(`site/prod/${operation}`)),
      serviceAccountEmail: EMAIL,
      deploymentSettings: {
        gcp: {
          ...{ projectId: "123456789012", workloadPoolId: "pulumi", providerId: "pulumi-deployments" },
          ...{ serviceAccount: EMAIL, region: "europe-west1", tokenLifetime: "1800s" },
        },
      },
      settingsCommand: `pulumi deployment settings edit --stack acme/site/prod --oidc-gcp-project-number 123456789012 --oidc-gcp-workload-pool-id pulumi --oidc-gcp-provider-id pulumi-deployments --oidc-gcp-service-account ${EMAIL} --oidc-gcp-region europe-west1 --oidc-gcp-token-lifetime 1800s`,
    });
  });

  it("admits the stack's deployments, and none that resembles them", async () => {
    const document = documentOf(await run(() => void made()));
    for (const operation of USUAL) {
      assert.equal(evaluateGcpTrust(document, deploymentToken({ operation })).decision, "allow", operation);
    }
    for (const [what, token] of STRANGERS) {
      assert.equal(evaluateGcpTrust(document, token).decision, "deny", what);
    }
  });

  for (const [what, stack, allowed, denied] of [
    [
      "any stack of a project",
      { project: "site", stack: "*" },
      [{}, { stack: "dev" }, { stack: "prod-2" }],
      [{ project: "site-2" }, { project: "mysite" }, { operation: "preview" }, { org: "acme2" }, { aud: "gcp:acme" }],
    ],
    [
      "any stack of the organization",
      { project: "*", stack: "*" },
      [{}, { stack: "dev" }, { project: "shop" }],
      [{ operation: "preview" }, { operation: "update2" }, { org: "acme2" }, { org: "acm" }, { aud: "gcp:acme" }],
    ],
  ] as [string, { project: string; stack: string }, Record<string, string>[], Record<string, string>[]][]) {
    it(`admits ${what} where that is asked for, and not one more`, async () => {
      const program = await run(() => void made({}, { stacks: [stack], operations: ["update"] }));
      assert.deepEqual(program.errors, []);
      const decide = (changed: Record<string, string>) =>
        evaluateGcpTrust(documentOf(program), deploymentToken(changed)).decision;
      for (const changed of allowed) assert.equal(decide(changed), "allow", JSON.stringify(changed));
      for (const changed of denied) assert.equal(decide(changed), "deny", JSON.stringify(changed));
    });
  }

  it("gives roles to the deployments themselves, which have no settings then", async () => {
    const roles = { projectRoles: ["roles/viewer"], rolesByProject: { "acme-data": ["roles/storage.admin"] } };
    const program = await run(() => {
      const { principals, deploymentSettings, serviceAccountEmail } = onGcp({ directPrincipal: roles });
      return { principals, deploymentSettings, serviceAccountEmail };
    });
    assert.deepEqual(program.errors, []);
    const granted = program.resources.filter(({ type }) => type === "gcp:projects/iAMMember:IAMMember");
    assert.equal(granted.length, 8);
    assert.deepEqual(
      granted.filter(({ inputs }) => inputs.member === principal("site/prod/update")).map(({ inputs }) => inputs),
      [
        { project: "acme-data", role: "roles/storage.admin", member: principal("site/prod/update") },
        { project: "acme-prod", role: "roles/viewer", member: principal("site/prod/update") },
      ],
    );
    assert.deepEqual(program.outputs?.deploymentSettings, {});
    assert.equal(program.outputs?.serviceAccountEmail, undefined);
  });

  it("takes arguments that are known later, and shows the same resources in a preview", async () => {
    const late = (preview: boolean) =>
      run(
        () =>
          void made(
            { project: pulumi.output("acme-prod"), projectNumber: pulumi.output("123456789012") },
            { organization: pulumi.output("acme"), stacks: [{ project: "site", stack: pulumi.output("prod") }] },
          ),
        { preview },
      );
    const program = await late(false);
    assert.deepEqual(program.errors, []);
    assert.deepEqual(documentOf(program), documentOf(await run(() => void made())));
    assert.deepEqual(kindsOf(await late(true)), kindsOf(program));
  });

  it("warns of roles that are broad, unless that is waived", async () => {
    const gcp = { serviceAccount: { projectRoles: ["roles/owner"] } };
    const warned = await run(() => void onGcp(gcp));
    assert.match(String(warned.log), /^GOOGLE_ROLE_BROAD: roles\/owner \(gcp\.serviceAccount\.projectRoles\)/);
    const waive = [{ name: "GOOGLE_ROLE_BROAD", reason: "the whole project" } as const];
    assert.deepEqual((await run(() => void onGcp(gcp, { waive }))).log, []);
  });

  describe("a pool that is there", () => {
    it("is used with its provider, and nothing of it is changed", async () => {
      const program = await run(() => void onGcp());
      assert.deepEqual(program.errors, []);
      assert.deepEqual(program.calls, ["getProject acme-prod", "getWorkloadIdentityPoolProvider pulumi-deployments"]);
      assert.deepEqual([...new Set(kindsOf(program))].sort(), ["DeploymentsOidcTrust", "IAMMember"]);
      assert.equal(members(program).length, 4);
    });

    it("may get a provider of its own", async () => {
      const program = await run(
        () => void onGcp({ createProvider: true, poolId: "shared", providerId: "deployments" }),
      );
      assert.deepEqual(program.errors, []);
      const { workloadIdentityPoolId, workloadIdentityPoolProviderId } = only(
        program,
        "WorkloadIdentityPoolProvider",
      ).inputs;
      assert.deepEqual([workloadIdentityPoolId, workloadIdentityPoolProviderId], ["shared", "deployments"]);
      assert.ok(!kindsOf(program).includes("WorkloadIdentityPool"));
    });

    it("may map more than is needed", async () => {
      const attributeMapping = { ...GCP_PROVIDER.attributeMapping, "attribute.scope": "assertion.scope" };
      const program = await run(() => void onGcp(), { pool: () => ({ ...GCP_PROVIDER, attributeMapping }) });
      assert.deepEqual(program.errors, []);
    });

    const oidc = (more: object) => ({ oidcs: [{ ...GCP_PROVIDER.oidcs[0], ...more }] });
    for (const [what, code, changed] of [
      ["is not there", "GCP_PROVIDER_NOT_FOUND", undefined],
      ["is for AWS", "GCP_PROVIDER_NOT_FOUND", { oidcs: [] }],
      ["is disabled", "GCP_PROVIDER_MISMATCH", { disabled: true }],
      ["is for another issuer", "GCP_PROVIDER_MISMATCH", oidc({ issuerUri: `${PULUMI}/v2` })],
      ["takes another audience", "GCP_PROVIDER_MISMATCH", oidc({ allowedAudiences: ["gcp:acme"] })],
      ["takes one more audience", "GCP_PROVIDER_MISMATCH", oidc({ allowedAudiences: ["acme", "other"] })],
      ["has no condition", "GCP_PROVIDER_MISMATCH", { attributeCondition: "" }],
      [
        "has a condition on an organization that begins alike",
        "GCP_PROVIDER_MISMATCH",
        { attributeCondition: GCP_PROVIDER.attributeCondition.replace("acme:", "acme") },
      ],
      [
        "maps the subject",
        "GCP_PROVIDER_MISMATCH",
        { attributeMapping: { ...GCP_PROVIDER.attributeMapping, "google.subject": "assertion.sub" } },
      ],
      [
        "does not map what is needed",
        "GCP_PROVIDER_MISMATCH",
        { attributeMapping: { "google.subject": GCP_PROVIDER.attributeMapping["google.subject"] } },
      ],
    ] as [string, string, object | undefined][]) {
      it(`is refused when its provider ${what}, before a grant is made`, async () => {
        const program = await run(() => void onGcp(), {
          pool: () => (changed === undefined ? undefined : { ...GCP_PROVIDER, ...changed }),
        });
        assert.deepEqual([codesOf(program), kindsOf(program)], [[code], ["DeploymentsOidcTrust"]]);
        assert.ok(program.errors[0] instanceof OidcRunnerError && program.errors[0].fix);
      });
    }
  });

  it("makes one pool and provider for two trusts of a program", async () => {
    const program = await run(() => {
      made();
      onGcp({ createPool: true, createProvider: true }, { stacks: [{ project: "shop", stack: "prod" }] }, "shop");
    });
    assert.deepEqual(program.errors, []);
    assert.deepEqual(
      kindsOf(program).filter((kind) => kind.startsWith("Workload")),
      ["WorkloadIdentityPool", "WorkloadIdentityPoolProvider"],
    );
    assert.equal(members(program).length, 8);
    const other = await run(() => {
      made();
      onGcp({ createPool: true, createProvider: true }, { organization: "other" }, "other");
    });
    assert.deepEqual(codesOf(other), ["GCP_PROVIDER_MISMATCH"]);
  });

  it("refuses two trusts that let the same deployments act as one account", async () => {
    const program = await run(() => {
      onGcp();
      onGcp({}, { operations: ["update"] }, "again");
    });
    assert.deepEqual(codesOf(program), ["GOOGLE_GRANT_TWICE"]);
    const apart = await run(() => {
      onGcp({}, { operations: ["preview"] });
      onGcp({}, { operations: ["update"] }, "again");
    });
    assert.deepEqual(apart.errors, []);
  });

  describe("refuses before anything is registered", () => {
    /** A stack with which google.subject has so many bytes: `site/NAME/update`. */
    const long = (bytes: number) => ({
      operations: ["update"] as never,
      stacks: [{ project: "site", stack: "a".repeat(bytes - "site//update".length) }],
    });
    for (const [what, code, bad, good] of [
      ["no account", "OPTION_MISSING", { serviceAccountEmail: undefined }, {}],
      ["two accounts", "OPTION_CONFLICT", { serviceAccountEmail: EMAIL, serviceAccount: {} }, { serviceAccount: {} }],
      ["a pool without a provider", "OPTION_MISSING", { createPool: true }, { createPool: true, createProvider: true }],
      ["no project", "GOOGLE_PROJECT_INVALID", { project: undefined }, {}],
      ["a project's number for its id", "GOOGLE_PROJECT_INVALID", { project: "123" }, { project: "acme-prod2" }],
      ["an id for a number", "GOOGLE_PROJECT_NUMBER_INVALID", { projectNumber: "acme" }, { projectNumber: "1" }],
      ["an email that is none", "GOOGLE_EMAIL_INVALID", { serviceAccountEmail: "a@b" }, { serviceAccountEmail: EMAIL }],
      ["a pool of three letters", "GCP_TRUST_INVALID", { poolId: "abc" }, { poolId: "abcd" }],
      ["a pool of 33 letters", "GCP_TRUST_INVALID", { poolId: "a".repeat(33) }, { poolId: "a".repeat(32) }],
      ["Google's prefix", "GCP_TRUST_INVALID", { providerId: "gcp-x" }, { providerId: "gcpx" }],
      [
        "a short account id",
        "GOOGLE_ACCOUNT_INVALID",
        { serviceAccount: { accountId: "short" } },
        { serviceAccount: {} },
      ],
      [
        "a role that is none",
        "GOOGLE_ROLE_INVALID",
        { directPrincipal: { projectRoles: ["viewer"] } },
        { directPrincipal: { projectRoles: ["roles/viewer"] } },
      ],
      [
        "a role twice",
        "GOOGLE_ROLE_INVALID",
        { directPrincipal: { projectRoles: ["roles/viewer"], rolesByProject: { "acme-prod": ["roles/viewer"] } } },
        { directPrincipal: { projectRoles: ["roles/viewer"], rolesByProject: { "acme-data": ["roles/viewer"] } } },
      ],
      ["no life", "GCP_TRUST_INVALID", { tokenLifetimeSeconds: 0 }, { tokenLifetimeSeconds: 1 }],
      ["a life too long", "GCP_TRUST_INVALID", { tokenLifetimeSeconds: 43_201 }, { tokenLifetimeSeconds: 43_200 }],
      [
        "a life of credentials that are not made",
        "OPTION_CONFLICT",
        { directPrincipal: {}, tokenLifetimeSeconds: 60 },
        { directPrincipal: {} },
      ],
    ] as [string, string, Gcp, Gcp][]) {
      it(`${what} (${code})`, async () => {
        const refused = await run(() => void onGcp(bad));
        assert.deepEqual([codesOf(refused), refused.resources, refused.calls], [[code], [], []]);
        assert.ok(refused.errors[0] instanceof OidcRunnerError && refused.errors[0].fix);
        assert.deepEqual((await run(() => void onGcp(good))).errors, []);
      });
    }

    it("a stack whose google.subject has 128 bytes, and takes 127 (GCP_SUBJECT_TOO_LONG)", async () => {
      const refused = await run(() => void onGcp({}, long(128)));
      assert.deepEqual([codesOf(refused), refused.resources, refused.calls], [["GCP_SUBJECT_TOO_LONG"], [], []]);
      const accepted = await run(() => void made({}, long(127)));
      assert.deepEqual(accepted.errors, []);
      const token = (bytes: number): Claims =>
        deploymentToken({ stack: long(bytes).stacks[0]?.stack ?? "", operation: "update" });
      assert.equal(evaluateGcpTrust(documentOf(accepted), token(127)).decision, "allow");
      assert.equal(evaluateGcpTrust(documentOf(accepted), token(126)).decision, "deny");
    });

    it("an audience of 257 characters, and takes 256 (GCP_TRUST_INVALID)", async () => {
      const refused = await run(() => void made({}, { organization: "a".repeat(257) }));
      assert.deepEqual([codesOf(refused), refused.resources], [["GCP_TRUST_INVALID"], []]);
      assert.deepEqual((await run(() => void made({}, { organization: "a".repeat(256) }))).errors, []);
    });
  });

  it("goes with aws in one trust", async () => {
    const program = await run(() => onGcp({}, { aws: {} }).deploymentSettings);
    assert.deepEqual(program.errors, []);
    assert.deepEqual(Object.keys(program.outputs ?? {}), ["aws", "gcp"]);
  });
});
