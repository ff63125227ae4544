import assert from "node:assert/strict";
import type { TestIssuer } from "../../../helpers/issuer";
import { allow, exchangeBody, Fixture, podClaims } from "../fixture";

const TYPE = "urn:pulumi:token-type:access_token:";

describe("lab/pulumi-cloud: requests for an exchange", () => {
  const fixture = new Fixture();
  let issuer: TestIssuer;
  let token: string;
  before(async () => {
    await fixture.start();
    issuer = await fixture.issuer();
    await fixture.trust(issuer.issuer, [allow({ sub: "*" })], { maxExpiration: 7300 });
    token = await issuer.sign(podClaims("pulumi", "deployer"));
  });
  after(() => fixture.stop());

  it("answers a JSON request and the same request as a form, as documented", async () => {
    // As in the log of an action that was refused (VilnaCRM-Org/bootstrap-infrastructure).
    const unknown = await fixture.exchange(token, { audience: "urn:pulumi:org:nobody" });
    const body = { error: "invalid_request", error_description: "invalid organization nobody" };
    assert.deepEqual([unknown.status, unknown.text], [400, JSON.stringify(body)]);
    const url = `${fixture.cloud.url}/api/oauth/token`;
    const form = new URLSearchParams({ ...exchangeBody(token), expiration: "600" }).toString();
    const asForm = await fixture.request(url, "POST", form, { "Content-Type": "application/x-www-form-urlencoded" });
    const asJson = await fixture.exchange(token, { expiration: 600 });
    for (const { status, json, headers } of [asForm, asJson]) {
      const { access_token: accessToken, ...rest } = json;
      assert.equal(status, 200);
      assert.match(accessToken, /^pul-[0-9a-f]{40}$/);
      assert.deepEqual(rest, {
        issued_token_type: `${TYPE}organization`,
        token_type: "token",
        expires_in: 600,
        scope: "",
        refresh_token: "",
      });
      assert.equal(headers.get("Cache-Control"), "no-store");
    }
    assert.notEqual(asForm.json.access_token, asJson.json.access_token);
  });

  it("refuses wrong and missing constants, each with its RFC 6749 error", async () => {
    const cases: [Record<string, unknown>, string][] = [
      [{ grant_type: undefined }, "invalid_request"],
      [{ grant_type: "client_credentials" }, "unsupported_grant_type"],
      [{ grant_type: "refresh_token", refresh_token: "x" }, "unsupported_grant_type"],
      [{ audience: "acme" }, "invalid_request"],
      [{ audience: "urn:pulumi:org:" }, "invalid_request"],
      [{ audience: undefined }, "invalid_request"],
      [{ audience: "urn:pulumi:org:nobody" }, "invalid_request"],
      [{ subject_token_type: "urn:ietf:params:oauth:token-type:access_token" }, "invalid_request"],
      [{ subject_token: "" }, "invalid_request"],
      [{ requested_token_type: `${TYPE}org` }, "invalid_request"],
      [{ scope: "undefined" }, "invalid_scope"],
      [{ scope: "team:platform" }, "invalid_scope"],
      [{ requested_token_type: `${TYPE}team` }, "invalid_scope"],
      [{ requested_token_type: `${TYPE}team`, scope: "user:ada" }, "invalid_scope"],
      [{ requested_token_type: `${TYPE}team`, scope: "team:" }, "invalid_scope"],
      [{ requested_token_type: `${TYPE}personal`, scope: "admin" }, "invalid_scope"],
      [{ requested_token_type: `${TYPE}runner`, scope: "r-1" }, "invalid_scope"],
      [{ expiration: 0 }, "invalid_request"],
      [{ expiration: "2h" }, "invalid_request"],
      [{ scope: ["admin"] }, "invalid_request"],
    ];
    for (const [parameters, error] of cases) {
      const answer = await fixture.exchange(token, parameters);
      assert.deepEqual([answer.status, answer.json.error], [400, error], JSON.stringify(parameters));
      assert.deepEqual(Object.keys(answer.json), ["error", "error_description"]);
    }
    const url = `${fixture.cloud.url}/api/oauth/token`;
    for (const [body, type] of [
      ["{", "application/json"],
      [`${new URLSearchParams(exchangeBody(token)).toString()}&scope=admin`, "application/x-www-form-urlencoded"],
      [JSON.stringify(exchangeBody(token)), "text/plain"],
    ] as const) {
      const answer = await fixture.request(url, "POST", body, { "Content-Type": type });
      assert.deepEqual([answer.status, answer.json.error], [400, "invalid_request"]);
    }
  });

  it("gives 7200 s by default, what is asked for up to the issuer's maximum, 90000 s without one", async () => {
    const expiresIn = async (subject: string, expiration?: number) =>
      (await fixture.exchange(subject, { expiration })).json.expires_in;
    assert.deepEqual([await expiresIn(token), await expiresIn(token, 7301)], [7200, 7300]);
    const unlimited = await fixture.issuer();
    await fixture.trust(unlimited.issuer, [allow({ sub: "*" })]);
    const other = await unlimited.sign(podClaims("a", "b"));
    assert.deepEqual([await expiresIn(other, 90_000), await expiresIn(other, 90_001)], [90_000, 90_000]);
  });

  it("refuses token types the edition lacks, by switch", async () => {
    fixture.cloud.switches.tokenTypes = ["personal"];
    assert.equal((await fixture.exchange(token)).json.error, "invalid_request");
    fixture.cloud.switches.tokenTypes = ["personal", "organization"];
    assert.equal((await fixture.exchange(token)).status, 200);
  });
});
