import assert from "node:assert/strict";
import { projectNumber } from "../../../../lab/gcp/project-number";
import * as evaluator from "../../../../trust/parties/gcp/workload-identity/evaluate";
import { binding, CLOUD_PLATFORM, GcpFixture, POOL, PROJECT } from "../fixture";

const ACCOUNT = "team-a/deployer";
const AUDIENCE = "https://service.example.com";
const ACCESS = { scope: [CLOUD_PLATFORM] };
const ID = { audience: AUDIENCE };
const PRINCIPALS = `iam.googleapis.com/projects/${projectNumber(PROJECT)}/locations/global/workloadIdentityPools/${POOL}`;

describe("the lab's Google IAM credentials", () => {
  const lab = new GcpFixture();
  let count = 0;
  before(() => lab.start());
  after(() => lab.stop());
  afterEach(() => lab.clock.setOffset(0));

  const newAccount = (boundTo?: string) => lab.account(`account-${++count}`, boundTo);
  const both = async (bearer: string, email: string) => [
    await lab.credentials(bearer, email, "generateAccessToken", ACCESS),
    await lab.credentials(bearer, email, "generateIdToken", ID),
  ];
  const statuses = async (bearer: string, email: string) => (await both(bearer, email)).map(({ status }) => status);

  it("gives an access token of a bound service account, which is the account's", async () => {
    const { email } = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    const before = Math.floor(Date.now() / 1000) * 1000;
    const answer = await lab.credentials(bearer, email, "generateAccessToken", ACCESS);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.json).sort(), ["accessToken", "expireTime"]);
    assert.match(answer.json.expireTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const life = Date.parse(answer.json.expireTime) - before;
    assert.ok(life >= 3_600_000 - 1000 && life < 3_660_000, String(life));
    const info = await lab.request(`${lab.gcp.oauth.url}/tokeninfo?access_token=${answer.json.accessToken}`);
    assert.deepEqual([info.json.email, info.json.scope], [email, CLOUD_PLATFORM]);
  });

  it("gives an ID token that verifies with the published keys", async () => {
    const account = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    const { createLocalJWKSet, jwtVerify } = await import("jose");
    const { json: jwks } = await lab.request(`${lab.gcp.oauth.url}/oauth2/v3/certs`);
    const claims = async (body: object) => {
      const answer = await lab.credentials(bearer, account.email, "generateIdToken", { ...ID, ...body });
      assert.equal(answer.status, 200, answer.text);
      const options = { issuer: "https://accounts.google.com", audience: AUDIENCE, algorithms: ["RS256"] };
      return (await jwtVerify(answer.json.token, createLocalJWKSet(jwks), options)).payload;
    };
    const { iat = 0, exp, ...rest } = await claims({ includeEmail: true });
    const { uniqueId: sub, email } = account;
    const common = { iss: "https://accounts.google.com", aud: AUDIENCE, sub, azp: sub };
    assert.deepEqual(rest, { ...common, email, email_verified: true });
    assert.equal(exp, iat + 3600);
    const { iat: _, exp: __, ...without } = await claims({});
    assert.deepEqual(without, common);
    const discovery = await lab.request(`${lab.gcp.oauth.url}/.well-known/openid-configuration`);
    assert.equal(discovery.json.jwks_uri, `${lab.gcp.oauth.url}/oauth2/v3/certs`);
  });

  const refused: [who: string, cluster: () => typeof lab.prod, account: string][] = [
    ["the neighbour ServiceAccount", () => lab.prod, "team-a/reader"],
    ["the same name in another namespace", () => lab.prod, "team-b/deployer"],
    ["the same names in another project's cluster", () => lab.foreign, ACCOUNT],
  ];
  for (const [who, cluster, name] of refused) {
    it(`refuses ${who}`, async () => {
      const { email } = newAccount(ACCOUNT);
      const [access, id] = await both(await lab.federated(cluster(), name), email);
      const permissions = ["iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.getOpenIdToken"];
      for (const [index, answer] of [access, id].entries()) {
        const permission = permissions[index] ?? "";
        const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", domain: "iam.googleapis.com" };
        assert.deepEqual(answer?.json, {
          error: {
            code: 403,
            message: `Permission '${permission}' denied on resource (or it may not exist).`,
            status: "PERMISSION_DENIED",
            details: [{ ...info, reason: "IAM_PERMISSION_DENIED", metadata: { permission } }],
          },
        });
      }
      assert.deepEqual(await statuses(await lab.federated(lab.prod, ACCOUNT), email), [200, 200]);
    });
  }

  it("asks the one evaluator who a member means: broken, it lets the neighbour in", async () => {
    const { email } = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, "team-a/reader");
    assert.deepEqual(await statuses(bearer, email), [403, 403]);
    const { evaluateWorkloadIdentity } = evaluator;
    const always: typeof evaluateWorkloadIdentity = () => ({ decision: "allow", reasons: [] });
    Object.assign(evaluator, { evaluateWorkloadIdentity: always });
    try {
      assert.deepEqual(await statuses(bearer, email), [200, 200]);
    } finally {
      Object.assign(evaluator, { evaluateWorkloadIdentity });
    }
    assert.deepEqual(await statuses(bearer, email), [403, 403]);
  });

  it("takes another cluster of the same project for this one, as Google does", async () => {
    const { email } = newAccount(ACCOUNT);
    assert.deepEqual(await statuses(await lab.federated(lab.staging, ACCOUNT), email), [200, 200]);
  });

  it("tells the clusters apart where the member names one", async () => {
    const { email, name } = newAccount();
    const member = `principalSet://${PRINCIPALS}/kubernetes.cluster/${lab.prod.issuer.issuer}`;
    lab.gcp.iam.addGrant(name, { role: "roles/iam.workloadIdentityUser", member });
    assert.deepEqual(await statuses(await lab.federated(lab.prod, "any/one"), email), [200, 200]);
    assert.deepEqual(await statuses(await lab.federated(lab.staging, "any/one"), email), [403, 403]);
  });

  it("knows direct principals, by the project's number", async () => {
    const { email, name } = newAccount();
    const role = "roles/iam.workloadIdentityUser";
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    const wrong = PRINCIPALS.replace(projectNumber(PROJECT), "111111111111");
    lab.gcp.iam.addGrant(name, { role, member: `principal://${wrong}/subject/ns/team-a/sa/deployer` });
    lab.gcp.iam.addGrant(name, { role, member: `principal://${PRINCIPALS}/subject/ns/team-a/sa/deploye` });
    assert.deepEqual(await statuses(bearer, email), [403, 403]);
    lab.gcp.iam.addGrant(name, { role, member: `principal://${PRINCIPALS}/subject/ns/team-a/sa/deployer` });
    assert.deepEqual(await statuses(bearer, email), [200, 200]);
  });

  it("refuses from the moment the binding is gone", async () => {
    const { email, name } = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    assert.deepEqual(await statuses(bearer, email), [200, 200]);
    lab.gcp.iam.removeGrant(name, binding(ACCOUNT));
    assert.deepEqual(await statuses(bearer, email), [403, 403]);
  });

  it("gives each role its permissions, on the account or its project, and none under a condition", async () => {
    const bearer = await lab.federated(lab.prod, "roles/tester");
    const roles: [string, number[]][] = [
      ["roles/iam.serviceAccountTokenCreator", [200, 200]],
      ["roles/iam.serviceAccountOpenIdTokenCreator", [403, 200]],
      ["roles/iam.serviceAccountUser", [403, 403]],
      ["roles/owner", [403, 403]],
    ];
    for (const [role, expected] of roles) {
      const { email, name } = newAccount();
      lab.gcp.iam.addGrant(name, binding("roles/tester", role));
      assert.deepEqual(await statuses(bearer, email), expected, role);
    }
    const { email, name } = newAccount();
    const condition = { title: "t", expression: "true" };
    lab.gcp.iam.addGrant(name, { ...binding("roles/tester"), condition });
    assert.deepEqual(await statuses(bearer, email), [403, 403]);
    const ofProject = binding("roles/tester");
    lab.gcp.iam.addGrant(`projects/${PROJECT}`, ofProject);
    assert.deepEqual(await statuses(bearer, email), [200, 200]);
    lab.gcp.iam.removeGrant(`projects/${PROJECT}`, ofProject);
  });

  it("wants a valid bearer whose scopes cover the API", async () => {
    const { email } = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    for (const wrong of ["", "ya29.d.invented", `${bearer}x`]) {
      const answer = await lab.credentials(wrong, email, "generateAccessToken", ACCESS);
      assert.deepEqual([answer.status, answer.json.error.status], [401, "UNAUTHENTICATED"]);
    }
    const narrow = await lab.federated(lab.prod, ACCOUNT, "https://www.googleapis.com/auth/devstorage.read_only");
    const answer = await lab.credentials(narrow, email, "generateAccessToken", ACCESS);
    assert.deepEqual([answer.status, answer.json.error.details[0].reason], [403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"]);
    const iamOnly = await lab.federated(lab.prod, ACCOUNT, "https://www.googleapis.com/auth/iam");
    assert.deepEqual(await statuses(iamOnly, email), [200, 200]);
    lab.clock.setOffset(3601);
    assert.deepEqual(await statuses(bearer, email), [401, 401]);
  });

  it("takes an account by email or unique id, and says when there is none", async () => {
    const { email, uniqueId } = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    assert.deepEqual(await statuses(bearer, uniqueId), [200, 200]);
    const gone = await lab.credentials(bearer, `no-${email}`, "generateAccessToken", ACCESS);
    assert.deepEqual([gone.status, gone.json.error.status], [404, "NOT_FOUND"]);
    const url = `${lab.gcp.iamCredentials.url}/v1/projects/${PROJECT}/serviceAccounts/${email}:generateAccessToken`;
    const headers = { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" };
    const named = await lab.request(url, { method: "POST", headers, body: JSON.stringify(ACCESS) });
    assert.deepEqual([named.status, named.json.error.status], [400, "INVALID_ARGUMENT"]);
    assert.equal((await lab.credentials(bearer, email, "signJwt", {})).status, 404);
    lab.gcp.iam.updateAccount(email, { displayName: "", description: "", disabled: true });
    assert.deepEqual(await statuses(bearer, email), [400, 400]);
  });

  it("refuses bodies the API does not take", async () => {
    const { email } = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    const status = async (method: string, body: object) => (await lab.credentials(bearer, email, method, body)).status;
    const access = [{}, { scope: [] }, { ...ACCESS, lifetime: "3601s" }, { ...ACCESS, lifetime: "0s" }];
    for (const body of [...access, { ...ACCESS, lifetime: 600 }, { ...ACCESS, audience: "a" }]) {
      assert.equal(await status("generateAccessToken", body), 400, JSON.stringify(body));
    }
    for (const body of [{}, { audience: "" }, { ...ID, includeEmail: "yes" }, { ...ID, scope: [] }]) {
      assert.equal(await status("generateIdToken", body), 400, JSON.stringify(body));
    }
    assert.equal(await status("generateAccessToken", { ...ACCESS, lifetime: "3600s" }), 200);
  });

  it("takes null for a field that is absent, and for nothing else", async () => {
    const { email } = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    const ask = (method: string, body: object) => lab.credentials(bearer, email, method, body);
    const access = await ask("generateAccessToken", { ...ACCESS, delegates: null, lifetime: null });
    assert.equal(access.status, 200, access.text);
    assert.ok(Date.parse(access.json.expireTime) - Date.now() > 3_590_000, access.text);
    const id = await ask("generateIdToken", { ...ID, delegates: null, includeEmail: null });
    assert.equal(id.status, 200, id.text);
    const refusals: [string, object][] = [
      ["generateAccessToken", { scope: null }],
      ["generateAccessToken", { scope: [null] }],
      ["generateAccessToken", { ...ACCESS, delegates: [null] }],
      ["generateAccessToken", { ...ACCESS, audience: null }],
      ["generateIdToken", { audience: null }],
    ];
    for (const [method, body] of refusals) {
      const answer = await ask(method, body);
      assert.deepEqual([answer.status, answer.json.error.status], [400, "INVALID_ARGUMENT"], JSON.stringify(body));
    }
  });

  it("gives tokens the life that is asked for", async () => {
    const { email } = newAccount(ACCOUNT);
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    const { json } = await lab.credentials(bearer, email, "generateAccessToken", { ...ACCESS, lifetime: "60s" });
    const info = () => lab.request(`${lab.gcp.oauth.url}/tokeninfo?access_token=${json.accessToken}`);
    lab.clock.setOffset(50);
    assert.equal((await info()).status, 200);
    lab.clock.setOffset(61);
    assert.equal((await info()).status, 400);
  });

  it("follows a chain of delegates only where each may delegate", async () => {
    const [target, middle] = [newAccount(), newAccount()];
    const bearer = await lab.federated(lab.prod, ACCOUNT);
    const body = { ...ACCESS, delegates: [`projects/-/serviceAccounts/${middle.email}`] };
    const status = async () => (await lab.credentials(bearer, target.email, "generateAccessToken", body)).status;
    const role = "roles/iam.serviceAccountTokenCreator";
    lab.gcp.iam.addGrant(target.name, { role, member: `serviceAccount:${middle.email}` });
    assert.equal(await status(), 403);
    // The role of Workload Identity lets act as the account, not hand that on.
    lab.gcp.iam.addGrant(middle.name, binding(ACCOUNT));
    assert.equal(await status(), 403);
    lab.gcp.iam.addGrant(middle.name, binding(ACCOUNT, role));
    assert.equal(await status(), 200);
    lab.gcp.iam.removeGrant(target.name, { role, member: `serviceAccount:${middle.email}` });
    assert.equal(await status(), 403);
  });
});
