import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { globalAgent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ExternalAccountClient,
  type ExternalAccountClientOptions,
  GoogleAuth,
  OAuth2Client,
} from "google-auth-library";
import type { ServiceAccount } from "../../../lab/gcp/iam";
import { binding, CLOUD_PLATFORM, exchangeParameters, type FakeCluster, GcpFixture, PROJECT } from "./fixture";

const AUDIENCE = "https://service.example.com";
/** What the library looks at to find credentials; the test says which are there. */
const VARIABLES = [
  "GCE_METADATA_HOST",
  "GCE_METADATA_IP",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "GOOGLE_CLOUD_PROJECT",
  "GCLOUD_PROJECT",
  "HOME",
  "PATH",
  "CLOUDSDK_CONFIG",
];

describe("google-auth-library with the lab's Google", () => {
  const lab = new GcpFixture();
  const saved = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
  const savedAuthority = globalAgent.options.ca;
  let directory: string;
  let account: ServiceAccount;

  before(async () => {
    await lab.start();
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-google-"));
    account = lab.account("gke-runner", "team-a/deployer");
    globalAgent.options.ca = lab.ca;
  });
  after(async () => {
    globalAgent.options.ca = savedAuthority;
    rmSync(directory, { recursive: true });
    await lab.stop();
  });
  beforeEach(() => {
    for (const name of VARIABLES) delete process.env[name];
    process.env.HOME = directory;
    process.env.CLOUDSDK_CONFIG = directory;
    // The library asks a gcloud on the PATH for the project, which takes seconds.
    process.env.PATH = directory;
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const owner = async (token: string | null | undefined) =>
    new OAuth2Client({ endpoints: { tokenInfoUrl: `${lab.gcp.oauth.url}/tokeninfo` } as never }).getTokenInfo(
      token ?? assert.fail("there is no token"),
    );

  describe("in a pod, by the metadata server", () => {
    /** Application default credentials of a pod: nothing but the address of its metadata server. */
    async function inPod(serviceAccountName: string, email?: string, cluster = lab.prod): Promise<GoogleAuth> {
      const names = `team-a/${serviceAccountName}`;
      if (email === undefined) cluster.annotations.delete(names);
      else cluster.annotations.set(names, email);
      const metadata = { name: `pod-${serviceAccountName}`, namespace: "team-a", uid: `uid-${serviceAccountName}` };
      const pod = {
        metadata,
        spec: { serviceAccountName, restartPolicy: "Never" as const, containers: [] },
        status: {},
      };
      Object.assign(process.env, await lab.gcp.nodeHooks(cluster.issuer.issuer).podEnvironment?.(pod));
      return new GoogleAuth({ scopes: CLOUD_PLATFORM });
    }

    it("gets access tokens of the bound service account, and knows where it is", async () => {
      const auth = await inPod("deployer", account.email);
      const info = await owner(await auth.getAccessToken());
      assert.equal(info.email, account.email);
      assert.deepEqual(info.scopes, [CLOUD_PLATFORM]);
      assert.equal(await auth.getProjectId(), PROJECT);
      assert.equal((await auth.getCredentials()).client_email, account.email);
      assert.equal(await auth.getUniverseDomain(), "googleapis.com");
    });

    it("gets ID tokens of it, which the library's own verification accepts", async () => {
      const client = await (await inPod("deployer", account.email)).getIdTokenClient(AUDIENCE);
      const headers = await client.getRequestHeaders();
      const idToken = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "")?.[1] ?? "";
      const oauth2FederatedSignonPemCertsUrl = `${lab.gcp.oauth.url}/oauth2/v1/certs`;
      const verifier = new OAuth2Client({ endpoints: { oauth2FederatedSignonPemCertsUrl } as never });
      const payload = (await verifier.verifyIdToken({ idToken, audience: AUDIENCE })).getPayload();
      assert.deepEqual([payload?.email, payload?.sub], [account.email, account.uniqueId]);
      await assert.rejects(verifier.verifyIdToken({ idToken, audience: "https://other.example.com" }), /audience/i);
    });

    it("gets the federated token, and no ID token, without an annotation", async () => {
      const auth = await inPod("plain");
      const token = await auth.getAccessToken();
      assert.equal((await owner(token)).email, undefined);
      const client = await auth.getIdTokenClient(AUDIENCE);
      await assert.rejects(client.getRequestHeaders(), { status: 404 });
    });

    it("is refused as the neighbour, and in another project's cluster", async () => {
      for (const auth of [
        () => inPod("neighbour", account.email),
        () => inPod("deployer", account.email, lab.foreign),
      ]) {
        await assert.rejects(async () => (await auth()).getAccessToken(), { status: 403 });
        await assert.rejects(
          async () => (await (await auth()).getIdTokenClient(AUDIENCE)).getRequestHeaders(),
          (error: Error & { status?: number }) => error.status === 403,
        );
      }
    });

    it("waits for a metadata server that is not ready at first", async () => {
      const auth = await inPod("deployer", account.email);
      await auth.getClient();
      // The library tries again where a connection breaks, up to three times within some seconds.
      lab.gcp.metadata.faults.add({ path: "*/token", kind: "reset-before", times: 2 });
      assert.equal((await owner(await auth.getAccessToken())).email, account.email);
      lab.gcp.metadata.faults.clear();
    });
  });

  describe("anywhere, by external_account credentials", () => {
    /** Credentials that exchange a token file, and act as the service account if one is given. */
    function credentials(cluster: FakeCluster, token: string, email?: string, audience?: string) {
      const file = join(directory, "token");
      writeFileSync(file, token, { mode: 0o600 });
      const options: ExternalAccountClientOptions = {
        type: "external_account",
        audience: audience ?? exchangeParameters(cluster, "").audience,
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: `${lab.gcp.sts.url}/v1/token`,
        credential_source: { file },
        ...(email && {
          service_account_impersonation_url: `${lab.gcp.iamCredentials.url}/v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
        }),
      };
      return ExternalAccountClient.fromJSON(options) ?? assert.fail("these are no external account credentials");
    }
    const accessToken = async (...args: Parameters<typeof credentials>) =>
      (await credentials(...args).getAccessToken()).token;

    it("gets federated tokens, and the service account's by impersonation", async () => {
      const token = await lab.podToken(lab.prod, "team-a/deployer");
      assert.equal((await owner(await accessToken(lab.prod, token))).email, undefined);
      assert.equal((await owner(await accessToken(lab.prod, token, account.email))).email, account.email);
    });

    it("takes another cluster of the same project for the same identity", async () => {
      const token = await lab.podToken(lab.staging, "team-a/deployer");
      assert.equal((await owner(await accessToken(lab.staging, token, account.email))).email, account.email);
    });

    const exchanges: [what: string, token: () => Promise<string>, audience?: () => string][] = [
      ["the wrong audience", () => lab.podToken(lab.prod, "team-a/deployer", { aud: ["urn:pulumi:org:acme"] })],
      [
        "an expired token",
        () => lab.podToken(lab.prod, "team-a/deployer", { exp: Math.floor(Date.now() / 1000) - 100 }),
      ],
      ["another cluster's token", () => lab.podToken(lab.staging, "team-a/deployer")],
      [
        "another project's cluster in this project's pool",
        () => lab.podToken(lab.foreign, "team-a/deployer"),
        () => exchangeParameters(lab.prod, "").audience.replace(lab.prod.issuer.issuer, lab.foreign.issuer.issuer),
      ],
    ];
    for (const [what, token, audience] of exchanges) {
      it(`is refused the exchange with ${what}`, async () => {
        await assert.rejects(
          accessToken(lab.prod, await token(), account.email, audience?.()),
          audience ? /invalid_target/ : /invalid_grant/,
        );
      });
    }

    it("is refused the service account as a neighbour, in another namespace, in another project, and when unbound", async () => {
      const denied = /Permission 'iam\.serviceAccounts\.getAccessToken' denied/;
      for (const name of ["team-a/neighbour", "team-b/deployer"]) {
        await assert.rejects(accessToken(lab.prod, await lab.podToken(lab.prod, name), account.email), denied);
      }
      const foreign = await lab.podToken(lab.foreign, "team-a/deployer", { aud: ["other-project.svc.id.goog"] });
      await assert.rejects(accessToken(lab.foreign, foreign, account.email), denied);
      const token = await lab.podToken(lab.prod, "team-a/deployer");
      const grant = binding("team-a/deployer");
      lab.gcp.iam.removeGrant(account.name, grant);
      await assert.rejects(accessToken(lab.prod, token, account.email), denied);
      lab.gcp.iam.addGrant(account.name, grant);
      assert.equal((await owner(await accessToken(lab.prod, token, account.email))).email, account.email);
    });
  });
});
