import assert from "node:assert/strict";
import type { Pod } from "../../../../lab/cluster/node-agent/pod";
import { GcpFixture, POOL } from "../fixture";

const FLAVOR = { "Metadata-Flavor": "Google" };
const DEFAULT = "/computeMetadata/v1/instance/service-accounts/default";

function pod(serviceAccountName: string, namespace = "team-a", uid = `uid-${serviceAccountName}`): Pod {
  return {
    metadata: { name: `pod-of-${serviceAccountName}`, namespace, uid },
    spec: { serviceAccountName, restartPolicy: "Never", containers: [] },
    status: {},
  };
}

describe("the lab's metadata server", () => {
  const lab = new GcpFixture();
  let bound: string;
  let plain: string;
  let email: string;

  before(async () => {
    await lab.start();
    email = lab.account("gke-runner", "team-a/deployer").email;
    for (const name of ["team-a/deployer", "team-a/neighbour"]) lab.prod.annotations.set(name, email);
    bound = await serverOf(pod("deployer"));
    plain = await serverOf(pod("plain"));
  });
  after(() => lab.stop());
  afterEach(() => {
    lab.gcp.metadata.faults.clear();
    lab.gcp.metadata.switches.notReadySeconds = 0;
    lab.clock.setOffset(0);
  });

  async function serverOf(of: Pod, cluster = lab.prod): Promise<string> {
    const hooks = lab.gcp.nodeHooks(cluster.issuer.issuer);
    const variables = (await hooks.podEnvironment?.(of)) ?? {};
    assert.deepEqual(Object.keys(variables), ["GCE_METADATA_HOST", "GCE_METADATA_IP"]);
    assert.equal(variables.GCE_METADATA_HOST, variables.GCE_METADATA_IP);
    return `http://${variables.GCE_METADATA_HOST}`;
  }
  const get = (url: string, headers: Record<string, string> = FLAVOR) => lab.request(url, { headers });
  const tokenInfo = async (answer: { json: { access_token: string } }) =>
    (await lab.request(`${lab.gcp.oauth.url}/tokeninfo?access_token=${answer.json.access_token}`)).json;

  it("answers with its flavour, and only to who sends it", async () => {
    const path = `${bound}${DEFAULT}/email`;
    const answer = await get(path);
    assert.deepEqual([answer.status, answer.text], [200, email]);
    assert.equal(answer.headers.get("Metadata-Flavor"), "Google");
    assert.equal(answer.headers.get("X-Pulumi-Request-ID"), null);
    const forwarded = { ...FLAVOR, "X-Forwarded-For": "10.0.0.1" };
    const wrong: Record<string, string>[] = [{}, { "Metadata-Flavor": "Amazon" }, forwarded];
    for (const headers of wrong) {
      const refused = await get(path, headers);
      assert.deepEqual([refused.status, refused.headers.get("Metadata-Flavor")], [403, "Google"]);
      assert.ok(!refused.text.includes(email));
    }
    assert.equal((await lab.request(path, { method: "POST", headers: FLAVOR })).status, 405);
    assert.deepEqual((await get(`${bound}/`, {})).text, "computeMetadata/\n");
  });

  it("shows the cluster and its project", async () => {
    const v1 = `${bound}/computeMetadata/v1`;
    assert.equal((await get(`${v1}/project/project-id`)).text, "lab-project");
    assert.match((await get(`${v1}/project/numeric-project-id`)).text, /^\d{12}$/);
    assert.equal((await get(`${v1}/instance/attributes/cluster-name`)).text, "prod");
    assert.equal((await get(`${v1}/instance/attributes/cluster-location`)).text, "europe-west1");
    assert.equal((await get(`${v1}/instance/attributes/kube-env`)).status, 404);
    const recursive = await get(`${v1}/instance/?recursive=true`);
    const account = {
      aliases: ["default"],
      email,
      scopes: ["https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email"],
    };
    assert.deepEqual(recursive.json, {
      attributes: { "cluster-location": "europe-west1", "cluster-name": "prod" },
      serviceAccounts: { default: account, [email]: account },
    });
    assert.deepEqual((await get(`${bound}${DEFAULT}/?recursive=true&alt=json`)).json, account);
  });

  it("lists directories, and sends to them who forgets the slash", async () => {
    assert.equal((await get(`${bound}${DEFAULT}/`)).text, "aliases\nemail\nidentity\nscopes\ntoken\n");
    const accounts = `${bound}/computeMetadata/v1/instance/service-accounts`;
    assert.deepEqual((await get(`${accounts}/`)).text, `default/\n${email}/\n`);
    const redirected = await get(accounts);
    assert.deepEqual(
      [redirected.status, redirected.headers.get("Location")],
      [301, "/computeMetadata/v1/instance/service-accounts/"],
    );
    assert.equal((await get(`${accounts}/other@lab-project.iam.gserviceaccount.com/email`)).status, 404);
    assert.equal((await get(`${bound}${DEFAULT}/scopes`)).text.split("\n").length, 3);
    assert.deepEqual((await get(`${bound}${DEFAULT}/scopes?alt=json`)).json.length, 2);
    assert.equal((await get(`${bound}${DEFAULT}/constructor`)).status, 404);
    assert.equal((await get(`${bound}${DEFAULT}/%E0%A4%A`)).status, 404);
    assert.equal((await get(`${accounts}/${encodeURIComponent(email)}/email`)).text, email);
  });

  it("gives tokens of the annotated service account, by a token bound to the pod", async () => {
    lab.prod.tokenRequests.length = 0;
    const answer = await get(`${bound}${DEFAULT}/token`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.token_type, "Bearer");
    assert.ok(answer.json.expires_in > 3500 && answer.json.expires_in <= 3600);
    assert.equal((await tokenInfo(answer)).email, email);
    assert.deepEqual(lab.prod.tokenRequests, [
      {
        path: "/api/v1/namespaces/team-a/serviceaccounts/deployer/token",
        body: {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: {
            audiences: [POOL],
            expirationSeconds: 3600,
            boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "pod-of-deployer", uid: "uid-deployer" },
          },
        },
      },
    ]);
    const scope = "https://www.googleapis.com/auth/devstorage.read_only";
    assert.equal((await tokenInfo(await get(`${bound}${DEFAULT}/token?scopes=${scope}`))).scope, scope);
    const byEmail = await get(`${bound}/computeMetadata/v1/instance/service-accounts/${email}/token`);
    assert.equal((await tokenInfo(byEmail)).email, email);
  });

  it("gives ID tokens of the annotated service account for an audience", async () => {
    const answer = await get(`${bound}${DEFAULT}/identity?audience=https://service.example.com&format=full`);
    assert.equal(answer.status, 200, answer.text);
    const { decodeJwt } = await import("jose");
    const { aud, iss, email: named, email_verified: verified } = decodeJwt(answer.text);
    assert.deepEqual(
      [aud, iss, named, verified],
      ["https://service.example.com", "https://accounts.google.com", email, true],
    );
    assert.equal((await get(`${bound}${DEFAULT}/identity`)).status, 400);
  });

  it("gives a pod without the annotation its federated token, and no ID token", async () => {
    assert.equal((await get(`${plain}${DEFAULT}/email`)).text, POOL);
    const answer = await get(`${plain}${DEFAULT}/token`);
    assert.equal(answer.status, 200, answer.text);
    const info = await tokenInfo(answer);
    assert.deepEqual([info.email, typeof info.scope], [undefined, "string"]);
    const identity = await get(`${plain}${DEFAULT}/identity?audience=a`);
    assert.equal(identity.status, 404);
    assert.match(identity.text, /iam\.gke\.io\/gcp-service-account/);
  });

  it("refuses a pod that is annotated but not bound, in another namespace, or of another project", async () => {
    const neighbour = await serverOf(pod("neighbour"));
    lab.prod.annotations.set("team-b/deployer", email);
    lab.foreign.annotations.set("team-a/deployer", email);
    const others = [
      neighbour,
      await serverOf(pod("deployer", "team-b", "b")),
      await serverOf(pod("deployer"), lab.foreign),
    ];
    for (const server of others) {
      for (const what of ["token", "identity?audience=a"]) {
        const refused = await get(`${server}${DEFAULT}/${what}`);
        assert.equal(refused.status, 403);
        assert.match(refused.text, /^Unable to generate access token; IAM returned 403 Forbidden: Permission 'iam\./);
        assert.match(refused.text, /missing IAM policy binding/);
      }
    }
    // All clusters of a project share its pool.
    lab.staging.annotations.set("team-a/deployer", email);
    const same = await get(`${await serverOf(pod("deployer"), lab.staging)}${DEFAULT}/token`);
    assert.equal((await tokenInfo(same)).email, email);
  });

  it("has no answer of its own when the service account does not exist or the token service fails", async () => {
    lab.prod.annotations.set("team-a/lost", "lost@lab-project.iam.gserviceaccount.com");
    assert.equal((await get(`${await serverOf(pod("lost"))}${DEFAULT}/token`)).status, 404);
    lab.gcp.sts.faults.add({ path: "/v1/token", kind: "status", status: 503 });
    assert.equal((await get(`${bound}${DEFAULT}/token`)).status, 503);
    lab.gcp.sts.faults.add({ path: "/v1/token", kind: "reset-before" });
    assert.equal((await get(`${bound}${DEFAULT}/token`)).status, 500);
    assert.equal((await get(`${bound}${DEFAULT}/token`)).status, 200);
    lab.gcp.sts.faults.clear();
  });

  it("drops connections until it is ready", async () => {
    lab.gcp.metadata.switches.notReadySeconds = 5;
    const server = await serverOf(pod("slow"));
    await assert.rejects(get(`${server}${DEFAULT}/email`));
    lab.clock.setOffset(4);
    await assert.rejects(get(`${server}${DEFAULT}/email`));
    lab.clock.setOffset(6);
    assert.equal((await get(`${server}${DEFAULT}/email`)).status, 200);
  });

  it("ends with its pod, and is one for all containers of it", async () => {
    const short = pod("short");
    const server = await serverOf(short);
    assert.equal(await serverOf(short), server);
    assert.equal((await get(`${server}${DEFAULT}/email`)).status, 200);
    const open = () => lab.gcp.metadata.workloads().filter(({ serviceAccountName }) => serviceAccountName === "short");
    assert.equal(open().length, 1);
    await lab.gcp.nodeHooks(lab.prod.issuer.issuer).podEnded?.(short);
    assert.equal(open().length, 0);
    await assert.rejects(get(`${server}${DEFAULT}/email`));
    assert.equal((await get(`${bound}${DEFAULT}/email`)).status, 200);
    await lab.gcp.nodeHooks(lab.prod.issuer.issuer).podEnded?.(pod("never-started"));
  });

  it("is there for GKE-shaped clusters only, and outside of them for a ServiceAccount that is named", async () => {
    assert.deepEqual(lab.gcp.nodeHooks("https://lab.kubernetes.example.com"), {});
    assert.deepEqual(lab.gcp.nodeHooks(undefined), {});
    const workload = { namespace: "team-a", serviceAccountName: "deployer" };
    const url = await lab.gcp.metadataServer("prod", workload);
    assert.equal((await tokenInfo(await get(`${url}${DEFAULT}/token`))).email, email);
    assert.ok(!JSON.stringify(lab.prod.tokenRequests.at(-1)).includes("boundObjectRef"));
    assert.equal(await lab.gcp.metadataServer("no-such-cluster", workload), undefined);
    const { metadataUrl = "", ...urls } = await lab.gcp.describe();
    assert.deepEqual(Object.keys(urls), ["stsUrl", "iamCredentialsUrl", "jwksUrl"]);
    assert.equal((await get(`${metadataUrl}${DEFAULT}/email`)).text, POOL);
    lab.prod.annotations.set("default/default", email);
    assert.equal((await get(`${metadataUrl}${DEFAULT}/email`)).text, email);
  });

  it("writes neither tokens nor queries down", async () => {
    const answer = await get(`${bound}${DEFAULT}/token?scopes=a`);
    lab.gcp.metadata.faults.add({ path: `${DEFAULT}/token`, kind: "status", status: 500 });
    assert.equal((await get(`${bound}${DEFAULT}/token`)).status, 500);
    const entries = lab.gcp.metadata.journal.list().slice(-2);
    assert.deepEqual(
      entries.map(({ path, status }) => [path, status]),
      [
        [`${DEFAULT}/token`, 200],
        [`${DEFAULT}/token`, 500],
      ],
    );
    const written = JSON.stringify(lab.gcp.metadata.journal.list()) + lab.log.join("\n");
    assert.ok(!written.includes(answer.json.access_token));
  });
});
