import assert from "node:assert/strict";
import { CI_KEYS, type CiKey, ciControlRoutes, type Job } from "../../../lab/ci";
import { claimsFromToken } from "../../../trust/claims";
import { issuerByKey } from "../../../trust/issuers";
import { allow } from "../pulumi-cloud/fixture";
import { run, TOKEN_OF } from "./ci-jobs";
import { CiFixture } from "./fixture";

const AUDIENCE = "urn:pulumi:org:acme";

describe("lab/ci", () => {
  const fixture = new CiFixture();
  before(() => fixture.startAll());
  after(() => fixture.stop());

  const start = (issuer: CiKey, claims = {}) =>
    fixture.ci.startJob({ issuer, claims, audience: AUDIENCE, variable: "PULUMI_ID_TOKEN" });

  for (const issuer of CI_KEYS) {
    it(`${issuer}: a job gets a token in the system's way, which Pulumi Cloud verifies`, async () => {
      const token = await TOKEN_OF[issuer](await start(issuer), AUDIENCE, fixture);
      const { iss, sub, aud, iat, exp } = claimsFromToken(token);
      assert.equal(iss, fixture.ci.describe()[issuer].issuer);
      assert.equal(aud, issuerByKey(issuer).audience.fixed?.audience ?? AUDIENCE);
      assert.ok(Number(exp) > Number(iat));
      await fixture.trust(String(iss), [allow({ sub: String(sub), aud: String(aud) })]);
      assert.equal((await fixture.exchange(token)).status, 200, fixture.reason);
      const other = await fixture.ci.mint(issuer, { sub: `${String(sub)}-2` });
      assert.notEqual((await fixture.exchange(other)).status, 200);
      assert.equal(fixture.reason, "NO_ALLOW_MATCHES");
    });
  }

  it("signs with a key for each system: no system vouches for another's tokens", async () => {
    const { iss, sub } = claimsFromToken(await fixture.ci.mint("githubActions", {}));
    const forged = await fixture.ci.mint("gitlab", { iss, sub });
    assert.notEqual((await fixture.exchange(forged)).status, 200);
    assert.equal(fixture.reason, "KEY_UNKNOWN");
  });

  it("answers GitHub's request for the bearer of the job's token alone, by GET", async () => {
    const { environment } = await start("githubActions");
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url = "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
    const other = (await start("githubActions")).environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
    const get = (headers: Record<string, string>, method = "GET") => fixture.request(url, method, undefined, headers);
    assert.equal((await get({})).status, 401);
    assert.equal((await get({ Authorization: `Basic ${token}` })).status, 401);
    assert.equal((await get({ Authorization: `Bearer ${other}` })).status, 403);
    assert.equal((await get({ Authorization: `Bearer ${token}` }, "POST")).status, 405);
    const answer = await get({ Authorization: `Bearer ${token}` });
    assert.deepEqual(Object.keys(answer.json), ["value"]);
    assert.equal(claimsFromToken(answer.json.value).aud, "https://github.com/acme", "the default audience");
  });

  it("answers Azure DevOps' request by POST with a version, whatever audience is asked for", async () => {
    const { environment } = await start("azureDevops");
    const headers = { Authorization: `Bearer ${environment.SYSTEM_ACCESSTOKEN}` };
    const ask = (query: string, method = "POST") =>
      fixture.request(`${environment.SYSTEM_OIDCREQUESTURI}${query}`, method, undefined, headers);
    assert.equal((await ask("")).status, 400);
    assert.equal((await ask("?api-version=7.1", "GET")).status, 405);
    const { json } = await ask(`?api-version=7.1&audience=${AUDIENCE}`);
    assert.equal(claimsFromToken(json.oidcToken).aud, "api://AzureADTokenExchange");
  });

  it("describes where the example jobs get their tokens", async () => {
    const { githubActions, gitlab } = fixture.ci.describe();
    const headers = { Authorization: `Bearer ${githubActions.tokenRequestToken}` };
    const url = `${githubActions.tokenRequestUrl}&audience=${AUDIENCE}`;
    const { json } = await fixture.request(url, "GET", undefined, headers);
    assert.equal(claimsFromToken(json.value).sub, "repo:acme/infra:ref:refs/heads/main");
    assert.deepEqual(gitlab, { issuer: "https://gitlab.com" });
  });

  it("gives CircleCI's jobs both variables, whose audience is the organization", async () => {
    const { environment } = await start("circleci");
    const { CIRCLE_OIDC_TOKEN: first = "", CIRCLE_OIDC_TOKEN_V2: second = "" } = environment;
    assert.match(String(claimsFromToken(first).sub), /^org\/[^/]+\/project\/[^/]+\/user\/[^/]+$/);
    assert.match(
      String(claimsFromToken(second).sub),
      /\/vcs-origin\/github.com\/acme\/infra\/vcs-ref\/refs\/heads\/main$/,
    );
    for (const token of [first, second]) {
      const { iss, aud } = claimsFromToken(token);
      assert.equal(iss, `https://oidc.circleci.com/org/${String(aud)}`);
    }
  });

  it("refuses arguments that its commands do not know, and another job's token", async () => {
    const circleci = await start("circleci");
    const claims = JSON.stringify({ aud: AUDIENCE, sub: "chosen" });
    await assert.rejects(run(circleci, "circleci", "run", "oidc", "get", "--claims", claims), /does not know/);
    await assert.rejects(run(circleci, "circleci", "run", "release"), /does not know/);
    const buildkite = await start("buildkite");
    buildkite.environment.OIDC_RUNNER_LAB_CI_TOKEN = "wrong";
    await assert.rejects(TOKEN_OF.buildkite(buildkite, AUDIENCE, fixture), /the lab answered 403/);
  });

  it("starts jobs by the control interface, for the systems it has", async () => {
    const app = ciControlRoutes(fixture.ci);
    const post = (body: object) =>
      app.request("/jobs", {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json" },
      });
    const claims = { ref: "refs/heads/x" };
    const job = (await (await post({ issuer: "githubActions", claims })).json()) as Job;
    const token = await TOKEN_OF.githubActions(job, AUDIENCE, fixture);
    assert.equal(claimsFromToken(token).sub, "repo:acme/infra:ref:refs/heads/x");
    assert.equal((await post({ issuer: "jenkins", claims })).status, 400);
    assert.equal((await post({ issuer: "githubActions" })).status, 400);
  });

  it("reaches every address of an issuer, also an enterprise's, and no other host", () => {
    for (const url of ["https://token.actions.githubusercontent.com/acme", "https://token.actions.acme.ghe.com"]) {
      assert.match(fixture.ci.resolveIssuer(url) ?? "", /^https:\/\/127\.0\.0\.1:\d+\/issuers\//);
    }
    for (const url of ["https://token.actions.githubusercontent.com.example.com", "https://example.com"]) {
      assert.equal(fixture.ci.resolveIssuer(url), undefined);
    }
  });
});
