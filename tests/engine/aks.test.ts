import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, request } from "undici";
import { type Identity, identityId, LAB_RESOURCE_GROUP, LAB_SUBSCRIPTION_ID, LAB_TENANT_ID } from "../../lab/azure";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { control } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";

const labStarted = labOn("aks");

const NAMESPACE = "azure";
const ELSEWHERE = "azure-elsewhere";
const EXCHANGE = "api://AzureADTokenExchange";
const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";
const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";
const SCOPE = `/subscriptions/${LAB_SUBSCRIPTION_ID}/resourceGroups/site`;

/** What the work asks Entra ID for, by what a pod has: it prints an outcome, never a token. */
const SCRIPT = `
answer=$(curl -s "\${AZURE_AUTHORITY_HOST%/}/$AZURE_TENANT_ID/oauth2/v2.0/token" --data-urlencode client_id="$AZURE_CLIENT_ID" \\
  --data-urlencode scope=https://management.azure.com/.default --data grant_type=client_credentials \\
  --data client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer \\
  --data-urlencode client_assertion@"$AZURE_FEDERATED_TOKEN_FILE")
case $answer in *'"access_token":'*) echo "token of $AZURE_CLIENT_ID" ;; *) echo "refused" ;; esac
`;

describe("runners on AKS with identities of Entra ID, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;
  let agent: Agent;
  /** An identity that somebody else has made, with a credential for one runner. */
  let given: Identity;
  let clientIds: string[];
  let config: Record<string, string>;

  before(async () => {
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    agent = new Agent({ connect: { ca: readFileSync(state.ca, "utf8") } });
    await Promise.all([NAMESPACE, ELSEWHERE].map((namespace) => makeNamespace(state, namespace)));
    const settings = { name: "given", resourceGroup: "site", location: "westeurope", tags: {} };
    given = (await control<Identity>(state, "PUT", "/resources/azure/identities", settings)).body;
    const subject = `system:serviceaccount:${NAMESPACE}:given`;
    const credential = { name: "given", issuer: state.clusters[0]?.issuer, subject, audiences: [EXCHANGE] };
    const path = `/resources/azure/identities/${encodeURIComponent(given.id)}/credentials`;
    assert.equal((await control(state, "PUT", path, credential)).status, 200);
    const project = join(packageRoot(), "tests", "engine", "programs", "aks");
    config = {
      organization: state.pulumiCloud.organization,
      clusterName: state.clusters[0]?.name ?? "",
      clusterResourceGroup: LAB_RESOURCE_GROUP,
      namespace: NAMESPACE,
      scope: SCOPE,
      clientId: given.clientId,
      authorityHost: state.azure.authority,
      script: SCRIPT,
      caCertificates: readFileSync(state.ca, "utf8"),
    };
    engine = new Engine(state, { project, config, env: SHORT_WINDOW });
    await engine.init();
  });
  after(async () => {
    await agent?.close();
    await kubernetes?.close();
    if (given) await control(state, "DELETE", `/resources/azure/identities/${encodeURIComponent(given.id)}`);
  });

  /** What Entra ID says to a token of a ServiceAccount for a client: `token`, or the code of the refusal. */
  async function exchange(
    clientId: string,
    { namespace = NAMESPACE, name = "made", audience = EXCHANGE } = {},
  ): Promise<string> {
    const { status } = await kubernetes.client.post<{ status: { token: string } }>(
      `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
      { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { audiences: [audience] } },
    );
    const form = {
      client_id: clientId,
      client_assertion: status.token,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      grant_type: "client_credentials",
      scope: "https://management.azure.com/.default",
    };
    const answer = await request(`${state.azure.authority}/${LAB_TENANT_ID}/oauth2/v2.0/token`, {
      ...{ method: "POST", dispatcher: agent, body: new URLSearchParams(form).toString() },
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const body = (await answer.body.json()) as { access_token?: string; error_description?: string };
    return body.access_token ? "token" : (/^AADSTS\d+/.exec(body.error_description ?? "")?.[0] ?? JSON.stringify(body));
  }

  const assignments = async () =>
    (
      await control<{ roleAssignments: { principalId: string; scope: string }[] }>(
        state,
        "GET",
        "/azure/role-assignments",
      )
    ).body.roleAssignments;

  it("up makes an identity, its credential for the runner, and its roles", async () => {
    const output = await ok(engine.up());
    assert.doesNotMatch(output, /Diagnostics/, output);
    const outputs = (await engine.outputs()) as { clientIds: string[]; principalId: string; tenantIds: string[] };
    clientIds = outputs.clientIds;
    assert.equal(clientIds[1], given.clientId);
    assert.deepEqual(outputs.tenantIds, [LAB_TENANT_ID, LAB_TENANT_ID]);
    const resources = await resourcesOf(engine);
    const [credential, ...more] = resources.filter(({ type }) => type.endsWith(":FederatedIdentityCredential"));
    assert.deepEqual(more, []);
    const { issuer, subject, audiences } = credential?.inputs ?? {};
    assert.deepEqual(
      { issuer, subject, audiences },
      {
        issuer: state.clusters[0]?.issuer,
        subject: `system:serviceaccount:${NAMESPACE}:made`,
        audiences: [EXCHANGE],
      },
    );
    const own = (await assignments()).filter(({ principalId }) => principalId === outputs.principalId);
    assert.deepEqual(own.map(({ scope }) => scope).sort(), [SCOPE, `${SCOPE}/providers/A.B/c/d`]);
  });

  it("their pods get tokens of the identity that was made for them, and of the one that was given", async () => {
    const [made] = clientIds;
    assert.match(await kubernetes.logOf(NAMESPACE, "made"), new RegExp(`token of ${made}\\n$`));
    assert.match(await kubernetes.logOf(NAMESPACE, "given"), new RegExp(`token of ${given.clientId}\\n$`));
  });

  it("a ServiceAccount beside it, one of the same name elsewhere, and another audience are refused", async () => {
    const path = `/api/v1/namespaces/${ELSEWHERE}/serviceaccounts`;
    await kubernetes.client.post(path, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "made" } });
    const [made = ""] = clientIds;
    assert.equal(await exchange(made), "token");
    assert.equal(await exchange(made, { name: "given" }), "AADSTS700213");
    assert.equal(await exchange(given.clientId), "AADSTS700213");
    assert.equal(await exchange(made, { namespace: ELSEWHERE }), "AADSTS700213");
    assert.equal(await exchange(made, { audience: "urn:pulumi:org:lab" }), "AADSTS700212");
  });

  it("a second up, and a refresh, find nothing to do", async () => {
    await ok(engine.up(["--expect-no-changes"]));
    await ok(engine.refresh(["--expect-no-changes"]));
    await ok(engine.up(["--expect-no-changes"]));
  });

  it("refresh sees a credential that somebody changed, and up mends it", async () => {
    const { inputs = {}, id = "" } =
      (await resourcesOf(engine)).find(({ type }) => type.endsWith(":FederatedIdentityCredential")) ?? {};
    const [identity = "", name] = id.split("/federatedIdentityCredentials/");
    const path = `/resources/azure/identities/${encodeURIComponent(identity)}/credentials`;
    const changed = { ...{ name, issuer: inputs.issuer, audiences: inputs.audiences }, subject: "somebody-else" };
    assert.equal((await control(state, "PUT", path, changed)).status, 200);
    const [made = ""] = clientIds;
    assert.equal(await exchange(made), "AADSTS700213");
    await ok(engine.refresh());
    await ok(engine.up());
    assert.equal(await exchange(made), "token");
    await ok(engine.up(["--expect-no-changes"]));
  });

  it("destroy takes the identity and its roles away, and leaves the given one", async () => {
    const [made = ""] = clientIds;
    const { principalId } = (await engine.outputs()) as { principalId: string };
    const { id = "" } = (await resourcesOf(engine)).find(({ type }) => type.endsWith(":UserAssignedIdentity")) ?? {};
    assert.ok(id.startsWith(identityId("site", "made")));
    await ok(engine.destroy());
    assert.deepEqual(await resourcesOf(engine), []);
    const of = (path: string) => control(state, "GET", `/resources/azure/identities/${encodeURIComponent(path)}`);
    assert.deepEqual([(await of(id)).status, (await of(given.id)).status], [404, 200]);
    assert.ok(!(await assignments()).some((assignment) => assignment.principalId === principalId));
    assert.equal(await exchange(made, { namespace: ELSEWHERE }), "AADSTS700016");
  });

  it("an identity and its credential that are there already are imported, and are the runner's then", async () => {
    const settings = { name: "mine", resourceGroup: "site", location: "westeurope", tags: { team: "platform" } };
    const { body: mine } = await control<Identity>(state, "PUT", "/resources/azure/identities", settings);
    const path = `/resources/azure/identities/${encodeURIComponent(mine.id)}`;
    const subject = `system:serviceaccount:${NAMESPACE}:made`;
    const credential = { name: "mine", issuer: state.clusters[0]?.issuer, subject, audiences: [EXCHANGE] };
    assert.equal((await control(state, "PUT", `${path}/credentials`, credential)).status, 200);
    const identity = JSON.stringify({ name: "mine", location: "westeurope" });
    const imports = JSON.stringify({
      [IDENTITY]: mine.id,
      [CREDENTIAL]: `${mine.id}/federatedIdentityCredentials/mine`,
    });
    engine.configure({ ...config, identity, imports });
    await ok(engine.up());
    ({ clientIds } = (await engine.outputs()) as { clientIds: string[] });
    assert.equal(clientIds[0], mine.clientId);
    assert.match(await kubernetes.logOf(NAMESPACE, "made"), new RegExp(`token of ${mine.clientId}\\n$`));
    engine.configure({ ...config, identity });
    await ok(engine.up(["--refresh", "--expect-no-changes"]));
    await ok(engine.destroy());
    assert.equal((await control(state, "GET", path)).status, 404);
  });
});
