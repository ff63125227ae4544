import assert from "node:assert/strict";
import { globalAgent } from "node:https";
import { ExternalAccountClient, type ExternalAccountClientOptions, OAuth2Client } from "google-auth-library";
import { type Gcp, projectNumber, startGcp } from "../../../../lab/gcp";
import type { NewProvider } from "../../../../lab/gcp/identity-pools";
import { EscFixture } from "./fixture";

const PROJECT = "lab-project";
const NUMBER = projectNumber(PROJECT);
const POOL = `projects/${NUMBER}/locations/global/workloadIdentityPools/pulumi`;
const EMAIL = `esc-deploy@${PROJECT}.iam.gserviceaccount.com`;
const SUBJECT = "pulumi:environments:org:acme:env:infra/gcp";

/** A definition that logs in through the pool. */
function login(more = "", number = NUMBER): string {
  return `values:
  gcp:
    login:
      fn::open::gcp-login:
        project: ${number}
        oidc:
          workloadPoolId: pulumi
          providerId: pulumi
          serviceAccount: ${EMAIL}
${more}`;
}

describe("lab/pulumi-cloud: fn::open::gcp-login", () => {
  const esc = new EscFixture();
  const savedAuthority = globalAgent.options.ca;
  let gcp: Gcp;
  const good: NewProvider = {
    ...{ project: PROJECT, poolId: "pulumi", providerId: "pulumi", displayName: "", description: "", disabled: false },
    issuerUri: "https://api.pulumi.com/oidc",
    allowedAudiences: ["gcp:acme"],
    attributeMapping: { "google.subject": "assertion.sub" },
    attributeCondition: "assertion.org == 'acme'",
  };
  before(async function () {
    const clouds = () => ({
      awsStsUrl: "",
      gcpStsUrl: gcp.sts.url,
      azureAuthority: "",
      gcpIamCredentialsUrl: gcp.iamCredentials.url,
    });
    await esc.startWithEvaluator(this, { clouds });
    const { certificate, clock, cloud } = esc;
    const ca = esc.authority.certificatePem;
    globalAgent.options.ca = ca;
    gcp = await startGcp({
      ...{ certificate, ca, clock: clock.now, clusters: () => [], resolveIssuer: cloud.resolveIssuer },
    });
    esc.onStop(() => gcp.stop());
    const settings = { displayName: "", description: "", disabled: false };
    gcp.iam.pools.createPool({ project: PROJECT, poolId: "pulumi", ...settings });
    gcp.iam.pools.createProvider(good);
    gcp.iam.createAccount({ project: PROJECT, accountId: "esc-deploy", ...settings });
    admit(`principal://iam.googleapis.com/${POOL}/subject/${SUBJECT}`);
    await esc.put("acme/infra/gcp", login());
  });
  after(async () => {
    globalAgent.options.ca = savedAuthority;
    await esc.stop();
  });
  afterEach(() => {
    gcp.iam.pools.updateProvider(`${POOL}/providers/pulumi`, good);
    gcp.iam.pools.updatePool(POOL, { disabled: false });
  });

  const account = `projects/${PROJECT}/serviceAccounts/${EMAIL}`;
  const role = "roles/iam.workloadIdentityUser";

  /** Lets one member, and no other, act as the service account. */
  function admit(member: string): void {
    for (const grant of gcp.iam.grants(account)) gcp.iam.removeGrant(account, grant);
    gcp.iam.addGrant(account, { role, member });
  }

  /** Whose an access token is, by Google's own client. */
  const owner = (token: string) =>
    new OAuth2Client({ endpoints: { tokenInfoUrl: `${gcp.oauth.url}/tokeninfo` } as never }).getTokenInfo(token);
  const refusal = async (environment = "acme/infra/gcp") =>
    (await esc.env(["open", environment])).stderr.replace(/\s+/g, " ");

  it("gives an access token of the service account", async () => {
    const { gcp: opened } = JSON.parse(await esc.ok("open", "acme/infra/gcp"));
    assert.equal((await owner(opened.login.accessToken)).email, EMAIL);
    assert.deepEqual([opened.login.project, opened.login.tokenType], [Number(NUMBER), "Bearer"]);
    assert.match(opened.login.expiry, /^\d{4}-\d\d-\d\dT/);
  });

  it("is refused, with Google's own code, by a provider for another issuer, audience, organization, or that is off", async () => {
    const cases: [Partial<NewProvider>, RegExp][] = [
      [{ issuerUri: "https://api.pulumi.com/oidc/v2" }, /"error":"invalid_grant".*The issuer in ID Token/],
      [{ allowedAudiences: ["gcp:acme2"] }, /"error":"invalid_grant".*The audience in ID Token/],
      [{ allowedAudiences: ["acme"] }, /"error":"invalid_grant"/],
      [{ allowedAudiences: [] }, /"error":"invalid_grant"/],
      [{ attributeCondition: "assertion.org == 'acme2'" }, /"error":"unauthorized_client".*by the attribute condition/],
      [
        { attributeMapping: { "google.subject": "assertion.nothing" } },
        /The mapped attribute 'google.subject' must be/,
      ],
      [{ disabled: true }, /"error":"invalid_target"/],
    ];
    for (const [change, code] of cases) {
      gcp.iam.pools.updateProvider(`${POOL}/providers/pulumi`, change);
      const text = await refusal();
      assert.match(text, /oauth2\/google: status code 400: /, JSON.stringify(change));
      assert.match(text, code);
      gcp.iam.pools.updateProvider(`${POOL}/providers/pulumi`, good);
    }
    gcp.iam.pools.updatePool(POOL, { disabled: true });
    assert.match(await refusal(), /"error":"invalid_target"/);
  });

  it("is refused by a service account for another environment, project or pool", async () => {
    for (const [pool, subject] of [
      [POOL, `${SUBJECT}2`],
      [POOL, SUBJECT.replace("infra", "infra2")],
      [POOL, SUBJECT.replace("acme", "acme2")],
      [POOL.replace(/pulumi$/, "pulumi2"), SUBJECT],
    ]) {
      admit(`principal://iam.googleapis.com/${pool}/subject/${subject}`);
      assert.match(await refusal(), /status code 403: .*iam\.serviceAccounts\.getAccessToken/);
    }
    admit(`principalSet://iam.googleapis.com/${POOL}/*`);
    assert.equal(await refusal(), "");
  });

  it("maps a subject of at most 127 bytes, and a longer one to an attribute of its own", async () => {
    const name = `a${"b".repeat(127 - "pulumi:environments:org:acme:env:infra/".length - 1)}`;
    admit(`principalSet://iam.googleapis.com/${POOL}/*`);
    await esc.put(`acme/infra/${name}`, login());
    assert.equal(await refusal(`acme/infra/${name}`), "");
    await esc.put(`acme/infra/${name}c`, login());
    assert.match(await refusal(`acme/infra/${name}c`), /"error":"invalid_request".*exceeds the 127 bytes limit/);
    const attributeMapping = { "google.subject": "assertion.org", "attribute.sub": "assertion.sub" };
    gcp.iam.pools.updateProvider(`${POOL}/providers/pulumi`, { attributeMapping });
    admit(`principalSet://iam.googleapis.com/${POOL}/attribute.sub/pulumi:environments:org:acme:env:infra/${name}c`);
    assert.equal(await refusal(`acme/infra/${name}c`), "");
    assert.match(await refusal(`acme/infra/${name}`), /status code 403/);
  });

  it("can't be in a region, and needs the project's number", async () => {
    await esc.put("acme/infra/region", login("          region: us-central1\n"));
    assert.match(await refusal("acme/infra/region"), /Invalid value for \\"audience\\"/);
    await esc.put("acme/infra/number", login("", "123456789"));
    assert.match(await refusal("acme/infra/number"), /"error":"invalid_target"/);
  });

  it("lets Google's own client exchange a deployment's token, and refuses that of another stack", async () => {
    const provider = { ...good, providerId: "deployments", allowedAudiences: ["acme"] };
    const attributeMapping = { "google.subject": "assertion.stackId", "attribute.stack": "assertion.stack" };
    gcp.iam.pools.createProvider({ ...provider, attributeMapping });
    admit(`principalSet://iam.googleapis.com/${POOL}/attribute.stack/prod`);
    const token = async (claims: object) => {
      const client = ExternalAccountClient.fromJSON({
        type: "external_account",
        audience: `//iam.googleapis.com/${POOL}/providers/deployments`,
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: `${gcp.sts.url}/v1/token`,
        service_account_impersonation_url: `${gcp.iamCredentials.url}/v1/projects/-/serviceAccounts/${EMAIL}:generateAccessToken`,
        subject_token_supplier: {
          getSubjectToken: () => esc.cloud.issuer.mint("pulumiDeployments", claims as never, "acme"),
        },
      } as unknown as ExternalAccountClientOptions);
      assert.ok(client);
      client.scopes = ["https://www.googleapis.com/auth/cloud-platform"];
      return (await client.getAccessToken()).token ?? "";
    };
    assert.equal((await owner(await token({}))).email, EMAIL);
    await assert.rejects(token({ stack: "prod2" }), /getAccessToken.*denied/);
    await assert.rejects(token({ org: "acme2" }), /invalid_grant.*The audience in ID Token/);
    await assert.rejects(token({ iss: "https://api.pulumi.com/oidc/v2" }), /invalid_grant.*The issuer in ID Token/);
  });
});
