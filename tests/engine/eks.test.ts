import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { fails, ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { control } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";

const labStarted = labOn("eks");

const NAMESPACE = "aws";
const READ = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const AUDIT = "arn:aws:iam::aws:policy/SecurityAudit";

/** What the work asks AWS for, by the way its pod has: it prints names, codes and statuses, never a token. */
const SCRIPT = `
if [ -n "\${AWS_ROLE_ARN:-}" ]; then
  curl -s --cacert /opt/oidc-runner/ca.crt "$AWS_ENDPOINT_URL_STS" \\
    --data Action=AssumeRoleWithWebIdentity --data Version=2011-06-15 \\
    --data "RoleSessionName=$AWS_ROLE_SESSION_NAME" --data-urlencode "RoleArn=$AWS_ROLE_ARN" \\
    --data-urlencode "WebIdentityToken@$AWS_WEB_IDENTITY_TOKEN_FILE" |
    grep -o '<Arn>[^<]*\\|<Code>[^<]*'
else
  printf 'Authorization: %s' "$(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")" |
    curl -s -o /dev/null -w 'agent %{http_code}\\n' -H @- "$AWS_CONTAINER_CREDENTIALS_FULL_URI"
fi
echo "region $AWS_REGION"
`;

describe("runners on EKS with access to AWS, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;
  let providerArn: string;

  const config = (more: Record<string, string> = {}) => ({
    organization: state.pulumiCloud.organization,
    clusterName: state.clusters[0]?.name ?? "",
    namespace: NAMESPACE,
    script: SCRIPT,
    caCertificates: readFileSync(state.ca, "utf8"),
    createOidcProvider: "true",
    maxSessionDuration: "3600",
    managedPolicyArns: JSON.stringify([READ, AUDIT]),
    ...more,
  });
  const resource = <T>(method: "GET" | "POST" | "DELETE", path: string, body?: object) =>
    control<T>(state, method, `/resources/aws/${path}`, body);
  const provider = () => resource("GET", `oidc-providers/${encodeURIComponent(providerArn)}`);

  before(async () => {
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    await makeNamespace(state, NAMESPACE);
    const issuer = (state.clusters[0]?.issuer ?? "").slice("https://".length);
    providerArn = `arn:aws:iam::111122223333:oidc-provider/${issuer}`;
    // The account of this test has none yet.
    await resource("DELETE", `oidc-providers/${encodeURIComponent(providerArn)}`);
    const project = join(packageRoot(), "tests", "engine", "programs", "eks");
    engine = new Engine(state, { project, config: config({ createOidcProvider: "false" }), env: SHORT_WINDOW });
    await engine.init();
  });
  after(async () => {
    await resource("POST", "oidc-providers", {
      ...{ url: state.clusters[0]?.issuer, clientIds: ["sts.amazonaws.com"], thumbprints: [], tags: {} },
    });
    await kubernetes?.close();
  });

  /** Name of a runner's role. */
  async function roleOf(runner: "web" | "agent" | "exchange"): Promise<string> {
    const { roleArns } = (await engine.outputs()) as { roleArns: string[] };
    return roleArns[["web", "agent", "exchange"].indexOf(runner)]?.split("/").pop() ?? "";
  }

  // One more update; without it tests/provider/components/aws/oidc-provider.test.ts says the same of mocks.
  if (process.env.OIDC_RUNNER_FULL !== undefined) {
    it("an account without the IAM OIDC provider is told how to get it, and no role is made", async () => {
      const output = await fails(engine.up());
      assert.match(output, /error: OIDC_PROVIDER_NOT_FOUND: .*oidc\.eks\..* Fix: set aws\.createOidcProvider/);
      const roles = (await resourcesOf(engine)).filter(({ type }) => type === "aws:iam/role:Role");
      assert.deepEqual(
        roles.map(({ urn }) => urn.split("::").pop()),
        ["agent"],
      );
    });
  }

  it("up makes one provider, three roles and an association", async () => {
    engine.configure(config());
    await ok(engine.up());
    assert.equal((await provider()).status, 200);
    const kinds = (await resourcesOf(engine)).map(({ type }) => type.split(":").pop());
    const count = (kind: string) => kinds.filter((other) => other === kind).length;
    assert.deepEqual(["OpenIdConnectProvider", "Role", "PodIdentityAssociation"].map(count), [1, 3, 1]);
    const { body: web } = await resource<Record<string, unknown>>("GET", `roles/${await roleOf("web")}`);
    assert.deepEqual([web.path, web.maxSessionDuration, web.tags], ["/runners/", 3600, { team: "platform" }]);
    const { body: attached } = await resource<string[]>("GET", `roles/${await roleOf("web")}/attached`);
    // The engine attaches them at once, in whatever order.
    assert.deepEqual(attached.sort(), [READ, AUDIT].sort());
    assert.equal((await resource("GET", `roles/${await roleOf("web")}/inline/state`)).status, 200);
  });

  it("their pods have the role that was made for them, and Pulumi's token by either of theirs", async () => {
    const region = "region us-west-2\n";
    for (const runner of ["web", "exchange"] as const) {
      // The session is named after the pod.
      const arn = `<Arn>arn:aws:sts::111122223333:assumed-role/${await roleOf(runner)}/${runner}-[0-9a-z-]+`;
      assert.match(await kubernetes.logOf(NAMESPACE, runner), new RegExp(`\n${arn}\n${region}$`));
    }
    const agent = await kubernetes.logOf(NAMESPACE, "agent");
    assert.ok(agent.endsWith(`agent 200\n${region}`), agent);
  });

  it("a second up finds nothing to do, and all as it was made", async () => {
    await ok(engine.up(["--refresh", "--expect-no-changes"]));
  });

  it("a policy that is taken out is detached alone, and a longer session is no new role", async () => {
    const role = await roleOf("web");
    engine.configure(config({ managedPolicyArns: JSON.stringify([AUDIT]), maxSessionDuration: "7200" }));
    await ok(engine.up());
    assert.equal(await roleOf("web"), role);
    const { body } = await resource<{ maxSessionDuration: number }>("GET", `roles/${role}`);
    assert.equal(body.maxSessionDuration, 7200);
    assert.deepEqual((await resource("GET", `roles/${role}/attached`)).body, [AUDIT]);
  });

  it("destroy takes roles, association and provider away", async () => {
    const roles = await Promise.all((["web", "agent", "exchange"] as const).map(roleOf));
    await ok(engine.destroy());
    for (const role of roles) assert.equal((await resource("GET", `roles/${role}`)).status, 404);
    assert.equal((await provider()).status, 404);
  });
});
