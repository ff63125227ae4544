import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentsOidcTrustArgs } from "../../../../provider/components/outbound";
import { OidcRunnerError } from "../../../../trust/errors";
import { evaluateAwsTrust } from "../../../../trust/parties/aws/evaluate/evaluate";
import type { MockedRun } from "../../../helpers/pulumi-mocks";
import { only } from "../pick";
import { codesOf, deployments, deploymentToken, kindsOf, PULUMI, PULUMI_PROVIDER, run, STRANGERS } from "./outbound";

const ROLE_ARN = "arn:aws:iam::123456789012:role/site-1234567";
const subject = (stack: string, operation: string, project = "site") =>
  `pulumi:deploy:org:acme:project:${project}:stack:${stack}:operation:${operation}:scope:write`;
const USUAL = ["preview", "update", "refresh", "destroy"];

const policyOf = (made: MockedRun<unknown>) =>
  JSON.parse(String(only(made, "Role").inputs.assumeRolePolicy)) as unknown;
const onAws = (args: Partial<DeploymentsOidcTrustArgs> = {}) => deployments({ aws: {}, ...args });

describe("DeploymentsOidcTrust with aws", () => {
  it("makes a role for each operation of the stack, and finds the account's provider", async () => {
    const made = await run(() => {
      const { audience, subjects, roleArn, roleName, oidcProviderArn, deploymentSettings, settingsCommand } = onAws();
      return { audience, subjects, roleArn, roleName, oidcProviderArn, deploymentSettings, settingsCommand };
    });
    assert.deepEqual([made.errors, made.log], [[], []]);
    assert.deepEqual(made.calls, [`getOpenIdConnectProvider ${PULUMI}`]);
    assert.deepEqual(kindsOf(made), ["Role", "DeploymentsOidcTrust"]);
    assert.deepEqual(policyOf(made), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRoleWithWebIdentity",
          Principal: { Federated: PULUMI_PROVIDER },
          Condition: {
            StringEquals: {
              "api.pulumi.com/oidc:sub": USUAL.map((operation) => subject("prod", operation)),
              "api.pulumi.com/oidc:aud": "acme",
            },
          },
        },
      ],
    });
    assert.deepEqual(made.outputs, {
      audience: "acme",
      subjects: USUAL.map((operation) => subject("prod", operation)),
      roleArn: ROLE_ARN,
      roleName: "site-1234567",
      oidcProviderArn: PULUMI_PROVIDER,
      deploymentSettings: { aws: { roleARN: ROLE_ARN, sessionName: "pulumi-deployments", duration: "3600s" } },
      settingsCommand: `pulumi deployment settings edit --stack acme/site/prod --oidc-aws-role-arn ${ROLE_ARN} --oidc-aws-session-name pulumi-deployments --oidc-aws-duration 3600s`,
    });
  });

  it("admits the stack's deployments, and none that resembles them", async () => {
    const policy = policyOf(await run(() => void onAws()));
    for (const operation of USUAL) {
      assert.equal(evaluateAwsTrust(policy, deploymentToken({ operation })).decision, "allow", operation);
    }
    for (const [what, token] of STRANGERS) {
      assert.equal(evaluateAwsTrust(policy, token).decision, "deny", what);
    }
  });

  it("admits the operations that are named, and no others", async () => {
    const policy = policyOf(await run(() => void onAws({ operations: ["preview"] })));
    const decide = (operation: string) => evaluateAwsTrust(policy, deploymentToken({ operation })).decision;
    assert.deepEqual(["preview", "previews", "update", "refresh", "destroy"].map(decide), [
      "allow",
      ...["deny", "deny", "deny", "deny"],
    ]);
  });

  it("admits any stack of a project where that is asked for, and not one more project", async () => {
    const made = await run(() => void onAws({ stacks: [{ project: "site", stack: "*" }], operations: ["update"] }));
    assert.deepEqual(made.errors, []);
    const policy = policyOf(made);
    const decide = (changed: Record<string, string>) => evaluateAwsTrust(policy, deploymentToken(changed)).decision;
    assert.deepEqual(
      ["prod", "dev", "prod-2"].map((stack) => decide({ stack })),
      ["allow", "allow", "allow"],
    );
    for (const changed of [
      ...[{ project: "site-2" }, { project: "mysite" }, { project: "shop", stack: "site" }, { org: "acme2" }],
      ...[{ operation: "preview" }, { operation: "update2" }, { scope: "read" }, { aud: "aws:acme" }],
    ] as Record<string, string>[]) {
      assert.equal(decide(changed), "deny", JSON.stringify(changed));
    }
  });

  it("gives the role and its sessions what is asked for", async () => {
    const boundary = "arn:aws:iam::123456789012:policy/boundary";
    const read = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const made = await run(() => {
      const aws = {
        role: { maxSessionDuration: 7200, permissionsBoundary: boundary, managedPolicyArns: [read], path: "/deploy/" },
        session: { name: "${stack.name}", durationSeconds: 7200, policyArns: [read] },
      };
      const { deploymentSettings, settingsCommand } = onAws({ aws, stacks: [{ project: "site", stack: "*" }] });
      return { deploymentSettings, settingsCommand };
    });
    assert.deepEqual(made.errors, []);
    const { assumeRolePolicy: _, ...inputs } = only(made, "Role").inputs;
    assert.deepEqual(inputs, { maxSessionDuration: 7200, path: "/deploy/", permissionsBoundary: boundary });
    assert.equal(only(made, "RolePolicyAttachment").inputs.policyArn, read);
    assert.deepEqual(made.outputs?.deploymentSettings.aws, {
      roleARN: ROLE_ARN,
      sessionName: "${stack.name}",
      duration: "7200s",
      policyARNs: [read],
    });
    // For the stack that is selected, and safe in a shell.
    assert.equal(
      made.outputs?.settingsCommand,
      `pulumi deployment settings edit --oidc-aws-role-arn ${ROLE_ARN} --oidc-aws-session-name '\${stack.name}' --oidc-aws-duration 7200s --oidc-aws-policy-arn ${read}`,
    );
  });

  it("takes arguments that are known later, and shows the same resources in a preview", async () => {
    const late = (preview: boolean) =>
      run(
        () =>
          void onAws({
            organization: pulumi.output("acme"),
            stacks: [{ project: pulumi.output("site"), stack: Promise.resolve("prod") }],
          }),
        { preview },
      );
    const made = await late(false);
    assert.deepEqual(made.errors, []);
    assert.deepEqual(policyOf(made), policyOf(await run(() => void onAws())));
    assert.deepEqual(kindsOf(await late(true)), kindsOf(made));
  });

  it("warns of drift runs, unless that is waived, and admits them", async () => {
    const operations = ["update", "detect-drift"] as const;
    const made = await run(() => void onAws({ operations: [...operations] }));
    assert.deepEqual(made.errors, []);
    assert.equal(made.log.length, 1);
    assert.match(String(made.log[0]), /^UNVERIFIED_OPERATION: not verified: the token of a detect-drift run/);
    const policy = policyOf(made);
    assert.equal(evaluateAwsTrust(policy, deploymentToken({ operation: "detect-drift" })).decision, "allow");
    assert.equal(evaluateAwsTrust(policy, deploymentToken({ operation: "remediate-drift" })).decision, "deny");
    const waive = [{ name: "UNVERIFIED_OPERATION", reason: "seen in a token" } as const];
    assert.deepEqual((await run(() => void onAws({ operations: [...operations], waive }))).log, []);
  });

  describe("the account's provider", () => {
    const made = (more: object = {}) => onAws({ aws: { createOidcProvider: true, ...more } });
    const clientIds = (program: MockedRun<unknown>) => only(program, "OpenIdConnectProvider").inputs.clientIdLists;
    const none = () => undefined;

    it("is made for both audiences of the organization, and for those that are named", async () => {
      const first = await run(() => void made({ oidcProviderAudiences: ["other"] }), { found: none });
      assert.deepEqual(first.errors, []);
      assert.equal(only(first, "OpenIdConnectProvider").parent, undefined);
      assert.deepEqual(only(first, "OpenIdConnectProvider").inputs, {
        url: PULUMI,
        clientIdLists: ["acme", "aws:acme", "other"],
      });
      assert.deepEqual(clientIds(await run(() => void made(), { found: none })), ["acme", "aws:acme"]);
    });

    it("keeps the audiences that others have added to it", async () => {
      const found = () => ({ arn: PULUMI_PROVIDER, clientIdLists: ["theirs", "aws:acme", "acme", "azure:x"] });
      assert.deepEqual(clientIds(await run(() => void made(), { found })), ["acme", "aws:acme", "theirs", "azure:x"]);
    });

    it("is one for all trusts of a program, and each must be for an audience of it", async () => {
      const two = await run(
        () => {
          made();
          deployments({ aws: { createOidcProvider: true }, stacks: [{ project: "shop", stack: "prod" }] }, "shop");
        },
        { found: none },
      );
      assert.deepEqual(two.errors, []);
      assert.equal(kindsOf(two).filter((kind) => kind === "OpenIdConnectProvider").length, 1);
      const other = await run(
        () => {
          made();
          deployments({ organization: "other", aws: { createOidcProvider: true } }, "other");
        },
        { found: none },
      );
      assert.deepEqual(codesOf(other), ["OIDC_PROVIDER_AUDIENCE"]);
      assert.equal(kindsOf(other).filter((kind) => kind === "Role").length, 1);
    });

    it("is used as it is when its ARN is given", async () => {
      const arn = PULUMI_PROVIDER.replace("aws:iam", "aws-us-gov:iam");
      const given = await run(() => void onAws({ aws: { oidcProviderArn: arn } }));
      assert.deepEqual([given.errors, given.calls, kindsOf(given)], [[], [], ["Role", "DeploymentsOidcTrust"]]);
      assert.ok(JSON.stringify(policyOf(given)).includes(arn));
    });

    it("that is missing, or takes no such tokens, is told of before a role is made", async () => {
      const missing = await run(() => void onAws(), { found: none });
      const deaf = await run(() => void onAws(), {
        found: () => ({ arn: PULUMI_PROVIDER, clientIdLists: ["aws:acme"] }),
      });
      assert.deepEqual([codesOf(missing), codesOf(deaf)], [["OIDC_PROVIDER_NOT_FOUND"], ["OIDC_PROVIDER_AUDIENCE"]]);
      assert.match(String(missing.errors[0]), /Fix: set aws\.createOidcProvider/);
      assert.match(String(deaf.errors[0]), /add-client-id-to-open-id-connect-provider --client-id acme /);
      assert.deepEqual([kindsOf(missing), kindsOf(deaf)], [["DeploymentsOidcTrust"], ["DeploymentsOidcTrust"]]);
    });
  });

  describe("refuses before anything is registered", () => {
    /** The stack's name with which the trust policy has so many characters. */
    const nameFor = (length: number): string => {
      const empty = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: PULUMI_PROVIDER },
            Condition: {
              StringEquals: {
                "api.pulumi.com/oidc:sub": subject("", "update"),
                "api.pulumi.com/oidc:aud": "acme",
              },
            },
          },
        ],
      });
      return "a".repeat(length - empty.length);
    };
    const long = (length: number, aws = {}) => ({
      operations: ["update"] as never,
      stacks: [{ project: "site", stack: nameFor(length) }],
      aws,
    });
    const stack = (one: object) => ({ stacks: [{ project: "site", stack: "prod", ...one }] as never });
    const role = (settings: object) => ({ aws: { role: settings } });
    const session = (settings: object, more = {}) => ({ aws: { session: settings, role: more } });
    const read = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const policies = (count: number) => Array.from({ length: count }, (_, index) => `${read}${index}`);
    const two = [
      { project: "site", stack: "prod" },
      { project: "site", stack: "dev" },
    ];

    for (const [what, code, bad, good] of [
      ["no cloud", "OPTION_MISSING", { aws: undefined }, { aws: {} }],
      ["an organization with a dot", "SUBJECT_INVALID", { organization: "ac.me" }, { organization: "ac-me" }],
      ["an organization that is a pattern", "SUBJECT_INVALID", { organization: "acme*" }, {}],
      ["no organization", "SUBJECT_INVALID", { organization: undefined as never }, {}],
      ["no stack", "SUBJECT_INVALID", { stacks: [] }, {}],
      ["no list of stacks", "SUBJECT_INVALID", { stacks: undefined as never }, {}],
      ["a stack twice", "SUBJECT_INVALID", { stacks: [two[0], two[0]] as never }, { stacks: two }],
      ["a wildcard in a part of a stack", "SUBJECT_INVALID", stack({ stack: "prod*" }), stack({ stack: "*" })],
      ["a wildcard for one letter", "SUBJECT_INVALID", stack({ stack: "?" }), stack({ stack: "*" })],
      ["a stack that goes on in the subject", "SUBJECT_INVALID", stack({ stack: "a:b" }), stack({ stack: "a.b" })],
      [
        "a wildcard in a part of a project",
        "SUBJECT_INVALID",
        stack({ project: "s*", stack: "*" }),
        stack({ stack: "*" }),
      ],
      [
        "one stack name of all projects",
        "SUBJECT_INVALID",
        stack({ project: "*" }),
        stack({ project: "*", stack: "*" }),
      ],
      ["a project that is missing", "SUBJECT_INVALID", stack({ project: undefined }), {}],
      ["an unknown operation", "SUBJECT_INVALID", { operations: ["up"] as never }, { operations: ["update"] as never }],
      ["no operation", "SUBJECT_INVALID", { operations: [] }, {}],
      ["an issuer without https", "ISSUER_URL_INVALID", { issuerUrl: "http://x" }, { issuerUrl: "https://x" }],
      [
        "a waiver without a reason",
        "WAIVER_INVALID",
        { waive: [{ name: "UNVERIFIED_OPERATION", reason: "" }] as never },
        {},
      ],
      ["two names", "OPTION_CONFLICT", role({ name: "a", namePrefix: "a" }), role({ name: "a" })],
      ["a short session", "ROLE_INVALID", role({ maxSessionDuration: 3599 }), role({ maxSessionDuration: 3600 })],
      [
        "credentials beyond the role's",
        "ROLE_INVALID",
        session({ durationSeconds: 3601 }),
        session({ durationSeconds: 3600 }),
      ],
      [
        "credentials of less than a quarter",
        "ROLE_INVALID",
        session({ durationSeconds: 899 }),
        session({ durationSeconds: 900 }),
      ],
      ["a session's name with a space", "ROLE_INVALID", session({ name: "a b" }), session({ name: "a-b" })],
      ["a long session's name", "ROLE_INVALID", session({ name: "a".repeat(65) }), session({ name: "a".repeat(64) })],
      [
        "11 session policies",
        "ROLE_INVALID",
        session({ policyArns: policies(11) }),
        session({ policyArns: policies(10) }),
      ],
      [
        "a session policy without ARN",
        "ROLE_INVALID",
        session({ policyArns: ["Read"] }),
        session({ policyArns: [read] }),
      ],
      [
        "another issuer's provider",
        "OIDC_PROVIDER_MISMATCH",
        { aws: { oidcProviderArn: `${PULUMI_PROVIDER}/v2` } },
        { aws: { oidcProviderArn: PULUMI_PROVIDER } },
      ],
      [
        "a role for a provider",
        "OIDC_PROVIDER_ARN_INVALID",
        { aws: { oidcProviderArn: ROLE_ARN } },
        { aws: { oidcProviderArn: PULUMI_PROVIDER } },
      ],
      [
        "a provider both given and made",
        "OPTION_CONFLICT",
        { aws: { oidcProviderArn: PULUMI_PROVIDER, createOidcProvider: true } },
        { aws: { createOidcProvider: true } },
      ],
      [
        "audiences of a provider that is not made",
        "OPTION_MISSING",
        { aws: { oidcProviderAudiences: ["x"] } },
        { aws: { oidcProviderAudiences: ["x"], createOidcProvider: true } },
      ],
      [
        "a quota beyond IAM's",
        "ROLE_INVALID",
        { aws: { trustPolicyLength: 8193 } },
        { aws: { trustPolicyLength: 8192 } },
      ],
      ["a policy of 2,049 characters", "TRUST_POLICY_TOO_LONG", long(2049), long(2048)],
      [
        "a policy beyond a raised quota",
        "TRUST_POLICY_TOO_LONG",
        long(3001, { trustPolicyLength: 3000 }),
        long(3000, { trustPolicyLength: 3000 }),
      ],
    ] as [string, string, Partial<DeploymentsOidcTrustArgs>, Partial<DeploymentsOidcTrustArgs>][]) {
      it(`${what} (${code})`, async () => {
        const refused = await run(() => void onAws(bad));
        assert.deepEqual([codesOf(refused), refused.resources, refused.calls], [[code], [], []]);
        assert.ok(refused.errors[0] instanceof OidcRunnerError && refused.errors[0].fix);
        const issuer = (good.issuerUrl ?? PULUMI) as string;
        const accepted = await run(() => void onAws(good), {
          found: () => ({
            arn: PULUMI_PROVIDER.replace("api.pulumi.com/oidc", issuer.replace("https://", "")),
            clientIdLists: [(good.organization ?? "acme") as string],
          }),
        });
        assert.deepEqual(accepted.errors, []);
      });
    }

    it("and a policy that is too long in the provider's partition before the role is made", async () => {
      // The ARN is three characters longer there.
      const china = { arn: PULUMI_PROVIDER.replace("aws:iam", "aws-cn:iam"), clientIdLists: ["acme"] };
      const fits = await run(() => void onAws(long(2045)), { found: () => china });
      assert.deepEqual(fits.errors, []);
      const tooLong = await run(() => void onAws(long(2046)), { found: () => china });
      assert.deepEqual([codesOf(tooLong), kindsOf(tooLong)], [["TRUST_POLICY_TOO_LONG"], ["DeploymentsOidcTrust"]]);
    });

    it("and what is known later, before a role is made", async () => {
      const late = await run(() => void onAws({ stacks: [{ project: "site", stack: pulumi.output("prod*") }] }));
      assert.deepEqual([codesOf(late), kindsOf(late)], [["SUBJECT_INVALID"], ["DeploymentsOidcTrust"]]);
      const one = await run(() =>
        onAws({
          stacks: [
            { project: "site", stack: pulumi.output("prod") },
            { project: "site", stack: "dev*" },
          ],
        }),
      );
      assert.deepEqual([codesOf(one), one.resources], [["SUBJECT_INVALID"], []]);
    });
  });
});
