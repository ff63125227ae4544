import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { OAuth2Client } from "google-auth-library";
import type { RunService } from "../../../../lab/gcp";
import { SigningKey } from "../../../../lab/signing-key";
import { GcpFixture, PROJECT } from "../fixture";

const INVOKER = "roles/run.invoker";

describe("the lab's Cloud Run", () => {
  const lab = new GcpFixture();
  let service: RunService;
  let account: ReturnType<GcpFixture["account"]>;

  before(async () => {
    await lab.start();
    const given = { project: PROJECT, location: "europe-west1", customAudiences: ["https://api.example.com"] };
    service = await lab.gcp.iam.services.create({ ...given, serviceId: "hello", invokerIamDisabled: false });
    account = lab.account("invoker");
  });
  after(() => lab.stop());
  afterEach(() => {
    for (const grant of lab.gcp.iam.grants(service.name)) lab.gcp.iam.removeGrant(service.name, grant);
  });

  const allow = (member = `serviceAccount:${account.email}`, role = INVOKER) =>
    lab.gcp.iam.addGrant(service.name, { role, member });
  /** An identity token as the API that makes them gives it. */
  const token = async (audience = service.uri, of = account) => {
    lab.gcp.iam.addGrant(of.name, {
      role: "roles/iam.serviceAccountTokenCreator",
      member: `serviceAccount:${of.email}`,
    });
    const answer = await lab.credentials(await accessToken(of.email), of.email, "generateIdToken", {
      audience,
      includeEmail: true,
    });
    return answer.json.token as string;
  };
  /** An access token of the account, by a pod that may act as it. */
  const accessToken = async (email: string) => {
    const federated = await lab.federated(lab.prod, "team-a/deployer");
    const { name } = lab.gcp.iam.getAccount(email);
    const member = `serviceAccount:${PROJECT}.svc.id.goog[team-a/deployer]`;
    lab.gcp.iam.addGrant(name, { role: "roles/iam.workloadIdentityUser", member });
    const body = { scope: ["https://www.googleapis.com/auth/cloud-platform"] };
    return (await lab.credentials(federated, email, "generateAccessToken", body)).json.accessToken as string;
  };
  const get = (bearer?: string, header = "Authorization", path = "/private") =>
    lab.request(service.uri + path, bearer === undefined ? {} : { headers: { [header]: `Bearer ${bearer}` } });
  const changed = (signed: string, change: (claims: Record<string, unknown>) => object) => {
    const [header, claims = "", signature] = signed.split(".");
    const read = JSON.parse(Buffer.from(claims, "base64url").toString());
    return [header, Buffer.from(JSON.stringify({ ...read, ...change(read) })).toString("base64url"), signature].join(
      ".",
    );
  };

  it("lets in whoever has the role on the service, for its URL and its custom audiences", async () => {
    allow();
    for (const audience of [service.uri, `${service.uri}/`, "https://api.example.com"]) {
      const answer = await get(await token(audience));
      assert.deepEqual([answer.status, answer.json], [200, { msg: "hello-exposed", caller: account.email }], audience);
    }
    assert.equal((await get(await token(), "X-Serverless-Authorization")).status, 200);
  });

  it("takes the role on the project, and an administrator's", async () => {
    assert.equal((await get(await token())).status, 403);
    const grant = { role: INVOKER, member: `serviceAccount:${account.email}` };
    lab.gcp.iam.addGrant(`projects/${PROJECT}`, grant);
    assert.equal((await get(await token())).status, 200);
    lab.gcp.iam.removeGrant(`projects/${PROJECT}`, grant);
    assert.equal((await get(await token())).status, 403);
    allow(undefined, "roles/run.admin");
    assert.equal((await get(await token())).status, 200);
  });

  it("refuses with 403 and Google's page without a token, without the role, and with one that does not cover it", async () => {
    const without = await get();
    assert.equal(without.status, 403);
    assert.match(without.text, /does not have permission to get URL <code>\/private<\/code> from this server/);
    assert.equal((await get(await token())).status, 403);
    allow(undefined, "roles/run.viewer");
    assert.equal((await get(await token())).status, 403);
    allow(`serviceAccount:${lab.account("neighbour").email}`);
    assert.equal((await get(await token())).status, 403);
    lab.gcp.iam.addGrant(service.name, {
      role: INVOKER,
      member: `serviceAccount:${account.email}`,
      condition: { title: "never", expression: "false" },
    });
    assert.equal((await get(await token())).status, 403);
    allow();
    assert.equal((await get(await token())).status, 200);
  });

  it("refuses with 401 and Google's page what is no token of Google's for it, whatever the role", async () => {
    allow();
    const good = await token();
    const { uniqueId, email } = account;
    const now = Math.floor(lab.clock.now() / 1000);
    const claims = {
      iss: "https://accounts.google.com",
      aud: service.uri,
      sub: uniqueId,
      email,
      iat: now,
      exp: now + 60,
    };
    const bad = {
      "another audience": await token("https://other.example.com"),
      "an audience that only begins alike": await token(`${service.uri}.example.com`),
      "claims that were changed": changed(good, () => ({ email: "admin@lab-project.iam.gserviceaccount.com" })),
      "another signer": await new SigningKey().sign(claims),
      "a pod's own token": await lab.podToken(lab.prod, "team-a/deployer", { aud: [service.uri] }),
      "an access token": await accessToken(email),
      "no token at all": randomUUID(),
      "no algorithm": `${Buffer.from('{"alg":"none"}').toString("base64url")}.${good.split(".")[1]}.`,
    };
    for (const [what, bearer] of Object.entries(bad)) {
      const answer = await get(bearer);
      assert.equal(answer.status, 401, what);
      assert.match(answer.text, /Your client does not have permission to the requested URL <code>\/private<\/code>/);
    }
    assert.equal((await get(good)).status, 200);
  });

  it("refuses a token when it has expired, and one of an account that is gone", async () => {
    allow();
    const good = await token();
    lab.clock.setOffset(3500);
    assert.equal((await get(good)).status, 200);
    lab.clock.setOffset(3601);
    assert.equal((await get(good)).status, 401);
    lab.clock.setOffset(0);
    const gone = lab.account("short-lived");
    const last = await token(undefined, gone);
    lab.gcp.iam.deleteAccount(gone.email);
    assert.equal((await get(last)).status, 401);
  });

  it("looks at the header for Google alone where both are there", async () => {
    allow();
    const headers = {
      Authorization: "Bearer of-the-application",
      "X-Serverless-Authorization": `Bearer ${await token()}`,
    };
    assert.equal((await lab.request(service.uri, { headers })).status, 200);
    const swapped = { Authorization: `Bearer ${await token()}`, "X-Serverless-Authorization": "Bearer wrong" };
    assert.equal((await lab.request(service.uri, { headers: swapped })).status, 401);
  });

  it("is open where everybody is an invoker, or the check is off; a bad token is refused even so", async () => {
    allow("allUsers");
    assert.deepEqual((await get()).json, { msg: "hello-exposed", caller: null });
    assert.equal((await get("wrong")).status, 401);
    const open = await lab.gcp.iam.services.create({ ...service, serviceId: "open", invokerIamDisabled: true });
    assert.equal((await lab.request(open.uri)).status, 200);
  });

  it("verifies what Google's own library makes", async () => {
    allow();
    const bearer = await token();
    const client = new OAuth2Client();
    const { pems } = { pems: (await lab.request(`${lab.gcp.oauth.url}/oauth2/v1/certs`)).json };
    const ticket = await client.verifySignedJwtWithCertsAsync(bearer, pems, service.uri, [
      "https://accounts.google.com",
    ]);
    assert.equal(ticket.getPayload()?.email, account.email);
    assert.equal((await get(bearer)).status, 200);
  });

  it("has no markup of the caller's in its pages", async () => {
    const answer = await get(undefined, "", "/%3Cscript%3E");
    assert.doesNotMatch(answer.text, /<script>/);
  });

  it("forgets a service with its grants, and gives its name and address to one alone", async () => {
    const { services } = lab.gcp.iam;
    const input = { project: PROJECT, location: "europe-west1", customAudiences: [], invokerIamDisabled: false };
    const made = await services.create({ ...input, serviceId: "brief" });
    await assert.rejects(services.create({ ...input, serviceId: "brief" }), /alreadyExists/);
    await assert.rejects(services.create({ ...input, serviceId: "Brief" }), /Invalid service name/);
    lab.gcp.iam.addGrant(made.name, { role: INVOKER, member: "allUsers" });
    assert.equal((await lab.request(made.uri)).status, 200);
    await lab.gcp.iam.deleteService(made.name);
    await assert.rejects(lab.request(made.uri));
    assert.throws(() => lab.gcp.iam.grants(made.name), /notFound/);
    const again = await services.create({ ...input, serviceId: "brief" });
    assert.equal((await lab.request(again.uri)).status, 403);
  });
});
