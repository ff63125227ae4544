import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { EnvironmentOidcTrustArgs, OutboundGcp } from "../../../../provider/components/outbound";
import type { Claims } from "../../../../trust/claims/claims";
import { OidcRunnerError } from "../../../../trust/errors";
import { evaluateAwsTrust } from "../../../../trust/parties/aws/evaluate/evaluate";
import { evaluateGcpTrust } from "../../../../trust/parties/gcp/evaluate/evaluate";
import type { MockedRun } from "../../../helpers/pulumi-mocks";
import { only } from "../pick";
import { codesOf, deployments, environments, kindsOf, PULUMI, PULUMI_PROVIDER, run } from "./outbound";

const ROLE_ARN = "arn:aws:iam::123456789012:role/site-1234567";
const EMAIL = "pulumi-esc@acme-prod.iam.gserviceaccount.com";
const START = "pulumi:environments:pulumi.organization.login:acme";
const CURRENT = `${START}:currentEnvironment.name:site/prod`;
const DEFAULT = "pulumi:environments:org:acme:env:site/prod";
const V2 = `${PULUMI}/v2`;

const GCP: OutboundGcp = { project: "acme-prod", serviceAccountEmail: EMAIL, createPool: true, createProvider: true };
const both = (args: Partial<EnvironmentOidcTrustArgs> = {}) => environments({ aws: {}, gcp: GCP, ...args });
const user = {
  subjectAttributes: ["currentEnvironment.name", "pulumi.user.login"],
  users: ["ada"],
} satisfies Partial<EnvironmentOidcTrustArgs>;
const legacy = { environments: [{ project: "default", environment: "prod" }] };
const customAudience = { audience: "https://cloud.example.com", organizationId: "o-1", environmentIds: ["e-1"] };

/** Whether each cloud admits a subject with an audience of its own. */
function decisions(program: MockedRun<unknown>) {
  const policy = JSON.parse(String(only(program, "Role").inputs.assumeRolePolicy)) as unknown;
  const { oidc, attributeMapping, attributeCondition } = only(program, "WorkloadIdentityPoolProvider").inputs;
  const members = program.resources
    .filter(({ type }) => type.endsWith(":IAMMember"))
    .map(({ inputs }) => inputs.member);
  const provider = { ...(oidc as object), attributeMapping, attributeCondition, members };
  return (sub: string, audience: (cloud: string) => string = (cloud) => `${cloud}:acme`, iss = PULUMI) => {
    const token = (cloud: string): Claims => ({ iss, aud: audience(cloud), sub, current_env: "site/prod" });
    return [evaluateAwsTrust(policy, token("aws")).decision, evaluateGcpTrust(provider, token("gcp")).decision];
  };
}
const ALLOW = ["allow", "allow"];
const DENY = ["deny", "deny"];

describe("EnvironmentOidcTrust", () => {
  it("makes a role and grants for the environment that holds the login", async () => {
    const program = await run(() => {
      const { subjects, roleArn, principals, serviceAccountEmail, editCommand } = both();
      return { subjects, roleArn, principals, serviceAccountEmail, editCommand };
    });
    assert.deepEqual([program.errors, program.log], [[], []]);
    assert.deepEqual(kindsOf(program).sort(), [
      ...["EnvironmentOidcTrust", "IAMMember", "Role", "WorkloadIdentityPool", "WorkloadIdentityPoolProvider"],
    ]);
    assert.deepEqual(only(program, "WorkloadIdentityPoolProvider").inputs, {
      ...{ project: "acme-prod", workloadIdentityPoolId: "pulumi", workloadIdentityPoolProviderId: "pulumi-esc" },
      attributeMapping: { "google.subject": "assertion.sub" },
      attributeCondition: `assertion.sub.startsWith('pulumi:environments:org:acme:') || assertion.sub.startsWith('${START}:')`,
      oidc: { issuerUri: PULUMI, allowedAudiences: ["gcp:acme"] },
    });
    assert.deepEqual(program.outputs, {
      subjects: [CURRENT],
      roleArn: ROLE_ARN,
      principals: [
        `principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/pulumi/subject/${CURRENT}`,
      ],
      serviceAccountEmail: EMAIL,
      editCommand: "pulumi env edit acme/site/prod --file -",
    });
  });

  it("admits that environment, and none that resembles it", async () => {
    const decide = decisions(await run(() => void both()));
    assert.deepEqual(decide(CURRENT), ALLOW);
    for (const sub of [
      ...["site/prod2", "site/xprod", "site/dev", "site-2/prod", "mysite/prod", "s.te/prod", "prod", "site/prod/x"].map(
        (name) => `${START}:currentEnvironment.name:${name}`,
      ),
      `${CURRENT}:pulumi.user.login:ada`,
      `${START}:rootEnvironment.name:site/prod`,
      `${START}:pulumi.user.login:site/prod`,
      CURRENT.replace("acme", "acme2"),
      CURRENT.replace("acme", "xacme"),
      DEFAULT,
      DEFAULT.replace("site/prod", "<yaml>"),
      "pulumi:deploy:org:acme:project:site:stack:prod:operation:update:scope:write",
    ]) {
      assert.deepEqual(decide(sub), DENY, sub);
    }
    for (const audience of ["acme", "azure:acme", "aws:acme2", "gcp:acme2", "gcp:ac"]) {
      assert.deepEqual(
        decide(CURRENT, () => audience),
        DENY,
        audience,
      );
    }
    assert.deepEqual(
      decide(CURRENT, (cloud) => (cloud === "aws" ? "gcp:acme" : "aws:acme")),
      DENY,
    );
    assert.deepEqual(decide(CURRENT, undefined, V2), DENY);
  });

  it("admits the users who are named, and the environments that are opened first", async () => {
    const decide = decisions(await run(() => void both({ ...user, users: ["ada", "bob"] })));
    assert.deepEqual(
      ["ada", "bob"].map((name) => decide(`${CURRENT}:pulumi.user.login:${name}`)),
      [ALLOW, ALLOW],
    );
    for (const sub of [
      CURRENT,
      ...["ada2", "xada", "ad.", "eve"].map((name) => `${CURRENT}:pulumi.user.login:${name}`),
    ]) {
      assert.deepEqual(decide(sub), DENY, sub);
    }
    const opened = decisions(
      await run(
        () =>
          void both({
            subjectAttributes: ["rootEnvironment.name", "currentEnvironment.name"],
            rootEnvironments: [{ project: "app", environment: "x" }],
          }),
      ),
    );
    const first = (root: string) => `${START}:rootEnvironment.name:${root}:currentEnvironment.name:site/prod`;
    assert.deepEqual(opened(first("app/x")), ALLOW);
    for (const root of ["app/x2", "app2/x", "site/prod"]) assert.deepEqual(opened(first(root)), DENY, root);
    // In another order it is another subject.
    assert.deepEqual(opened(`${CURRENT}:rootEnvironment.name:app/x`), DENY);
  });

  it("takes ESC's default subject, and warns that stacks can't open such an environment", async () => {
    const program = await run(() => void both({ subjectAttributes: [] }));
    assert.deepEqual(program.errors, []);
    assert.equal(program.log.length, 1);
    assert.match(String(program.log), /^YAML_SUBJECT: .*:env:<yaml>.* Fix: leave subjectAttributes out/);
    const decide = decisions(program);
    assert.deepEqual(decide(DEFAULT), ALLOW);
    for (const sub of [CURRENT, DEFAULT.replace("site/prod", "<yaml>"), DEFAULT.replace("site/", ""), `${DEFAULT}2`]) {
      assert.deepEqual(decide(sub), DENY, sub);
    }
    const waive = [{ name: "YAML_SUBJECT", reason: "opened by pulumi env run alone" } as const];
    assert.deepEqual((await run(() => void both({ subjectAttributes: [], waive }))).log, []);
  });

  it("knows the bare audience and names of the project default", async () => {
    for (const [args, sub] of [
      [{}, `${START}:currentEnvironment.name:prod`],
      [{ subjectAttributes: [] }, "pulumi:environments:org:acme:env:prod"],
    ] as [Partial<EnvironmentOidcTrustArgs>, string][]) {
      const program = await run(() => void both({ ...legacy, ...args }));
      assert.deepEqual(program.errors, []);
      assert.equal(
        only(program, "WorkloadIdentityPoolProvider").inputs.workloadIdentityPoolProviderId,
        "pulumi-esc-default",
      );
      const decide = decisions(program);
      assert.deepEqual(
        decide(sub, () => "acme"),
        ALLOW,
      );
      assert.deepEqual(decide(sub), DENY);
      assert.deepEqual(
        decide(sub.replace("prod", "default/prod"), () => "acme"),
        DENY,
      );
    }
  });

  it("trusts tokens with an audience of one's own, of the other issuer", async () => {
    const found = () => ({ arn: `${PULUMI_PROVIDER}/v2`, clientIdLists: [customAudience.audience] });
    const program = await run(
      () => {
        const { editCommand, environmentDefinition } = both({ customAudience });
        return { editCommand, environmentDefinition };
      },
      { found },
    );
    assert.deepEqual(program.errors, []);
    assert.ok(program.calls.includes(`getOpenIdConnectProvider ${V2}`));
    const decide = decisions(program);
    const own = () => customAudience.audience;
    assert.deepEqual(decide("pulumi:org:o-1:env:e-1", own, V2), ALLOW);
    for (const [sub, audience, iss] of [
      ["pulumi:org:o-1:env:e-12", own, V2],
      ["pulumi:org:o-12:env:e-1", own, V2],
      ["pulumi:org:o-1:env:e-1", undefined, V2],
      ["pulumi:org:o-1:env:e-1", () => `${customAudience.audience}/`, V2],
      ["pulumi:org:o-1:env:e-1", own, PULUMI],
      [DEFAULT, own, V2],
    ] as const) {
      assert.deepEqual(decide(sub, audience, iss), DENY, sub);
    }
    assert.equal(program.outputs?.editCommand, "");
    assert.deepEqual(parse(program.outputs?.environmentDefinition ?? ""), {
      values: {
        pulumi: {
          token: { "fn::open::oidc": { audience: customAudience.audience, identityToken: { version: "v2" } } },
        },
        environmentVariables: { AWS_ROLE_ARN: ROLE_ARN, AWS_ROLE_SESSION_NAME: "pulumi-esc" },
        files: { AWS_WEB_IDENTITY_TOKEN_FILE: "${pulumi.token}" },
      },
    });
  });

  it("writes the environment's definition", async () => {
    const read = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const program = await run(() => {
      const { environmentDefinition } = both({
        ...user,
        aws: { session: { durationSeconds: 3600, policyArns: [read], name: "esc-prod" } },
        gcp: { ...GCP, tokenLifetimeSeconds: 600 },
      });
      return environmentDefinition;
    });
    const { subjectAttributes } = user;
    const definition: unknown = parse(program.outputs ?? "");
    assert.deepEqual(definition, {
      values: {
        aws: {
          login: {
            "fn::open::aws-login": {
              oidc: {
                ...{ roleArn: ROLE_ARN, sessionName: "esc-prod", duration: "3600s", policyArns: [read] },
                subjectAttributes,
              },
            },
          },
        },
        gcp: {
          login: {
            "fn::open::gcp-login": {
              project: 123456789012,
              oidc: {
                ...{ workloadPoolId: "pulumi", providerId: "pulumi-esc", serviceAccount: EMAIL, tokenLifetime: "600s" },
                subjectAttributes,
              },
            },
          },
        },
        environmentVariables: {
          AWS_ACCESS_KEY_ID: "${aws.login.accessKeyId}",
          AWS_SECRET_ACCESS_KEY: "${aws.login.secretAccessKey}",
          AWS_SESSION_TOKEN: "${aws.login.sessionToken}",
          GOOGLE_CLOUD_PROJECT: "${gcp.login.project}",
          GOOGLE_OAUTH_ACCESS_TOKEN: "${gcp.login.accessToken}",
        },
      },
    });
    // As a person would write it.
    assert.match(
      program.outputs ?? "",
      /^values:\n {2}aws:\n {4}login:\n {6}fn::open::aws-login:\n {8}oidc:\n {10}roleArn: arn:/,
    );
    const plain = await run(() => environments({ aws: {}, subjectAttributes: [] }).environmentDefinition);
    assert.deepEqual(Object.keys((parse(plain.outputs ?? "") as { values: object }).values), [
      "aws",
      "environmentVariables",
    ]);
    assert.ok(!(plain.outputs ?? "").includes("subjectAttributes"));
  });

  it("shares the account's provider with the trust of deployments", async () => {
    const aws = { createOidcProvider: true };
    for (const [first, second] of [
      [deployments, environments],
      [environments, deployments],
    ] as const) {
      const program = await run(
        () => {
          first({ aws }, "one");
          second({ aws }, "two");
        },
        { found: () => undefined },
      );
      assert.deepEqual(program.errors, []);
      const { clientIdLists } = only(program, "OpenIdConnectProvider").inputs;
      assert.deepEqual([...(clientIdLists as string[])].sort(), ["acme", "aws:acme"]);
    }
  });

  it("takes arguments that are known later, and shows the same resources in a preview", async () => {
    const late = (preview: boolean) =>
      run(
        () =>
          void both({
            organization: pulumi.output("acme"),
            environments: [{ project: "site", environment: pulumi.output("prod") }],
            subjectAttributes: user.subjectAttributes,
            users: [pulumi.output("ada")],
          }),
        { preview },
      );
    const program = await late(false);
    assert.deepEqual(program.errors, []);
    assert.deepEqual(decisions(program)(`${CURRENT}:pulumi.user.login:ada`), ALLOW);
    assert.deepEqual(kindsOf(await late(true)), kindsOf(program));
  });

  describe("refuses before anything is registered", () => {
    const one = (changed: object) => ({
      environments: [{ project: "site", environment: "prod", ...changed }] as never,
    });
    const root = [{ project: "app", environment: "x" }];
    const attributes = (...subjectAttributes: unknown[]) => ({ subjectAttributes: subjectAttributes as never });
    const custom = (changed: object) => ({ customAudience: { ...customAudience, ...changed } });
    /** An environment whose subject has so many bytes. */
    const long = (bytes: number) => ({ gcp: GCP, ...one({ environment: "a".repeat(bytes - CURRENT.length + 4) }) });
    /** An environment whose trust policy has so many characters. */
    const policy = (length: number) => {
      const rest = {
        Version: "2012-10-17",
        Statement: [
          {
            ...{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: PULUMI_PROVIDER } },
            Condition: {
              StringEquals: {
                "api.pulumi.com/oidc:sub": CURRENT.replace("prod", ""),
                "api.pulumi.com/oidc:aud": "aws:acme",
              },
            },
          },
        ],
      };
      return { aws: {}, ...one({ environment: "a".repeat(length - JSON.stringify(rest).length) }) };
    };
    for (const [what, code, bad, good] of [
      ["no cloud", "OPTION_MISSING", { aws: undefined }, {}],
      ["no environment and no audience", "OPTION_MISSING", { environments: undefined }, {}],
      ["both", "OPTION_CONFLICT", { ...one({}), customAudience }, { customAudience }],
      ["an empty list", "SUBJECT_INVALID", { environments: [] }, {}],
      [
        "an environment twice",
        "SUBJECT_INVALID",
        { environments: [...one({}).environments, ...one({}).environments] },
        {},
      ],
      ["an environment that is a pattern", "SUBJECT_INVALID", one({ environment: "*" }), one({ environment: "x" })],
      ["a part of a pattern", "SUBJECT_INVALID", one({ project: "s*" }), one({ project: "s" })],
      [
        "what stands for any definition",
        "SUBJECT_INVALID",
        one({ environment: "<yaml>" }),
        one({ environment: "yaml" }),
      ],
      ["a name with a slash", "SUBJECT_INVALID", one({ environment: "a/b" }), one({ environment: "a.b" })],
      ["no project", "SUBJECT_INVALID", one({ project: undefined }), {}],
      ["an organization with a colon", "SUBJECT_INVALID", { organization: "acme:env" }, {}],
      [
        "environments with two audiences",
        "SUBJECT_INVALID",
        { environments: [...legacy.environments, ...one({}).environments] },
        legacy,
      ],
      ["an unknown attribute", "SUBJECT_INVALID", attributes("currentEnvironment.name", "pulumi.token.name"), {}],
      [
        "an attribute twice",
        "SUBJECT_INVALID",
        attributes("currentEnvironment.name", "currentEnvironment.name"),
        attributes("currentEnvironment.name", "pulumi.organization.login"),
      ],
      ["a subject without the environment", "SUBJECT_INVALID", { ...user, ...attributes("pulumi.user.login") }, user],
      ["a user's attribute without users", "SUBJECT_INVALID", { ...user, users: undefined }, user],
      ["users without their attribute", "SUBJECT_INVALID", { users: ["ada"] }, user],
      ["a user with a colon", "SUBJECT_INVALID", { ...user, users: ["ada:x"] }, { ...user, users: ["ada@x"] }],
      ["any user", "SUBJECT_INVALID", { ...user, users: ["*"] }, user],
      [
        "environments opened first without their attribute",
        "SUBJECT_INVALID",
        { rootEnvironments: root },
        { rootEnvironments: root, ...attributes("currentEnvironment.name", "rootEnvironment.name") },
      ],
      [
        "an environment of default opened first",
        "SUBJECT_INVALID",
        { rootEnvironments: legacy.environments, ...attributes("currentEnvironment.name", "rootEnvironment.name") },
        { rootEnvironments: root, ...attributes("currentEnvironment.name", "rootEnvironment.name") },
      ],
      ["an empty audience", "SUBJECT_INVALID", custom({ audience: "" }), custom({ audience: "a" })],
      [
        "an audience of 513 bytes",
        "SUBJECT_INVALID",
        custom({ audience: "a".repeat(513) }),
        custom({ audience: "a".repeat(512) }),
      ],
      ["an organization's id that is a pattern", "SUBJECT_INVALID", custom({ organizationId: "*" }), custom({})],
      ["no environment's id", "SUBJECT_INVALID", custom({ environmentIds: [] }), custom({})],
      ["an environment's name for its id", "SUBJECT_INVALID", custom({ environmentIds: ["site/prod"] }), custom({})],
      ["a subject of 128 bytes at Google", "GCP_SUBJECT_TOO_LONG", long(128), long(127)],
      ["a policy of 2,049 characters", "TRUST_POLICY_TOO_LONG", policy(2049), policy(2048)],
      ["an issuer without https", "ISSUER_URL_INVALID", { issuerUrl: "http://x" }, { issuerUrl: "https://x" }],
    ] as [string, string, Partial<EnvironmentOidcTrustArgs>, Partial<EnvironmentOidcTrustArgs>][]) {
      it(`${what} (${code})`, async () => {
        const cloud = (args: Partial<EnvironmentOidcTrustArgs>) =>
          "gcp" in args ? {} : { aws: { createOidcProvider: true } };
        const refused = await run(() => void environments({ ...cloud(bad), ...bad }));
        assert.deepEqual([codesOf(refused), refused.resources, refused.calls], [[code], [], []]);
        assert.ok(refused.errors[0] instanceof OidcRunnerError && refused.errors[0].fix);
        const issuer = (good.issuerUrl ?? (good.customAudience ? V2 : PULUMI)) as string;
        const state = ({ type, inputs }: pulumi.runtime.MockResourceArgs) =>
          type.endsWith(":OpenIdConnectProvider")
            ? { arn: PULUMI_PROVIDER.replace("api.pulumi.com/oidc", issuer.replace("https://", "")) }
            : type.endsWith(":Role")
              ? { arn: ROLE_ARN, name: inputs.name }
              : undefined;
        const accepted = await run(() => void environments({ ...cloud(good), ...good }), { state });
        assert.deepEqual(accepted.errors, []);
      });
    }
  });
});
