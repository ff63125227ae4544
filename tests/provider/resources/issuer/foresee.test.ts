import assert from "node:assert/strict";
import { issuer } from "../../../../provider/resources/dynamic";
import { registeredName } from "../../../../trust/issuers/registration/registered-name";
import { issuerFixture, OURS, UNKNOWN } from "./fixture";

describe("provider/resources/issuer: what a preview foresees", () => {
  const fixture = issuerFixture();
  const { lab, withKeys } = fixture;
  const OTHERS = registeredName("theirs", { ...OURS, stack: "dev" });

  const named = (more: object = {}) => withKeys({ name: registeredName("mine", OURS), ...more });
  const register = (name: string, { issuerUrl: url }: { issuerUrl: string }) =>
    lab.client.registerIssuer({ name, url, jwks: fixture.keys.jwks() });
  const failures = async (inputs: object, olds: object = {}) =>
    (await issuer.check(olds as never, inputs as never)).failures.map(({ property, reason }) => {
      const [code = ""] = reason.split(":");
      return [property, code, / Fix: \S/.test(reason)];
    });
  const lists = () => lab.cloud.journal.list().filter(({ method, path }) => method === "GET" && /issuers$/.test(path));

  it("is an issuer that is there, but for one that is adopted, in the state or this stack's own", async () => {
    const inputs = named();
    assert.deepEqual(await failures(inputs), []);
    const { id } = await register(OTHERS, inputs);
    const refused = [["issuerUrl", "ISSUER_EXISTS", true]];
    assert.deepEqual(await failures(inputs), [], "the list was read before");
    const fresh = { ...inputs, caCertificates: `${inputs.caCertificates}\n` };
    assert.deepEqual(await failures(fresh), refused);
    assert.deepEqual(await failures(fresh), refused);
    assert.deepEqual(await failures({ ...fresh, issuerUrl: "https://elsewhere.example.com" }), []);
    for (const more of [{ adopt: true }, { issuerId: id }, { importId: `acme/${id}` }, { name: UNKNOWN }]) {
      assert.deepEqual(await failures({ ...fresh, ...more }), [], JSON.stringify(more));
    }
    assert.deepEqual(await failures(fresh, fresh), [], "it is in the state");
    assert.deepEqual(await failures(fresh, { ...fresh, issuerUrl: "https://before.example.com" }), refused);
    await lab.client.deleteIssuer(id);
    assert.deepEqual(await failures(fresh), [], "it has gone, which a list that is read again tells");
    await register(registeredName("before", OURS), inputs);
    assert.deepEqual(await failures({ ...fresh, caCertificates: `${inputs.caCertificates}\n\n` }), []);
  });

  it("costs one request a process, and none for what is not known or has not changed", async () => {
    const inputs = named({ caCertificates: `${fixture.connection.caCertificates}\n\n\n` });
    lab.cloud.journal.clear();
    for (const url of ["https://one.example.com", "https://two.example.com"]) {
      assert.deepEqual(await failures({ ...inputs, issuerUrl: url }), []);
    }
    assert.equal(lists().length, 1);
    const other = { ...inputs, caCertificates: `${inputs.caCertificates}\n` };
    await failures(other, other);
    await failures({ ...other, issuerUrl: UNKNOWN });
    assert.equal(lists().length, 1);
  });

  it("is an organization that there is not, an access token that is not known, and no login", async () => {
    assert.deepEqual(await failures(named({ organization: "acmee" })), [["organization", "PULUMI_CLOUD_404", true]]);
    const { PULUMI_ACCESS_TOKEN } = process.env;
    try {
      process.env.PULUMI_ACCESS_TOKEN = "pul-0000000000000000000000000000000000000000";
      assert.deepEqual(await failures(named({ organization: "acme1" })), [["apiUrl", "PULUMI_CLOUD_401", true]]);
      delete process.env.PULUMI_ACCESS_TOKEN;
      assert.deepEqual(await failures(named({ organization: "acme2" })), [["apiUrl", "NOT_LOGGED_IN", true]]);
    } finally {
      process.env.PULUMI_ACCESS_TOKEN = PULUMI_ACCESS_TOKEN;
    }
  });

  it("is nothing where Pulumi Cloud does not answer, fails, or does not let issuers be listed", async () => {
    assert.deepEqual(await failures(named({ apiUrl: "https://127.0.0.1:1" })), [
      ["apiUrl", "TOKEN_FOR_OTHER_API", true],
    ]);
    let count = 0;
    for (const status of [403, 500, 503]) {
      lab.cloud.faults.add({ path: "/api/orgs/acme/oidc/issuers", kind: "status", status });
      count += 1;
      const caCertificates = fixture.connection.caCertificates + "\n".repeat(10 + count);
      assert.deepEqual(await failures(named({ caCertificates })), [], String(status));
      lab.cloud.faults.clear();
    }
  });

  it("is an iss that the issuer's own discovery document does not have, were it for a final slash", async () => {
    const inputs = await fixture.served({ name: registeredName("slash", OURS) });
    const { issuerUrl } = inputs;
    const slash = { ...inputs, issuerUrl: `${issuerUrl}/` };
    assert.deepEqual(await failures(inputs), []);
    const [failure] = (await issuer.check({}, slash)).failures;
    assert.equal(failure?.property, "issuerUrl");
    assert.match(failure?.reason ?? "", /^ISSUER_MISMATCH: .* not .*: a final slash counts/);
    assert.ok(failure?.reason.includes(`write issuerUrl: "${issuerUrl}"`), failure?.reason);
    const refused = [["issuerUrl", "ISSUER_MISMATCH", true]];
    for (const more of [{ adopt: true }, { name: UNKNOWN }]) {
      assert.deepEqual(await failures({ ...slash, ...more }), refused, JSON.stringify(more));
    }
    for (const more of [{ jwks: fixture.keys.jwks() }, { issuerId: "1" }, { importId: "acme/1" }]) {
      assert.deepEqual(await failures({ ...slash, ...more }), [], JSON.stringify(more));
    }
    assert.deepEqual(await failures(slash, slash), [], "it is in the state");
    const notTrusted = { ...slash, caCertificates: undefined };
    assert.ok((await failures(notTrusted)).every(([, code]) => code !== "ISSUER_MISMATCH"));
  });
});
