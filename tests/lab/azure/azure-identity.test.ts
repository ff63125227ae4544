import assert from "node:assert/strict";
import { LAB_TENANT_ID } from "../../../lab/azure";
import type { Identity } from "../../../lab/azure/directory";
import type { Claims } from "../../../trust/claims";
import { deploymentSubject } from "../../../trust/issuers/pulumi-deployments";
import { AKS, AzureFixture, EXCHANGE, ORGANIZATION } from "./fixture";

const RUN = { organization: ORGANIZATION, project: "site", stack: "prod", operation: "update", scope: "write" };
const ISSUER = "https://api.pulumi.com/oidc";
const POD = { issuer: AKS, subject: "system:serviceaccount:pulumi:deployer", audience: EXCHANGE };
const DEPLOYMENT = { issuer: ISSUER, subject: deploymentSubject(RUN), audience: ORGANIZATION };
const ENVIRONMENT = {
  issuer: ISSUER,
  subject: `pulumi:environments:pulumi.organization.login:${ORGANIZATION}:currentEnvironment.name:site/prod`,
  audience: `azure:${ORGANIZATION}`,
};
/** `WorkloadIdentityCredential` and `ClientAssertionCredential`. */
const CREDENTIALS = ["workload", "assertion"] as const;

describe("@azure/identity with the lab's Entra ID", () => {
  const lab = new AzureFixture();
  let identity: Identity;
  before(async () => {
    await lab.start();
    identity = await lab.identity("runner", [POD, DEPLOYMENT, ENVIRONMENT]);
  });
  after(() => lab.stop());
  afterEach(() => lab.clock.setOffset(0));

  const deployment = (claims: Claims = {}) =>
    lab.pulumi.issuer.mint("pulumiDeployments", { project: "site", stack: "prod", ...claims }, ORGANIZATION);
  const environment = (claims: Claims = {}) =>
    lab.pulumi.issuer.signLogin({ aud: ENVIRONMENT.audience, sub: ENVIRONMENT.subject, ...claims });

  const TOKENS: [of: string, token: () => Promise<string>][] = [
    ["a deployment", deployment],
    ["an environment", environment],
    ["a pod", () => lab.podToken()],
  ];
  for (const [name, token] of TOKENS) {
    for (const by of CREDENTIALS) {
      it(`gets a token with that of ${name} by ${by === "workload" ? "Workload" : "ClientAssertion"}…Credential`, async () => {
        const { token: access, error } = await lab.get(identity.clientId, await token(), by);
        assert.equal(error, undefined);
        const { decodeJwt } = await import("jose");
        const { aud, appid, oid, tid, idtyp } = decodeJwt(access ?? "");
        assert.deepEqual(
          { aud, appid, oid, tid, idtyp },
          {
            aud: "https://management.azure.com",
            appid: identity.clientId,
            oid: identity.principalId,
            tid: LAB_TENANT_ID,
            idtyp: "app",
          },
        );
      });
    }
  }

  const refused: [name: string, code: number, token: () => Promise<string>][] = [
    ["another organization", 700213, () => deployment({ org: "acme2", aud: ORGANIZATION })],
    ["another project", 700213, () => deployment({ project: "site2" })],
    ["another stack", 700213, () => deployment({ stack: "prod2" })],
    ["another operation", 700213, () => deployment({ operation: "preview" })],
    ["a stack that differs in case", 7002138, () => deployment({ stack: "Prod" })],
    ["the audience of another organization", 700212, () => deployment({ aud: "acme2" })],
    ["a deployment's subject and an environment's audience", 700212, () => deployment({ aud: "azure:acme" })],
    ["another environment", 700213, () => environment({ sub: ENVIRONMENT.subject.replace("site/", "sites/") })],
    ["an environment opened from text", 700213, () => environment({ sub: "pulumi:environments:org:acme:env:<yaml>" })],
    ["an environment's login of another cloud", 700212, () => environment({ aud: "aws:acme" })],
    ["a deployment's token of /oidc/v2", 700211, () => deployment({ iss: `${ISSUER}/v2` })],
    ["an environment's token of /oidc/v2", 700211, () => environment({ iss: `${ISSUER}/v2` })],
    ["Pulumi's issuer with a slash", 700211, () => deployment({ iss: `${ISSUER}/` })],
    ["AKS's issuer without the slash", 700211, () => lab.podToken({ iss: AKS.slice(0, -1) })],
    ["another cluster", 700211, () => lab.podToken({ iss: AKS.replace("/cluster/", "/cluster2/") })],
    ["another ServiceAccount", 700213, () => lab.podToken({ sub: "system:serviceaccount:pulumi:deployer2" })],
    ["its name in another namespace", 700213, () => lab.podToken({ sub: "system:serviceaccount:pulumi2:deployer" })],
    ["the audience of Pulumi", 700212, () => lab.podToken({ aud: ["urn:pulumi:org:acme"] })],
    ["what is no token", 50027, async () => "token"],
  ];
  for (const [name, code, token] of refused) {
    it(`is refused with AADSTS${code}, by both credentials: ${name}`, async () => {
      const given = await token();
      for (const by of CREDENTIALS) {
        const { error = "" } = await lab.get(identity.clientId, given, by);
        assert.match(error, new RegExp(`AADSTS${code}: .* Trace ID: .* Correlation ID: .* Timestamp: \\d{4}-`));
      }
    });
  }

  for (const [name, token] of TOKENS) {
    it(`is refused with AADSTS700024 once the token of ${name} has expired, and before it is valid`, async () => {
      const given = await token();
      for (const by of CREDENTIALS) {
        lab.clock.setOffset(2 * 3600);
        assert.match((await lab.get(identity.clientId, given, by)).error ?? "", /AADSTS700024: .*expiry time/);
        lab.clock.setOffset(-2 * 3600);
        assert.match((await lab.get(identity.clientId, given, by)).error ?? "", /AADSTS700024: /);
      }
    });
  }

  it("is refused with AADSTS700211 where the credential has AKS's issuer without the slash", async () => {
    const slashless = await lab.identity("slashless", [{ ...POD, issuer: AKS.slice(0, -1) }]);
    for (const by of CREDENTIALS) {
      assert.match((await lab.get(slashless.clientId, await lab.podToken(), by)).error ?? "", /AADSTS700211: /);
    }
  });

  it("is refused when the signature is of a key that the issuer no longer has, and when it is none of its", async () => {
    const token = await lab.podToken();
    const [header, payload] = token.split(".");
    const forged = [header, payload, Buffer.from("x".repeat(256)).toString("base64url")].join(".");
    assert.match((await lab.get(identity.clientId, forged)).error ?? "", /AADSTS700027: /);
    await lab.aks.rotate({ forget: true });
    assert.match((await lab.get(identity.clientId, token)).error ?? "", /AADSTS7000272: /);
    lab.aks.behaviour.status = 500;
    assert.match((await lab.get(identity.clientId, token)).error ?? "", /AADSTS501661: /);
    lab.aks.behaviour.status = undefined;
  });

  it("is refused as a client that is not there, that has no service principal, or no credentials", async () => {
    const { applications } = lab.azure.directory;
    const token = await deployment();
    const application = applications.create({ displayName: "site", description: "", notes: "", tags: [], owners: [] });
    const unknown = await lab.get("00000000-0000-0000-0000-000000000000", token);
    assert.match(unknown.error ?? "", /AADSTS700016: Application with identifier/);
    assert.match((await lab.get(application.appId, token)).error ?? "", /AADSTS700016: /);
    const principal = { accountEnabled: true, description: "", notes: "", tags: [], owners: [] };
    applications.createPrincipal({ ...principal, appId: application.appId });
    assert.match((await lab.get(application.appId, token)).error ?? "", /AADSTS70025: The client 'site'/);
    const { issuer, subject, audience } = DEPLOYMENT;
    applications.putCredential(application.id, { name: "prod", issuer, subject, audiences: [audience] });
    assert.equal((await lab.get(application.appId, token)).error, undefined);
  });

  it("is refused with the 21st credential, which Azure does not take", async () => {
    const stacks = Array.from({ length: 21 }, (_, index) => `stack-${index}`);
    const credential = (stack: string) => ({ ...DEPLOYMENT, subject: deploymentSubject({ ...RUN, stack }) });
    lab.azure.switches.writeMs = 0;
    const full = await lab.identity("full", stacks.slice(0, 20).map(credential));
    const { issuer, subject, audience } = credential("stack-20");
    const more = { name: "credential-20", issuer, subject, audiences: [audience] };
    const refusal = { code: "BadRequest", httpStatus: 400, message: /Too many Federated Identity Credentials/ };
    await assert.rejects(lab.azure.directory.identities.putCredential(full.id, more), refusal);
    assert.equal((await lab.get(full.clientId, await deployment({ stack: "stack-19" }))).error, undefined);
    assert.match((await lab.get(full.clientId, await deployment({ stack: "stack-20" }))).error ?? "", /AADSTS700213: /);
  });

  it("is refused for what the lab was told to name first, where both subject and audience differ", async () => {
    const refusal = async () =>
      (await lab.get(identity.clientId, await deployment({ stack: "dev", aud: "acme2" }))).error ?? "";
    assert.match(await refusal(), /AADSTS700213: /);
    lab.azure.switches.namesFirst = "audience";
    assert.match(await refusal(), /AADSTS700212: /);
    lab.azure.switches.namesFirst = "subject";
  });

  it("is refused until a new credential is known everywhere, where that takes time", async () => {
    lab.azure.switches.propagationSeconds = 120;
    const late = await lab.identity("late", [DEPLOYMENT]);
    assert.match((await lab.get(late.clientId, await deployment())).error ?? "", /AADSTS70021: .*Assertion Subject/);
    lab.clock.setOffset(121);
    assert.equal((await lab.get(late.clientId, await deployment())).error, undefined);
    lab.azure.switches.propagationSeconds = 0;
  });
});
