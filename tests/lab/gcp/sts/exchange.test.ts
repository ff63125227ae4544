import assert from "node:assert/strict";
import { hmacToken, tamperedToken, unsignedToken } from "../../../helpers/issuer/forgery";
import { CLOUD_PLATFORM, exchangeParameters, GcpFixture, POOL, PROJECT } from "../fixture";

const ACCOUNT = "team-a/deployer";
const seconds = () => Math.floor(Date.now() / 1000);

describe("the lab's Google token service", () => {
  const lab = new GcpFixture();
  before(() => lab.start());
  after(() => lab.stop());
  afterEach(() => {
    lab.clock.setOffset(0);
    lab.gcp.sts.faults.clear();
  });

  const tokenInfo = (token: string) => lab.request(`${lab.gcp.oauth.url}/tokeninfo?access_token=${token}`);

  it("gives a federated access token for a token of a GKE cluster, by form and by JSON", async () => {
    const subjectToken = await lab.podToken(lab.prod, ACCOUNT);
    const byForm = await lab.exchange(subjectToken);
    assert.equal(byForm.status, 200, byForm.text);
    const { access_token: token, ...rest } = byForm.json;
    assert.deepEqual(rest, {
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 3599,
    });
    assert.equal(byForm.headers.get("Cache-Control"), "no-store");
    const info = await tokenInfo(token);
    assert.deepEqual([info.status, info.json.scope], [200, CLOUD_PLATFORM], info.text);

    const camel = Object.entries(exchangeParameters(lab.prod, subjectToken)).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]);
    const byBody = (change: object) =>
      lab.request(`${lab.gcp.sts.url}/v1/token`, {
        method: "POST",
        headers: { "Content-Type": "application/json; charset=utf-8" },
        body: JSON.stringify({ ...Object.fromEntries(camel), ...change }),
      });
    const byJson = await byBody({});
    assert.equal(byJson.status, 200, byJson.text);
    // Null is an absent field: without `options` there is a token, without a scope there is none.
    assert.equal((await byBody({ options: null })).status, 200);
    assert.equal((await byBody({ scope: null })).status, 400);
    assert.notEqual(byJson.json.access_token, token);
  });

  it("issues tokens that end when it says", async () => {
    const token = await lab.federated(lab.prod, ACCOUNT);
    lab.clock.setOffset(3590);
    assert.equal((await tokenInfo(token)).status, 200);
    lab.clock.setOffset(3600);
    assert.deepEqual((await tokenInfo(token)).status, 400);
    lab.gcp.sts.switches.federatedTokenSeconds = 5;
    try {
      const short = await lab.exchange(await lab.podToken(lab.prod, ACCOUNT));
      assert.equal(short.json.expires_in, 5);
      lab.clock.shift(6);
      assert.equal((await tokenInfo(short.json.access_token)).status, 400);
    } finally {
      lab.gcp.sts.switches.federatedTokenSeconds = 3599;
    }
  });

  /** Each is the accepted exchange but for one thing. */
  const tokens: [what: string, make: () => Promise<string> | string, code: string, words: RegExp][] = [
    [
      "for another audience",
      () => lab.podToken(lab.prod, ACCOUNT, { aud: ["urn:pulumi:org:acme"] }),
      "invalid_grant",
      /audience in ID Token \[urn:pulumi:org:acme\].*lab-project\.svc\.id\.goog/,
    ],
    [
      "for another project's pool",
      () => lab.podToken(lab.prod, ACCOUNT, { aud: ["other-project.svc.id.goog"] }),
      "invalid_grant",
      /audience/,
    ],
    ["without audience", () => lab.podToken(lab.prod, ACCOUNT, { aud: undefined }), "invalid_grant", /audience/],
    [
      "of another cluster of the project",
      () => lab.podToken(lab.staging, ACCOUNT),
      "invalid_grant",
      /issuer in ID Token/,
    ],
    [
      "that claims this cluster, signed by another",
      () => lab.podToken(lab.staging, ACCOUNT, { iss: lab.prod.issuer.issuer }),
      "invalid_grant",
      /signature/,
    ],
    ["that has expired", () => lab.podToken(lab.prod, ACCOUNT, { exp: seconds() - 61 }), "invalid_grant", /expired/],
    ["without expiry", () => lab.podToken(lab.prod, ACCOUNT, { exp: undefined }), "invalid_grant", /expired/],
    ["issued in the future", () => lab.podToken(lab.prod, ACCOUNT, { iat: seconds() + 70 }), "invalid_grant", /iat/],
    [
      "not valid before the future",
      () => lab.podToken(lab.prod, ACCOUNT, { nbf: seconds() + 70 }),
      "invalid_grant",
      /nbf/,
    ],
    [
      "with another subject under the old signature",
      async () => tamperedToken(await lab.podToken(lab.prod, ACCOUNT), { sub: "system:serviceaccount:team-a:admin" }),
      "invalid_grant",
      /signature/,
    ],
    [
      "without a signature",
      () =>
        unsignedToken({
          iss: lab.prod.issuer.issuer,
          aud: [POOL],
          sub: "system:serviceaccount:a:b",
          iat: seconds(),
          exp: seconds() + 60,
        }),
      "invalid_grant",
      /signature/,
    ],
    [
      "signed with the public key as a secret",
      () =>
        hmacToken(
          {
            iss: lab.prod.issuer.issuer,
            aud: [POOL],
            sub: "system:serviceaccount:a:b",
            iat: seconds(),
            exp: seconds() + 60,
          },
          lab.prod.issuer.key,
        ),
      "invalid_grant",
      /signature/,
    ],
    [
      "of somebody who is no ServiceAccount",
      () => lab.podToken(lab.prod, ACCOUNT, { sub: "system:node:n" }),
      "invalid_grant",
      /ServiceAccount/,
    ],
    ["that is none", () => "not-a-token", "invalid_grant", /JSON Web Token/],
  ];
  for (const [what, make, code, words] of tokens) {
    it(`refuses a token ${what}`, async () => {
      const answer = await lab.exchange(await make());
      assert.deepEqual([answer.status, answer.json.error], [400, code], answer.text);
      assert.match(answer.json.error_description, words);
      assert.equal((await lab.exchange(await lab.podToken(lab.prod, ACCOUNT))).status, 200);
    });
  }

  const parameters: [what: string, change: () => Record<string, string | undefined>, code: string][] = [
    ["another grant type", () => ({ grant_type: "client_credentials" }), "unsupported_grant_type"],
    ["no audience", () => ({ audience: undefined }), "invalid_request"],
    ["an audience of no known form", () => ({ audience: lab.prod.issuer.issuer }), "invalid_request"],
    [
      "a pool's provider that does not exist",
      () => ({
        audience:
          "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/providers/actions",
      }),
      "invalid_target",
    ],
    [
      "a pool of no project of the lab",
      () => ({ audience: `identitynamespace:no-project.svc.id.goog:${lab.prod.issuer.issuer}` }),
      "invalid_target",
    ],
    [
      "another project's pool for this cluster",
      () => ({ audience: `identitynamespace:other-project.svc.id.goog:${lab.prod.issuer.issuer}` }),
      "invalid_target",
    ],
    [
      "this project's pool for another project's cluster",
      () => ({ audience: `identitynamespace:${POOL}:${lab.foreign.issuer.issuer}` }),
      "invalid_target",
    ],
    [
      "a cluster that does not exist",
      () => ({
        audience: `identitynamespace:${POOL}:https://container.googleapis.com/v1/projects/${PROJECT}/locations/europe-west1/clusters/gone`,
      }),
      "invalid_target",
    ],
    [
      "another kind of subject token",
      () => ({ subject_token_type: "urn:ietf:params:oauth:token-type:saml2" }),
      "invalid_request",
    ],
    ["no subject token", () => ({ subject_token: undefined }), "invalid_request"],
    [
      "another kind of token in return",
      () => ({ requested_token_type: "urn:ietf:params:oauth:token-type:id_token" }),
      "invalid_request",
    ],
    ["no scope", () => ({ scope: undefined }), "invalid_request"],
  ];
  for (const [what, change, code] of parameters) {
    it(`refuses ${what}`, async () => {
      const answer = await lab.exchange(await lab.podToken(lab.prod, ACCOUNT), change());
      assert.deepEqual([answer.status, answer.json.error], [400, code], answer.text);
      assert.equal((await lab.exchange(await lab.podToken(lab.prod, ACCOUNT))).status, 200);
    });
  }

  it("allows clocks to differ by a minute, or as a switch says", async () => {
    const late = () => lab.podToken(lab.prod, ACCOUNT, { exp: seconds() - 50 });
    assert.equal((await lab.exchange(await late())).status, 200);
    lab.gcp.sts.switches.leewaySeconds = 0;
    try {
      assert.equal((await lab.exchange(await late())).status, 400);
    } finally {
      lab.gcp.sts.switches.leewaySeconds = 60;
    }
  });

  it("follows the lab's clock", async () => {
    const token = await lab.podToken(lab.prod, ACCOUNT);
    lab.clock.setOffset(3700);
    assert.match((await lab.exchange(token)).json.error_description, /expired/);
  });

  it("takes a rotated key at once, and no longer the one that was dropped", async () => {
    const old = await lab.podToken(lab.staging, ACCOUNT);
    const { audience } = exchangeParameters(lab.staging, "");
    assert.equal((await lab.exchange(old, { audience })).status, 200);
    await lab.staging.issuer.rotate({ forget: true });
    assert.match((await lab.exchange(old, { audience })).json.error_description, /signature/);
    assert.equal((await lab.exchange(await lab.podToken(lab.staging, ACCOUNT), { audience })).status, 200);
  });

  it("says so when the cluster's keys can't be had", async () => {
    lab.staging.issuer.behaviour.status = 503;
    const { audience } = exchangeParameters(lab.staging, "");
    const answer = await lab.exchange(await lab.podToken(lab.staging, ACCOUNT), { audience });
    lab.staging.issuer.behaviour.status = undefined;
    assert.equal(answer.json.error_description, "Error connecting to the given credential's issuer.");
  });

  it("shows faults, and keeps a journal and a log without tokens", async () => {
    lab.gcp.sts.journal.clear();
    lab.gcp.sts.faults.add({ path: "/v1/token", kind: "status", status: 503 });
    const token = await lab.podToken(lab.prod, ACCOUNT);
    assert.deepEqual([(await lab.exchange(token)).status, (await lab.exchange(token)).status], [503, 200]);
    const refused = await lab.podToken(lab.prod, ACCOUNT, { aud: ["other"] });
    await lab.exchange(refused);
    const entries = lab.gcp.sts.journal.list();
    assert.deepEqual(
      entries.map(({ path, status, fault }) => [path, status, fault]),
      [
        ["/v1/token", 503, "status"],
        ["/v1/token", 200, undefined],
        ["/v1/token", 400, undefined],
      ],
    );
    const written = JSON.stringify(entries) + lab.log.join("\n");
    assert.ok(lab.log.some((line) => line.includes("gcp sts refused: invalid_grant")));
    for (const part of [...token.split("."), ...refused.split(".")]) assert.ok(!written.includes(part));
  });
});
