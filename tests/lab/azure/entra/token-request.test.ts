import assert from "node:assert/strict";
import { AKS, AzureFixture, EXCHANGE } from "../fixture";

describe("lab/azure/entra: requests for tokens", () => {
  const lab = new AzureFixture();
  before(() => lab.start());
  after(() => lab.stop());

  const cases: [
    name: string,
    code: number,
    error: string,
    status: number,
    parameters: Record<string, string | undefined>,
  ][] = [
    ["no grant type", 900144, "invalid_request", 400, { grant_type: undefined }],
    ["another grant type", 70003, "unsupported_grant_type", 400, { grant_type: "authorization_code" }],
    ["no client", 900144, "invalid_request", 400, { client_id: undefined }],
    ["no scope", 900144, "invalid_request", 400, { scope: undefined }],
    ["a scope without /.default", 1002012, "invalid_scope", 400, { scope: "https://management.azure.com/user" }],
    ["two scopes", 1002012, "invalid_scope", 400, { scope: "https://a.example/.default https://b.example/.default" }],
    ["no assertion", 7000218, "invalid_client", 401, { client_assertion: undefined }],
    ["an assertion of another type", 7000218, "invalid_client", 401, { client_assertion_type: "jwt" }],
    ["an unknown client", 700016, "unauthorized_client", 400, {}],
  ];
  for (const [name, code, error, status, parameters] of cases) {
    it(`are refused with AADSTS${code}: ${name}`, async () => {
      const { json, ...answer } = await lab.request(parameters);
      assert.deepEqual([answer.status, json.error, json.error_codes], [status, error, [code]]);
      assert.ok(json.error_description.startsWith(`AADSTS${code}: `));
      assert.match(json.timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
      assert.match(json.trace_id, /^[\da-f-]{36}$/);
    });
  }

  it("of another tenant are refused with AADSTS90002, and are told apart by the client's own id", async () => {
    const parameters = { "client-request-id": "11111111-2222-3333-4444-555555555555" };
    const { status, json } = await lab.request(parameters, "contoso.onmicrosoft.com");
    assert.deepEqual([status, json.error_codes], [400, [90002]]);
    assert.equal(json.correlation_id, parameters["client-request-id"]);
    assert.equal(json.error_uri, "https://login.microsoftonline.com/error?code=90002");
  });

  it("are answered with a token, and leave no token in journal and log", async () => {
    const { clientId } = await lab.identity("runner", [
      { issuer: AKS, subject: "system:serviceaccount:pulumi:deployer", audience: EXCHANGE },
    ]);
    const assertion = await lab.podToken();
    const { status, json } = await lab.request({ client_id: clientId, client_assertion: assertion });
    assert.equal(status, 200);
    const { access_token: token, ...rest } = json;
    assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599 });
    await lab.request({ client_id: clientId, client_assertion: `${assertion}x` });
    const kept = JSON.stringify([lab.azure.entra.journal.list(), lab.log]);
    assert.match(kept, /AADSTS700027/);
    for (const secret of [assertion, token]) assert.ok(!kept.includes(secret));
  });
});
