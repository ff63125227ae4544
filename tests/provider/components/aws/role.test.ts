import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { AwsRole, EksAws, EksAwsBlocks } from "../../../../provider/components/eks/eks-oidc-runner";
import { assertUserError } from "../../../helpers/refused";
import { cloudCall } from "../cloud";
import { codesOf, eksRunner, podPartsOf, runEks } from "../eks/eks";
import { listed, only } from "../pick";

const READ = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const AUDIT = "arn:aws:iam::aws:policy/SecurityAudit";
const POLICY = JSON.stringify({ Version: "2012-10-17", Statement: [] });
const out = <T>(value: T) => pulumi.output(value);
const program =
  (role: AwsRole, aws: Pick<EksAwsBlocks, "region" | "tokenExpirationSeconds"> = {}) =>
  () =>
    void eksRunner({ aws: { role, ...aws } });

/** Every setting that goes to the role as it is. */
const SETTINGS: AwsRole = {
  path: "/runners/",
  permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
  maxSessionDuration: 7200,
  description: "Runs Pulumi",
  tags: { team: "platform" },
  forceDetachPolicies: true,
};

describe("the role of EksOidcRunner", () => {
  for (const name of [{ name: "deployer" }, { namePrefix: "deployer-" }]) {
    it(`has what it is given, and ${Object.keys(name).join()}`, async () => {
      const run = await runEks(program({ ...SETTINGS, ...name }));
      assert.deepEqual(run.errors, []);
      const { assumeRolePolicy: _, ...inputs } = only(run, "Role").inputs;
      assert.deepEqual(inputs, { ...SETTINGS, ...name });
    });
  }

  it("has policies of its own, before the Job starts", async () => {
    const inlinePolicies = { state: POLICY, "team.x": out(POLICY) };
    const run = await runEks(program({ inlinePolicies }));
    assert.deepEqual(run.errors, []);
    const made = run.resources.filter(({ type }) => type.endsWith(":RolePolicy"));
    assert.deepEqual(
      made.map(({ name, inputs }) => [name, inputs]),
      ["state", "team.x"].map((name) => [`deployer-${name}`, { role: "deployer-1234567", name, policy: POLICY }]),
    );
    const { dependencies } = only(run, "Job");
    for (const { name } of made) assert.ok(dependencies.includes(`aws:iam/rolePolicy:RolePolicy ${name}`));
  });

  it("is refused with a managed policy that AWS does not have, and made where AWS does not tell", async () => {
    const unknown = "arn:aws:iam::aws:policy/ReadOnlyAcess";
    const answering = (message: string) => ({
      call: (call: pulumi.runtime.MockCallArgs) => {
        if (call.token === "aws:iam/getPolicy:getPolicy" && call.inputs.arn === unknown) {
          // As gRPC has it, whose details the SDK shows.
          throw Object.assign(new Error(message), { details: message });
        }
        return cloudCall(call);
      },
    });
    const gone = answering(`1 error occurred:\n\t* reading IAM Policy (${unknown}): couldn't find resource`);
    for (const [role, where] of [
      [{ managedPolicyArns: [READ, unknown] }, "aws.role.managedPolicyArns[1]"],
      [{ permissionsBoundary: unknown }, "aws.role.permissionsBoundary"],
    ] as const) {
      const run = await runEks(program(role as AwsRole), gone);
      assertUserError(run.errors[0], "MANAGED_POLICY_NOT_FOUND", where);
      assert.deepEqual(
        run.resources.filter(({ type }) => /^(aws|kubernetes|pulumi-nodejs):/.test(type)),
        [],
      );
    }
    const denied = answering("AccessDenied: not authorized to perform: iam:GetPolicy");
    assert.deepEqual((await runEks(program({ managedPolicyArns: [unknown] }), denied)).errors, []);
    // One of an account may be made in the same program.
    const { calls } = await runEks(
      program({ managedPolicyArns: ["arn:aws:iam::123456789012:policy/mine", READ, AUDIT] }),
    );
    assert.equal(calls.filter((call) => call.startsWith("getPolicy")).length, 2);
  });

  it("keeps the attachments of the policies that stay when one is taken out", async () => {
    const both = await runEks(program({ managedPolicyArns: [READ, AUDIT] }));
    const one = await runEks(program({ managedPolicyArns: [AUDIT] }));
    const attached = ({ resources }: typeof both) =>
      resources.filter(({ type }) => type.endsWith("Attachment")).map(({ name, inputs }) => [name, inputs.policyArn]);
    assert.equal(attached(both).length, 2);
    assert.deepEqual(
      attached(one),
      attached(both).filter(([, arn]) => arn === AUDIT),
    );
  });

  /** Settings that turn out bad, and their near miss. */
  const bad: [AwsRole, AwsRole][] = [
    [{ maxSessionDuration: out(60) }, { maxSessionDuration: out(3600) }],
    [{ path: out("x") }, { path: out("/x/") }],
    [{ permissionsBoundary: out("x") }, { permissionsBoundary: out(READ) }],
    [{ managedPolicyArns: [out("x")] }, { managedPolicyArns: [out(READ)] }],
    [{ inlinePolicies: { a: out("{}") } }, { inlinePolicies: { a: out(POLICY) } }],
    // The provider is of the partition aws.
    [{ managedPolicyArns: [READ.replace("aws", "aws-cn")] }, { managedPolicyArns: [READ] }],
  ];
  for (const [settings, good] of bad) {
    it(`is not made with what turns out bad: ${Object.keys(settings).join()}`, async () => {
      for (const aws of [{ role: settings }, { podIdentity: { role: settings } }] as EksAws[]) {
        const refused = await runEks(() => void eksRunner({ cluster: { name: "prod" }, aws }));
        assert.equal(refused.errors.length, 1);
        assertUserError(refused.errors[0], "ROLE_INVALID");
        const kinds = listed(refused).map((line) => line.split(" ")[0]);
        assert.deepEqual(kinds, ["EksOidcRunner", "OidcTrustSetup"]);
      }
      const accepted = await runEks(program(good));
      assert.deepEqual(accepted.errors, []);
      assert.ok(listed(accepted).includes("Job deployer"));
    });
  }

  it("tells its pod the region of the issuer, or the one that is given", async () => {
    const region = async (aws: Pick<EksAwsBlocks, "region" | "tokenExpirationSeconds">) => {
      const { AWS_REGION, AWS_DEFAULT_REGION } = podPartsOf(await runEks(program({}, aws))).env;
      assert.equal(AWS_DEFAULT_REGION, AWS_REGION);
      return AWS_REGION;
    };
    assert.equal(await region({}), "eu-west-1");
    assert.equal(await region({ region: out("us-gov-west-1") }), "us-gov-west-1");
    assert.deepEqual(codesOf(await runEks(program({}, { region: out("Ireland") }))), ["REGION_INVALID"]);
  });

  it("has a token of ten minutes in its pod, or of the time that is given", async () => {
    const life = async (aws: Pick<EksAwsBlocks, "region" | "tokenExpirationSeconds">) => {
      const { volumes } = podPartsOf(await runEks(program({}, aws)));
      const volume = volumes.find(({ name }) => name === "aws-iam-token");
      return volume?.projected?.sources[0]?.serviceAccountToken.expirationSeconds;
    };
    assert.equal(await life({}), 600);
    assert.equal(await life({ tokenExpirationSeconds: out(86_400) }), 86_400);
    assert.deepEqual(codesOf(await runEks(program({}, { tokenExpirationSeconds: out(86_401) }))), [
      "EXPIRATION_INVALID",
    ]);
  });

  it("is given by its ARN, and then none is made", async () => {
    const run = await runEks(() => void eksRunner({ aws: { roleArn: "arn:aws-us-gov:iam::123456789012:role/a/b" } }));
    assert.deepEqual(run.errors, []);
    assert.ok(!listed(run).some((line) => line.startsWith("Role ")));
    assert.equal(podPartsOf(run).env.AWS_ROLE_ARN, "arn:aws-us-gov:iam::123456789012:role/a/b");
  });
});
