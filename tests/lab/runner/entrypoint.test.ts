import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { serveTls } from "../../../lab/http/tls-server";
import type { PulumiCloud } from "../../../lab/pulumi-cloud";
import { proveRunnerTrust } from "../../../trust/parties/pulumi/proof";
import type { TestIssuer } from "../../helpers/issuer";
import { tamperedToken } from "../../helpers/issuer/forgery";
import { Fixture, podClaims } from "../pulumi-cloud/fixture";
import { assertNoToken, explanation } from "./refusals";
import { EntrypointHost, needsShell, SHELLS } from "./shell-run";
import { findTokens } from "./token-detector";

const ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/SHELL";
/** Says whether the command was given an access token, without saying which. */
const COMMAND = [
  "sh",
  "-c",
  'case ${PULUMI_ACCESS_TOKEN:-} in pul-*) echo "has a token" ;; *) echo "has none" ;; esac',
];

describe("provider/workload/entrypoint/entrypoint.sh", () => {
  const fixture = new Fixture();
  const trust = proveRunnerTrust({
    organization: "acme",
    issuerUrl: ISSUER,
    namespace: "pulumi",
    serviceAccountName: "runner",
    token: { tokenType: "organization" },
  });
  let issuer: TestIssuer;
  let other: PulumiCloud;
  let strange: { url: string; answer: (form: string) => Response };

  before(async () => {
    await fixture.start();
    other = await fixture.start();
    issuer = await fixture.issuer({ issuer: ISSUER });
    const team = { ...trust.definition, tokenType: "team" as const, teamName: "platform" };
    await fixture.trust(ISSUER, [trust.definition, team]);
    const app = new Hono().all("*", async (call) => strange.answer(decodeURIComponent(await call.req.text())));
    const server = await serveTls(app.fetch, fixture.certificate);
    fixture.onStop(() => server.close());
    strange = { url: server.url, answer: () => new Response() };
  });
  after(() => fixture.stop());

  const good = () => issuer.sign(podClaims("pulumi", "runner"));
  /** Refusals by title and shell: the words must not depend on the shell. */
  const explanations = new Map<string, Map<string, string>>();

  for (const shell of SHELLS) {
    describe(`under ${shell.name}`, () => {
      let host: EntrypointHost;

      before(function () {
        needsShell(this, shell);
        host = new EntrypointHost(shell, trust, fixture.authority.certificatePem);
      });
      after(() => host?.remove());

      /** Refused, explained, and without the token in what it prints and starts. */
      async function refused(title: string, token: string, expected: RegExp[]): Promise<void> {
        host.setToken(token);
        const { code, output, started } = await host.run(fixture.cloud.url, COMMAND);
        assert.equal(code, 77, output);
        for (const pattern of expected) {
          assert.match(output, pattern);
        }
        assertNoToken(output, [token, ...token.split(".").filter((part) => part !== "")]);
        assert.deepEqual(findTokens(started, [token]), []);
        const byShell = explanations.get(title) ?? new Map<string, string>();
        explanations.set(title, byShell.set(shell.name, explanation(output)));
      }

      it("exchanges the token and becomes the command", async () => {
        const token = await good();
        host.setToken(`${token}\n`);
        // Long enough for the processes to be looked at while they wait.
        fixture.cloud.faults.add({ path: "/api/oauth/token", kind: "delay", delayMs: 500 });
        const run = host.start(fixture.cloud.url, COMMAND, {}, { sample: true });
        const { code, output, started, sampled } = await run.ended;
        assert.equal(code, 0, output);
        assert.match(
          output,
          /^oidc-runner: exchanged this pod's token for a token of type organization of organization acme in \d+ ms; it expires in 7200 s\nhas a token\n$/,
        );
        assertNoToken(output, [token]);
        assert.ok(
          sampled.some((line) => line.includes(`${fixture.cloud.url}/api/oauth/token`)),
          "curl was seen",
        );
        assert.match(started, /^curl -q .*--data-urlencode subject_token@\S+\/private\/request /m);
        assert.deepEqual(findTokens([started, ...sampled].join("\n"), [token]), []);
      });

      it("keeps its files to itself, and no token in them", async () => {
        const token = await good();
        host.setToken(token);
        assert.equal((await host.run(fixture.cloud.url, COMMAND)).code, 0);
        assert.equal(statSync(host.private).mode & 0o777, 0o700);
        const files = readdirSync(host.private);
        assert.deepEqual(files.sort(), ["access-token", "answer", "ca-bundle.crt"]);
        for (const file of files) {
          assert.equal(statSync(join(host.private, file)).mode & 0o777, 0o600, file);
          const found = findTokens(readFileSync(join(host.private, file), "utf8"), [token]);
          assert.deepEqual(
            found.map(({ kind }) => kind),
            file === "access-token" ? ["Pulumi access token"] : [],
            file,
          );
        }
      });

      it("asks for a team's token, and ends as its command ends", async () => {
        host.setToken(await good());
        const env = { OIDC_RUNNER_TOKEN_TYPE: "team", OIDC_RUNNER_TOKEN_OWNER: "platform" };
        const { code, output } = await host.run(fixture.cloud.url, ["sh", "-c", "exit 3"], env);
        assert.equal(code, 3, output);
        assert.match(output, /for a token of type team of/);
        const web = await host.run(fixture.cloud.url, COMMAND, { ...env, OIDC_RUNNER_TOKEN_OWNER: "web" });
        assert.equal(web.code, 77, web.output);
        assert.match(web.output, /an allow for a token of type team \(web\)/);
        assert.match(web.output, /explain .* --token-type team --team web$/m);
        assert.match(
          web.output,
          /Cause: one of these;.*\n.*\(1\) Organization acme has no team web, or its edition .*\n.*Fix: compare 'accessToken' \(team\)/,
        );
        for (const [type, owner, words] of [
          ["personal", "octo", "no member octo"],
          ["runner", "pool-9", "no pool pool-9, or its edition"],
        ] as const) {
          const asked = { OIDC_RUNNER_TOKEN_TYPE: type, OIDC_RUNNER_TOKEN_OWNER: owner };
          const { output } = await host.run(fixture.cloud.url, COMMAND, asked);
          assert.ok(output.includes(`(1) Organization acme has ${words}`), output);
        }
      });

      it("explains a refusal: another subject, two audiences", async () => {
        const claims = podClaims("pulumi", "runner-2");
        await refused("subject", await issuer.sign({ ...claims, aud: ["other", ...claims.aud] }), [
          /DIFFERS {2}sub {2}expected: system:serviceaccount:pulumi:runner$/m,
          / {11}sub {2}got: {6}system:serviceaccount:pulumi:runner-2$/m,
          /ok {7}aud {2}other,urn:pulumi:org:acme$/m,
          /Cause: the pod runs as another service account/,
        ]);
      });

      it("explains a refusal: an audience that is a text, before a claim with a dot in its name", async () => {
        const { sub, ...rest } = podClaims("pulumi", "runner");
        await refused("audience", await issuer.sign({ ...rest, aud: "urn:pulumi:org:acme-2", "a.b": "c", sub }), [
          /DIFFERS {2}aud {2}expected: urn:pulumi:org:acme$/m,
          / {11}aud {2}got: {6}urn:pulumi:org:acme-2$/m,
        ]);
      });

      it("explains a refusal: a tampered token", async () => {
        const token = tamperedToken(await issuer.sign(podClaims("pulumi", "other")), podClaims("pulumi", "runner"));
        await refused("tampered", token, [/UNKNOWN {2}signature/, /got: {6}ES256 by key id /, /Cause: one of these;/]);
        assert.equal(fixture.reason, "SIGNATURE_INVALID");
      });

      it("explains a refusal: claims as other issuers write them", async () => {
        const json = JSON.stringify({ ...podClaims("pulumi", "x"), iss: "https://a.example/b", exp: 1 }, undefined, 2);
        const payload = Buffer.from(json.replaceAll("/", "\\/")).toString("base64url");
        const [header, , signature] = (await good()).split(".");
        await refused("pretty", `${header}.${payload}.${signature}`, [
          / {11}iss {2}got: {6}https:\/\/a\.example\/b$/m,
          / {11}sub {2}got: {6}system:serviceaccount:pulumi:x$/m,
          /ok {7}aud {2}urn:pulumi:org:acme$/m,
          /DIFFERS {2}exp {2}expected: later than \d+, Pulumi Cloud's clock$/m,
        ]);
      });

      it("says with 78 what is wrongly set up", async () => {
        host.setToken("not-a-token\n");
        const malformed = await host.run(fixture.cloud.url, COMMAND);
        rmSync(host.tokenFile);
        const missing = await host.run(fixture.cloud.url, COMMAND);
        host.setToken(await good());
        const unset = await host.run(fixture.cloud.url, COMMAND, { OIDC_RUNNER_ORGANIZATION: undefined });
        assert.deepEqual([malformed.code, missing.code, unset.code], [78, 78, 78]);
        assert.match(malformed.output, /^oidc-runner: TOKEN_MALFORMED: .* Fix: /);
        assert.doesNotMatch(malformed.output, /not-a-token/);
        assert.match(missing.output, /^oidc-runner: TOKEN_MISSING: .* Fix: /);
        assert.match(unset.output, /^oidc-runner: SETTING_MISSING: .*OIDC_RUNNER_ORGANIZATION .* Fix: /);
      });

      it("follows no redirect with the token", async () => {
        const token = await good();
        host.setToken(token);
        const headers = { Location: `${other.url}/api/oauth/token` };
        strange.answer = () => new Response(null, { status: 307, headers });
        const { code, output } = await host.run(strange.url, COMMAND);
        assert.equal(code, 75, output);
        assert.match(output, /^oidc-runner: RESPONSE_INVALID: .*HTTP status 307/);
        assert.deepEqual(other.journal.list(), []);
      });

      it("does not take another server's answer for Pulumi Cloud's, nor repeat a token it echoes", async () => {
        const token = await good();
        host.setToken(token);
        strange.answer = () => new Response("<html>welcome</html>", { headers: { "Content-Type": "text/html" } });
        const welcome = await host.run(strange.url, COMMAND);
        strange.answer = () => new Response("<html>no such page</html>", { status: 404 });
        const missing = await host.run(strange.url, COMMAND);
        for (const { code, output } of [welcome, missing]) {
          assert.equal(code, 75, output);
          assert.match(output, /RESPONSE_INVALID: .* Fix: check that PULUMI_BACKEND_URL is Pulumi Cloud's API/);
        }
        let echoed = "";
        strange.answer = (form) => {
          const body = `{"error":"invalid_request","error_description":"got ${form}"}`;
          echoed += body;
          return new Response(body, { status: 400 });
        };
        const echo = await host.run(strange.url, COMMAND);
        assert.ok(echoed.includes(token), "the server had the token to echo");
        assert.equal(echo.code, 77, echo.output);
        assertNoToken(echo.output, [token]);
      });
    });
  }

  describe("under all of them", () => {
    it("says the same", () => {
      assert.equal(explanations.size, 4);
      for (const [title, byShell] of explanations) {
        const [first, ...rest] = [...byShell.values()].map((text) => text.replaceAll(/key id \S+/g, "key id"));
        for (const text of rest) {
          assert.equal(text, first, title);
        }
      }
    });
  });
});
