import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Azure, LAB_TENANT_ID, startAzure } from "../../../../lab/azure";
import type { TokenAnswer, TokenWish } from "../../azure/azure-client";
import { EscFixture } from "./fixture";

const SUBJECT = "pulumi:environments:pulumi.organization.login:acme:currentEnvironment.name:infra/azure";
const SUBSCRIPTION = "0f0f0f0f-1111-4222-8333-444444444444";

describe("lab/pulumi-cloud: fn::open::azure-login", () => {
  const esc = new EscFixture();
  let azure: Azure;
  let clientId: string;
  let client: ChildProcess;
  before(async function () {
    await esc.startWithEvaluator(this);
    const { certificate, clock, cloud, authority } = esc;
    azure = await startAzure({
      ...{ certificate, ca: authority.certificatePem, clock: clock.now, resolveIssuer: cloud.resolveIssuer },
    });
    esc.onStop(() => azure.stop());
    const { identities } = azure.directory;
    const identity = identities.put({ name: "esc", resourceGroup: "pulumi", location: "westeurope", tags: {} });
    const trust = { issuer: "https://api.pulumi.com/oidc", subject: SUBJECT, audiences: ["azure:acme"] };
    await identities.putCredential(identity.id, { name: "azure", ...trust });
    clientId = identity.clientId;
    const extra = { NODE_EXTRA_CA_CERTS: join(esc.directory, "ca.pem"), AZURE_AUTHORITY_HOST: azure.entra.url };
    client = fork(join(__dirname, "../../azure/azure-client.js"), { env: { ...process.env, ...extra } });
    esc.onStop(async () => void client.kill("SIGKILL"));
    await esc.put("acme/infra/azure", login());
  });
  after(() => esc.stop());

  /** A definition that logs in, and gives Azure's clients what they look for. */
  function login(more = "        oidc: true\n        subjectAttributes: [currentEnvironment.name]\n"): string {
    return `values:
  azure:
    login:
      fn::open::azure-login:
        clientId: ${clientId}
        tenantId: ${LAB_TENANT_ID}
        subscriptionId: ${SUBSCRIPTION}
${more}  environmentVariables:
    AZURE_CLIENT_ID: \${azure.login.clientId}
    AZURE_TENANT_ID: \${azure.login.tenantId}
  files:
    AZURE_FEDERATED_TOKEN_FILE: \${azure.login.oidc.token}
`;
  }

  /** What Azure's own client gets with a token of an environment. */
  async function get(token: string): Promise<TokenAnswer> {
    const file = join(esc.directory, "token");
    writeFileSync(file, token);
    const env = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: LAB_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE: file };
    client.send({ by: "workload", env } satisfies TokenWish);
    const [answer] = (await once(client, "message")) as [TokenAnswer];
    return answer;
  }
  const opened = async (environment = "acme/infra/azure") =>
    JSON.parse(await esc.ok("open", environment)) as { azure: { login: { oidc?: { token: string } } } };

  it("gives a token that Azure's own client exchanges for an access token of the identity", async () => {
    const { login: outputs } = (await opened()).azure;
    const { oidc, ...names } = outputs;
    assert.deepEqual(names, { clientId, tenantId: LAB_TENANT_ID, subscriptionId: SUBSCRIPTION });
    const { decodeJwt } = await import("jose");
    const { aud, sub } = decodeJwt(oidc?.token ?? "");
    assert.deepEqual([aud, sub], ["azure:acme", SUBJECT]);
    const { token } = await get(oidc?.token ?? "");
    assert.equal(decodeJwt(token ?? "").appid, clientId);
  });

  it("gives it to a command as the file that Azure's clients read", async () => {
    const copy = join(esc.directory, "copy");
    // The CLI hides secrets in what a command prints.
    await esc.ok("run", "acme/infra/azure", "--", "sh", "-c", `cp "$AZURE_FEDERATED_TOKEN_FILE" ${copy}`);
    const { error } = await get(readFileSync(copy, "utf8"));
    assert.equal(error, undefined);
  });

  it("is refused with Entra's code: another environment, another form of the subject, an expired token", async () => {
    await esc.put("acme/infra/azure2", login());
    assert.match(
      (await get((await opened("acme/infra/azure2")).azure.login.oidc?.token ?? "")).error ?? "",
      /AADSTS700213: /,
    );
    await esc.put("acme/infra/plain", login("        oidc: true\n"));
    assert.match(
      (await get((await opened("acme/infra/plain")).azure.login.oidc?.token ?? "")).error ?? "",
      /AADSTS700213: /,
    );
    const token = (await opened()).azure.login.oidc?.token ?? "";
    esc.clock.setOffset(3 * 3600);
    assert.match((await get(token)).error ?? "", /AADSTS700024: /);
    esc.clock.setOffset(0);
  });

  it("makes no token where the definition asks for none, and refuses a login that lacks something", async () => {
    await esc.put("acme/infra/static", login("        clientSecret: none\n").split("  files:")[0] ?? "");
    assert.equal((await opened("acme/infra/static")).azure.login.oidc, undefined);
    assert.match(await esc.define("acme/infra/less", login().replace(/ *tenantId: .*\n/, "")), /tenantId/);
  });
});
