import assert from "node:assert/strict";
import { type Azure, LAB_TENANT_ID, startAzure } from "../../../../lab/azure";
import type { Execution } from "../../../../lab/pulumi-cloud";
import { Fixture } from "../fixture";

const STACK = "/api/stacks/acme/site/prod";
const SUBSCRIPTION = "0f0f0f0f-1111-4222-8333-444444444444";
const SUBJECT = "pulumi:deploy:org:acme:project:site:stack:prod:operation:preview:scope:write";

describe("lab/pulumi-cloud: deployments that log in to Azure", () => {
  const fixture = new Fixture();
  const executed: Execution[] = [];
  let azure: Azure;
  let clientId: string;
  before(async () => {
    await fixture.start({
      clouds: () => ({ azureAuthority: azure.entra.url, awsStsUrl: "", gcpStsUrl: "", gcpIamCredentialsUrl: "" }),
      execute: async (work) => {
        executed.push(work);
        return 0;
      },
    });
    const { certificate, authority, clock, cloud } = fixture;
    const { resolveIssuer } = cloud;
    azure = await startAzure({
      certificate,
      ca: authority.certificatePem,
      clock: clock.now,
      log: () => {},
      resolveIssuer,
    });
    const { identities } = azure.directory;
    const identity = identities.put({ name: "site", resourceGroup: "pulumi", location: "westeurope", tags: {} });
    clientId = identity.clientId;
    const trust = { issuer: "https://api.pulumi.com/oidc", subject: SUBJECT, audiences: ["acme"] };
    await identities.putCredential(identity.id, { name: "preview", ...trust });
    await fixture.api("POST", "/api/stacks/acme/site", { stackName: "prod" });
  });
  beforeEach(() => {
    executed.length = 0;
  });
  after(async () => {
    await fixture.stop();
    await azure.stop();
  });

  /** Runs a deployment to its end; returns its status and its last line. */
  async function run(operation: string, settings: object = {}): Promise<(string | undefined)[]> {
    const oidc = { azure: { clientId, tenantId: LAB_TENANT_ID, subscriptionId: SUBSCRIPTION, ...settings } };
    const sourceContext = { git: { repoUrl: "file:///srv" } };
    const body = { operation, sourceContext, operationContext: { oidc } };
    const { json, text } = await fixture.api("POST", `${STACK}/deployments`, body);
    assert.ok(json.id, text);
    const lines: string[] = [];
    for (let token = "0"; token !== undefined; ) {
      const answer = await fixture.api("GET", `${STACK}/deployments/${json.id}/logs?continuationToken=${token}`);
      lines.push(...(answer.json.lines as { line?: string }[]).flatMap(({ line }) => line ?? []));
      token = answer.json.nextToken;
    }
    return [(await fixture.api("GET", `${STACK}/deployments/${json.id}`)).json.status, lines.at(-1)];
  }

  it("have the variables that are documented, and no other of Azure", async () => {
    assert.equal((await run("preview"))[0], "succeeded");
    const { environment } = executed[0] as Execution;
    const ofAzure = Object.entries(environment).filter(([name]) => /^(ARM|AZURE)_/.test(name));
    assert.deepEqual(Object.fromEntries(ofAzure), {
      ARM_CLIENT_ID: clientId,
      ARM_TENANT_ID: LAB_TENANT_ID,
      ARM_SUBSCRIPTION_ID: SUBSCRIPTION,
    });
  });

  it("end before any command where Entra ID refuses, and show what it says", async () => {
    const [status, line] = await run("update");
    assert.equal(status, "failed");
    assert.match(
      String(line),
      /^error: FromAssertion\(\): http call\(https:\S+\/oauth2\/v2\.0\/token\)\(POST\) error: reply status code was 40[01]: \{.*AADSTS700213/,
    );
    assert.match((await run("preview", { tenantId: "contoso" })).join(), /^failed,.*AADSTS90002/);
    assert.deepEqual(executed, []);
  });

  it("are refused for settings without a subscription", async () => {
    const oidc = { azure: { clientId, tenantId: LAB_TENANT_ID } };
    const answer = await fixture.api("POST", `${STACK}/deployments/settings`, { operationContext: { oidc } });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /operationContext\.oidc\.azure\.subscriptionId/);
  });
});
