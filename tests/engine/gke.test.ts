import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, request } from "undici";
import { Engine } from "../../lab/engine/engine";
import { projectNumber } from "../../lab/gcp/project-number";
import { LAB_PROJECT } from "../../lab/issuer-shapes";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { control } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";

const labStarted = labOn("gke");

const NAMESPACE = "google";
const POOL = `${LAB_PROJECT}.svc.id.goog`;
const PRINCIPAL = `principal://iam.googleapis.com/projects/${projectNumber(LAB_PROJECT)}/locations/global/workloadIdentityPools/${POOL}/subject/ns/${NAMESPACE}/sa/direct`;
const ACT_AS = "roles/iam.workloadIdentityUser";

/** What the work asks GKE's metadata server for: it prints names and statuses, never a token. */
const SCRIPT = `
account=http://$GCE_METADATA_HOST/computeMetadata/v1/instance/service-accounts/default
for path in token 'identity?audience=https://example.com'; do
  status=$(curl -s -o /dev/null -w '%{http_code}' -H 'Metadata-Flavor: Google' "$account/$path")
  echo "\${path%%[?]*} $status"
done
echo "project $GOOGLE_CLOUD_PROJECT"
`;

describe("runners on GKE with Google identities, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;
  let agent: Agent;
  let email: string;

  before(async () => {
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    agent = new Agent({ connect: { ca: readFileSync(state.ca, "utf8") } });
    await makeNamespace(state, NAMESPACE);
    const project = join(packageRoot(), "tests", "engine", "programs", "gke");
    const config = {
      organization: state.pulumiCloud.organization,
      clusterName: state.clusters[0]?.name ?? "",
      namespace: NAMESPACE,
      script: SCRIPT,
      caCertificates: readFileSync(state.ca, "utf8"),
    };
    engine = new Engine(state, { project, config, env: SHORT_WINDOW });
    await engine.init();
  });
  after(async () => {
    await agent?.close();
    await kubernetes?.close();
  });

  /** Status and body of the metadata server's answer to a pod of a ServiceAccount. */
  async function metadata(serviceAccountName: string, path: string): Promise<{ status: number; body: string }> {
    const workload = { cluster: state.clusters[0]?.name, namespace: NAMESPACE, serviceAccountName };
    const { body } = await control<{ url: string }>(state, "POST", "/gcp/metadata/servers", workload);
    const url = `${body.url}/computeMetadata/v1/instance/service-accounts/default/${path}`;
    const answer = await request(url, { headers: { "metadata-flavor": "Google" } });
    return { status: answer.statusCode, body: await answer.body.text() };
  }

  /** Status of a request to act as the account with the token that a ServiceAccount has of its own. */
  async function actsAsAccount(serviceAccountName: string): Promise<number> {
    const { body } = await metadata(serviceAccountName, "token");
    const { access_token: token } = JSON.parse(body) as { access_token: string };
    const url = `${state.gcp.iamCredentialsUrl}/v1/projects/-/serviceAccounts/${email}:generateAccessToken`;
    const answer = await request(url, {
      method: "POST",
      dispatcher: agent,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ scope: ["https://www.googleapis.com/auth/cloud-platform"] }),
    });
    await answer.body.dump();
    return answer.statusCode;
  }

  async function makeServiceAccount(name: string, annotations: Record<string, string>): Promise<void> {
    const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
    await kubernetes.client.post(path, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, annotations } });
  }

  const granted = async (resource: string, role: string, member: string) =>
    (await control<{ found?: boolean }>(state, "POST", "/resources/gcp/grants/find", { resource, role, member })).body
      .found;

  it("up gives one a service account and the other roles of its own, and warns of sameness once", async () => {
    const output = await ok(engine.up());
    // Shown as it comes, and once more at the end.
    const [, diagnostics = ""] = output.split("Diagnostics:");
    assert.equal(diagnostics.match(/IDENTITY_SAMENESS: /g)?.length, 1, output);
    assert.doesNotMatch(output, /GOOGLE_ROLE_BROAD/);
    const outputs = (await engine.outputs()) as { email: string; principals: string[] };
    email = outputs.email;
    assert.match(email, new RegExp(`^account-[0-9a-f]{8}@${LAB_PROJECT}\\.iam\\.gserviceaccount\\.com$`));
    assert.deepEqual(outputs.principals, [`serviceAccount:${email}`, PRINCIPAL]);
    const grants = (await resourcesOf(engine))
      .filter(({ type }) => type.endsWith(":IAMMember"))
      .map(({ urn, inputs }) => [urn.split("::").pop(), inputs?.role, inputs?.member]);
    assert.deepEqual(grants.sort(), [
      ["account", ACT_AS, `serviceAccount:${POOL}[${NAMESPACE}/account]`],
      ["account-viewer", "roles/viewer", `serviceAccount:${email}`],
      ["direct-iam.serviceAccountTokenCreator", "roles/iam.serviceAccountTokenCreator", PRINCIPAL],
    ]);
    assert.ok(await granted(`projects/${LAB_PROJECT}`, "roles/viewer", `serviceAccount:${email}`));
  });

  it("their pods have the identity that was made for them", async () => {
    const account = await kubernetes.logOf(NAMESPACE, "account");
    assert.ok(account.includes(`this pod's Google identity: ${email} `), account);
    assert.ok(account.endsWith(`token 200\nidentity 200\nproject ${LAB_PROJECT}\n`), account);
    // A principal without a service account has no ID tokens.
    const direct = await kubernetes.logOf(NAMESPACE, "direct");
    assert.ok(direct.includes(`this pod's Google identity: ${POOL} `), direct);
    assert.ok(direct.endsWith(`token 200\nidentity 404\nproject ${LAB_PROJECT}\n`), direct);
  });

  it("a neighbour that claims the account is refused, and one without a role can't act as it", async () => {
    await makeServiceAccount("claimant", { "iam.gke.io/gcp-service-account": email });
    await makeServiceAccount("neighbour", {});
    assert.equal((await metadata("account", "token")).status, 200);
    assert.equal((await metadata("claimant", "token")).status, 403);
    assert.deepEqual(await Promise.all(["direct", "neighbour"].map(actsAsAccount)), [200, 403]);
  });

  it("a second up finds nothing to do", async () => {
    await ok(engine.up(["--expect-no-changes"]));
  });

  it("destroy takes the account and every role away", async () => {
    await ok(engine.destroy());
    assert.equal((await control(state, "GET", `/resources/gcp/service-accounts/${email}`)).status, 404);
    const project = `projects/${LAB_PROJECT}`;
    assert.equal(await granted(project, "roles/viewer", `serviceAccount:${email}`), false);
    assert.equal(await granted(project, "roles/iam.serviceAccountTokenCreator", PRINCIPAL), false);
  });
});
