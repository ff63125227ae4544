import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { serveTls } from "../../../lab/http/tls-server";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { FailureLab } from "./failure-lab";
import { assertNoToken } from "./refusals";
import { EntrypointHost, type ImageTools, SHELLS } from "./shell-run";
import { findTokens } from "./token-detector";

/** A CLI of before `login --oidc-token`: it still knows how to use a stored login. */
const oldCli = (pulumi: string) =>
  `sh -c 'case "$*" in *--oidc-token*) echo "error: unknown flag: --oidc-token" >&2; exit 255 ;; esac; exec "${pulumi}" "$@"' pulumi`;

describe("the ways to ask for an access token", () => {
  const lab = new FailureLab();
  let pulumi: string;
  /** A server that keeps the forms it is sent, and answers them as Pulumi Cloud does, or as a test wants it. */
  let keeper: { url: string; forms: URLSearchParams[]; answer: (method: string) => Response };

  const granted = () => Response.json({ access_token: `pul-${"0a".repeat(20)}`, expires_in: 7200 });

  before(async () => {
    pulumi = (await resolvePulumiCli(silentReport)).path;
    await lab.start();
    const forms: URLSearchParams[] = [];
    const app = new Hono().all("*", async (call) => {
      if (call.req.method === "POST") {
        forms.push(new URLSearchParams(await call.req.text()));
      }
      return keeper.answer(call.req.method);
    });
    const server = await serveTls(app.fetch, lab.fixture.certificate);
    lab.fixture.onStop(() => server.close());
    keeper = { url: server.url, forms, answer: granted };
  });
  after(() => lab.fixture.stop());
  beforeEach(() => {
    keeper.forms.length = 0;
    keeper.answer = granted;
  });

  async function withHost<T>(tools: ImageTools, work: (host: EntrypointHost, token: string) => Promise<T>): Promise<T> {
    const host = new EntrypointHost(SHELLS[0], lab.trust, lab.fixture.authority.certificatePem, tools);
    try {
      const token = await lab.token();
      host.setToken(token);
      return await work(host, token);
    } finally {
      host.remove();
    }
  }

  it("get one by curl", async () => {
    await withHost({ curl: true }, async (host, token) => {
      const run = host.start(
        lab.fixture.cloud.url,
        ["sh", "-c", 'echo "${PULUMI_ACCESS_TOKEN%%-*}"'],
        {},
        { sample: true },
      );
      const { code, output, started, sampled } = await run.ended;
      assert.equal(code, 0, output);
      assert.match(output, /it expires in 7200 s\npul\n$/);
      assertNoToken(output.replace(/\npul\n$/, ""), [token]);
      const accessToken = readFileSync(join(host.private, "access-token"), "utf8").trim();
      assert.deepEqual(findTokens([started, ...sampled].join("\n"), [token, accessToken]), []);
    });
  });

  it("encode what they send by curl", async () => {
    await withHost({ curl: true }, async (host, token) => {
      const env = {
        OIDC_RUNNER_ORGANIZATION: "a&b=c d+%ü",
        OIDC_RUNNER_TOKEN_TYPE: "team",
        OIDC_RUNNER_TOKEN_OWNER: "R&D/é~._-",
        OIDC_RUNNER_EXPIRATION_SECONDS: "900",
      };
      const { code, output } = await host.run(keeper.url, ["true"], {
        ...env,
        PATH: `${host.bin}:/usr/bin:/bin`,
      });
      assert.equal(code, 0, output);
      assert.deepEqual(
        keeper.forms.map((form) => Object.fromEntries(form)),
        [
          {
            grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
            requested_token_type: "urn:pulumi:token-type:access_token:team",
            audience: "urn:pulumi:org:a&b=c d+%ü",
            scope: "team:R&D/é~._-",
            expiration: "900",
            subject_token: token,
          },
        ],
      );
    });
  });

  it("follow no redirect with the token by curl", async () => {
    for (const status of [302, 307]) {
      await withHost({ curl: true }, async (host) => {
        const location = `${lab.fixture.cloud.url}/api/oauth/token`;
        keeper.answer = () => new Response(null, { status, headers: { Location: location } });
        const before = lab.fixture.cloud.journal.list().filter(({ method }) => method === "POST").length;
        const { code, output } = await host.run(keeper.url, ["true"]);
        assert.equal(code, 75, output);
        assert.match(output, /RESPONSE_INVALID: /);
        const after = lab.fixture.cloud.journal.list().filter(({ method }) => method === "POST").length;
        assert.equal(after, before);
      });
    }
  });

  it("wait as long as they are asked to, and for no denial", async () => {
    await withHost({ curl: true }, async (host) => {
      const stamps: number[] = [];
      keeper.answer = (method) => {
        if (method !== "POST") {
          return new Response(null, { status: 405 });
        }
        stamps.push(Date.now());
        return stamps.length > 1 ? granted() : new Response("{}", { status: 429, headers: { "Retry-After": "1" } });
      };
      // There are 22 s then in which the second try may begin.
      const patient = { OIDC_RUNNER_RETRY_SECONDS: "0.5" };
      const { code, output } = await host.run(keeper.url, ["sh", "-c", ":"], patient);
      assert.equal(code, 0, output);
      assert.ok((stamps[1] ?? 0) - (stamps[0] ?? 0) >= 1000, stamps.join());
      stamps.length = 0;
      keeper.answer = (method) => {
        stamps.push(method === "POST" ? 1 : 0);
        return Response.json({ error: "access_denied" }, { status: 403 });
      };
      assert.equal((await host.run(keeper.url, ["true"])).code, 77);
      assert.equal(stamps.filter((post) => post === 1).length, 1);
    });
  });

  it("give up on a server that asks for a longer wait than there is patience for, and say how long", async () => {
    await withHost({ curl: true }, async (host) => {
      keeper.answer = () => new Response("{}", { status: 429, headers: { "Retry-After": "3600" } });
      const { code, output } = await host.run(keeper.url, ["true"]);
      assert.equal(code, 75, output);
      assert.equal(keeper.forms.length, 1);
      assert.match(output, /RATE_LIMITED: [\s\S]*not before 3600 s from now/);
    });
  });

  it("are missed where there is none, and where a CLI can't do it alone", async () => {
    for (const [tools, env] of [
      [{}, {}],
      [{ pulumi: oldCli(pulumi) }, {}],
      [{ pulumi }, { OIDC_RUNNER_ADMIN: "true" }],
      [{ pulumi }, { OIDC_RUNNER_TOKEN_TYPE: "runner", OIDC_RUNNER_TOKEN_OWNER: "pool" }],
    ] as const) {
      await withHost(tools, async (host) => {
        const { code, output } = await host.run(keeper.url, ["true"], env);
        assert.equal(code, 78, output);
        assert.match(output, /^oidc-runner: TOOL_MISSING: .* Fix: use an image/m);
      });
    }
    assert.deepEqual(keeper.forms, []);
  });

  for (const [name, env, scope] of [
    ["an administrator's", { OIDC_RUNNER_ADMIN: "true" }, "admin"],
    ["a runner's", { OIDC_RUNNER_TOKEN_TYPE: "runner", OIDC_RUNNER_TOKEN_OWNER: "pool" }, "runner:pool"],
    ["a user's", { OIDC_RUNNER_TOKEN_TYPE: "personal", OIDC_RUNNER_TOKEN_OWNER: "ada" }, "user:ada"],
    ["the organization's", {}, ""],
  ] as const) {
    it(`ask for ${name} token by scope "${scope}", and by curl where the CLI can't`, async () => {
      await withHost({ pulumi, curl: true }, async (host) => {
        const { output, started } = await host.run(keeper.url, ["sh", "-c", ":"], env);
        assert.deepEqual([...new Set(keeper.forms.map((form) => form.get("scope")))], [scope], output);
        assert.equal(/^pulumi login/m.test(started), !["admin", "runner:pool"].includes(scope));
      });
    });
  }

  it("refuse an administrator's token of another type, and what is no answer to yes or no", async () => {
    for (const [env, expected] of [
      [
        { OIDC_RUNNER_ADMIN: "true", OIDC_RUNNER_TOKEN_TYPE: "team", OIDC_RUNNER_TOKEN_OWNER: "web" },
        /SETTING_INVALID: OIDC_RUNNER_ADMIN .*organization/,
      ],
      [{ OIDC_RUNNER_ADMIN: "yes" }, /SETTING_INVALID: OIDC_RUNNER_ADMIN can't be 'yes'/],
      [{ OIDC_RUNNER_RETRY_SECONDS: "soon" }, /SETTING_INVALID: OIDC_RUNNER_RETRY_SECONDS can't be 'soon'/],
      [{ OIDC_RUNNER_RETRY_SECONDS: "0" }, /SETTING_INVALID: OIDC_RUNNER_RETRY_SECONDS/],
      [{ OIDC_RUNNER_EXPIRATION_SECONDS: "2h" }, /SETTING_INVALID: OIDC_RUNNER_EXPIRATION_SECONDS can't be '2h'/],
    ] as const) {
      await withHost({ curl: true }, async (host) => {
        const { code, output } = await host.run(keeper.url, ["true"], env);
        assert.equal(code, 78, output);
        assert.match(output, expected);
      });
    }
    assert.deepEqual(keeper.forms, []);
  });

  for (const [name, tools] of [
    ["a CLI that can exchange", () => ({ pulumi })],
    ["an old CLI and curl", () => ({ pulumi: oldCli(pulumi), curl: true })],
  ] as const) {
    it(`leave the CLI logged in, and no variable in its way: ${name}`, async () => {
      await withHost(tools(), async (host) => {
        const script = 'pulumi whoami --non-interactive; echo "variable: ${PULUMI_ACCESS_TOKEN-none}"';
        const { code, output } = await host.run(`${lab.fixture.cloud.url}/`, ["sh", "-c", script]);
        assert.equal(code, 0, output);
        assert.match(output, /^acme\nvariable: none$/m);
      });
    });
  }

  it("do not use a token that is in the pod already", async () => {
    await withHost({ pulumi }, async (host) => {
      const stored = `pul-${"1".repeat(40)}`;
      const { code, output } = await host.run(
        lab.fixture.cloud.url,
        ["sh", "-c", 'pulumi whoami; echo "${PULUMI_ACCESS_TOKEN-none}"'],
        {
          PULUMI_ACCESS_TOKEN: stored,
        },
      );
      assert.equal(code, 0, output);
      assert.match(output, /PULUMI_ACCESS_TOKEN is set in this pod and not used/);
      assert.match(output, /^acme\nnone$/m);
    });
  });
});
