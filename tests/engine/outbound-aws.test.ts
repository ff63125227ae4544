import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { evaluateAwsTrust } from "../../trust/parties/aws/evaluate/evaluate";
import { assertOneDiagnostic, fails, ok, resourcesOf } from "./support/engine";
import { control } from "./support/http";
import { labOn } from "./support/lab";

const labStarted = labOn("eks");

const ISSUER = "https://api.pulumi.com/oidc";
const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/api.pulumi.com/oidc";
const READ = "arn:aws:iam::aws:policy/ReadOnlyAccess";

describe("trusts of AWS in Pulumi Cloud, with the real engine", () => {
  let state: LabState;
  let owner: Engine;
  let guest: Engine;
  let organization: string;

  const config = (aws: object, more: Record<string, string> = {}) => ({
    ...{ organization, stack: "prod", environments: "true", clouds: JSON.stringify({ aws }) },
    ...more,
  });
  const made = (more: object = {}) => ({ createOidcProvider: true, role: { managedPolicyArns: [READ] }, ...more });
  const resource = <T>(method: "GET" | "PUT", path: string, body?: object) =>
    control<T>(state, method, `/resources/aws/${path}`, body);
  const providerPath = `oidc-providers/${encodeURIComponent(PROVIDER)}`;
  const audiences = async () => (await resource<{ clientIds: string[] }>("GET", providerPath)).body.clientIds;

  /** Decision of the role that a stack made, for a stack's deployment. */
  async function decide(engine: Engine, stack: string, aud = organization): Promise<string> {
    const { roleName } = (await engine.outputs()) as { roleName: string };
    const { body } = await resource<{ assumeRolePolicy: string }>("GET", `roles/${roleName}`);
    const sub = `pulumi:deploy:org:${organization}:project:site:stack:${stack}:operation:update:scope:write`;
    return evaluateAwsTrust(JSON.parse(body.assumeRolePolicy), { iss: ISSUER, aud, sub }).decision;
  }

  before(async () => {
    state = await labStarted();
    organization = state.pulumiCloud.organization;
    const project = join(packageRoot(), "tests", "engine", "programs", "outbound");
    owner = new Engine(state, { project, stack: "owner", config: config(made()) });
    guest = new Engine(state, { project, stack: "guest", config: config({}, { stack: "dev", environments: "false" }) });
    await owner.init();
    await guest.init();
  });

  it("a stack that finds no provider is told so, and makes no role", async () => {
    assertOneDiagnostic(await fails(guest.up()), "OIDC_PROVIDER_NOT_FOUND");
    assert.deepEqual(
      (await resourcesOf(guest)).map(({ type }) => type),
      ["oidc-runner:index:DeploymentsOidcTrust"],
    );
  });

  it("up makes one provider and a role for deployments and for the environment", async () => {
    await ok(owner.preview());
    await ok(owner.up());
    assert.deepEqual((await audiences()).sort(), [organization, `aws:${organization}`].sort());
    const types = (await resourcesOf(owner)).map(({ type }) => type.split(":").pop());
    const count = (kind: string) => types.filter((type) => type === kind).length;
    assert.deepEqual(["OpenIdConnectProvider", "Role", "RolePolicyAttachment"].map(count), [1, 2, 2]);
    assert.equal(await decide(owner, "prod"), "allow");
    assert.equal(await decide(owner, "dev"), "deny");
    assert.equal(await decide(owner, "prod", `aws:${organization}`), "deny");
    const { environmentDefinition, settingsCommand } = (await owner.outputs()) as Record<string, string>;
    assert.match(settingsCommand ?? "", /--stack [\w-]+\/site\/prod --oidc-aws-role-arn arn:aws:iam::/);
    const { values } = parse(environmentDefinition ?? "") as { values: { aws: object } };
    assert.match(
      JSON.stringify(values.aws),
      /fn::open::aws-login.*"roleArn":"arn:aws:iam::111122223333:role\/environments-/,
    );
  });

  it("a second up finds nothing to do", async () => {
    await ok(owner.preview(["--expect-no-changes"]));
    await ok(owner.up(["--refresh", "--expect-no-changes"]));
  });

  it("another stack finds the provider, and has a role for its own deployments", async () => {
    await ok(guest.up());
    await ok(guest.up(["--refresh", "--expect-no-changes"]));
    assert.deepEqual([await decide(guest, "dev"), await decide(guest, "prod")], ["allow", "deny"]);
    const types = (await resourcesOf(guest)).map(({ type }) => type);
    assert.ok(!types.includes("aws:iam/openIdConnectProvider:OpenIdConnectProvider"));
  });

  it("audiences that others add to the provider stay, through refresh and a change of its own", async () => {
    const { body } = await resource<Record<string, unknown>>("GET", providerPath);
    const clientIds = [...(body.clientIds as string[]), "theirs"];
    await resource("PUT", providerPath, { clientIds, thumbprints: body.thumbprints, tags: body.tags });
    await ok(owner.refresh());
    owner.configure(config(made({ oidcProviderAudiences: ["more"] })));
    await ok(owner.up());
    const now = await audiences();
    assert.ok(
      ["theirs", "more", organization].every((audience) => now.includes(audience)),
      now.join(),
    );
    await ok(owner.up(["--refresh", "--expect-no-changes"]));
  });

  it("a provider that is given by its ARN is used as it is", async () => {
    guest.configure(config({ oidcProviderArn: PROVIDER }, { stack: "dev", environments: "false" }));
    await ok(guest.up(["--expect-no-changes"]));
  });

  it("a pattern in a part of a stack's name changes nothing", async () => {
    guest.configure(config({}, { stack: "dev*", environments: "false" }));
    assertOneDiagnostic(await fails(guest.up()), "SUBJECT_INVALID");
    assert.equal(await decide(guest, "dev"), "allow");
  });

  it("destroy takes away what each stack made, and no more", async () => {
    const { roleName } = (await guest.outputs()) as { roleName: string };
    await ok(guest.destroy());
    assert.equal((await resource("GET", `roles/${roleName}`)).status, 404);
    assert.equal(await decide(owner, "prod"), "allow");
    await ok(owner.destroy());
    assert.equal((await resource("GET", providerPath)).status, 404);
  });

  it("a provider that is there already can be imported, and keeps its audiences", async () => {
    const theirs = { url: ISSUER, clientIds: [organization, "theirs"], thumbprints: [], tags: {} };
    await control(state, "POST", "/resources/aws/oidc-providers", theirs);
    const project = join(packageRoot(), "tests", "engine", "programs", "outbound");
    const heir = new Engine(state, { project, stack: "heir", config: config(made(), { environments: "false" }) });
    await heir.init();
    const output = await fails(heir.up());
    const said =
      /OIDC_PROVIDER_EXISTS: .+ for https:\S+ already \(at aws\.createOidcProvider\)\. Fix: leave createOidcProvider out, .+ `pulumi import (\S+) (\S+) ARN`/;
    const [, type = assert.fail(output), name = ""] = said.exec(output) ?? [];
    const what = [type, name, PROVIDER];
    const where = ["--stack", heir.stack, "--cwd", project, "--yes", "--protect=false", "--generate-code=false"];
    await ok(heir.run(["import", ...what, ...where]));
    await ok(heir.up());
    assert.deepEqual((await audiences()).sort(), [organization, `aws:${organization}`, "theirs"].sort());
    await ok(heir.up(["--refresh", "--expect-no-changes"]));
    await ok(heir.destroy());
  });
});
