import assert from "node:assert/strict";
import { Hono } from "hono";
import { serveTls } from "../../../lab/http/tls-server";
import type { PulumiCloud, PulumiCloudOptions } from "../../../lab/pulumi-cloud";
import { type ProvenTrust, proveRunnerTrust } from "../../../trust/parties/pulumi/proof";
import type { TestIssuer } from "../../helpers/issuer";
import { Fixture, podClaims } from "../pulumi-cloud/fixture";
import { type ConnectProxy, startConnectProxy } from "./connect-proxy";
import { assertNoToken } from "./refusals";
import { EntrypointHost, type ImageTools, SHELLS, type ShellKind, type ShellOutcome } from "./shell-run";
import { findTokens } from "./token-detector";

/** A way to ask for a token, and what the image has for it. */
export interface Route {
  name: string;
  tools: ImageTools;
}

/** How one run must end. */
export interface Failure {
  title: string;
  code: number;
  /** What the log must say; the last is the cause and must be, with the fix, in the end that Kubernetes keeps. */
  says: RegExp[];
  cause: RegExp;
  fix: RegExp;
  /** What it must not be taken for. */
  not: RegExp;
  run: Run;
}

/** Parts of a run that differ from one where all is well. */
export interface Run {
  api?: string;
  token?: string;
  trust?: ProvenTrust;
  env?: Record<string, string>;
  /** Whether the lab's authority is given to the pod; default true. */
  trusted?: boolean;
}

const ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/FAILURES";
const UNREGISTERED = "https://oidc.eks.eu-west-1.amazonaws.com/id/UNREGISTERED";

/** Statuses and bodies by the first part of the path: servers that fail, each in its way. */
const ANSWERS: Record<string, [status: number, body: string]> = {
  "429": [429, '{"code":429,"message":"slow down"}'],
  "429-silent": [429, ""],
  "500": [500, '{"error":"server_error","error_description":"internal server error"}'],
  "503": [503, "<html>maintenance</html>"],
  "404": [404, "<html>no such page</html>"],
};

/** Pulumi Clouds, issuers, failing servers and proxies, for every way an exchange can fail. */
export class FailureLab {
  readonly fixture = new Fixture();
  readonly trust = trustIn(ISSUER);
  readonly unregistered = trustIn(UNREGISTERED);
  issuer!: TestIssuer;
  other!: TestIssuer;
  /** Clouds whose clock is two hours ahead, and behind. */
  ahead!: PulumiCloud;
  behind!: PulumiCloud;
  proxies!: Record<"open" | "login" | "forbidden" | "broken", ConnectProxy>;
  strange!: string;

  async start(): Promise<void> {
    const { fixture } = this;
    await fixture.start();
    this.issuer = await fixture.issuer({ issuer: ISSUER });
    this.other = await fixture.issuer({ issuer: UNREGISTERED });
    await this.#register(fixture.cloud);
    this.ahead = await this.newCloud({ clock: () => Date.now() + 7_200_000 });
    this.behind = await this.newCloud({ clock: () => Date.now() - 7_200_000 });
    const app = new Hono().all("*", (call) => {
      const [status, body] = ANSWERS[call.req.path.split("/")[1] ?? ""] ?? [500, ""];
      return new Response(body, { status, headers: { "Content-Type": "application/json" } });
    });
    const server = await serveTls(app.fetch, fixture.certificate);
    fixture.onStop(() => server.close());
    this.strange = server.url;
    this.proxies = {
      open: await startConnectProxy(),
      login: await startConnectProxy(407),
      forbidden: await startConnectProxy(403),
      broken: await startConnectProxy(502),
    };
    for (const proxy of Object.values(this.proxies)) {
      fixture.onStop(() => proxy.stop());
    }
  }

  /** One more Pulumi Cloud that trusts the runner. */
  async newCloud(options: Partial<PulumiCloudOptions> = {}): Promise<PulumiCloud> {
    const cloud = await this.fixture.start(options);
    await this.#register(cloud);
    return cloud;
  }

  /** Sets a cloud's policies on the runner's issuer. */
  async setPolicies(cloud: PulumiCloud, policies: object[]): Promise<void> {
    const headers = { Authorization: `token ${cloud.adminToken}` };
    const api = (method: string, path: string, body?: object) =>
      this.fixture.request(cloud.url + path, method, body, headers);
    const { json: list } = await api("GET", "/api/orgs/acme/oidc/issuers");
    const { json: policy } = await api("GET", `/api/orgs/acme/auth/policies/oidcissuers/${list.oidcIssuers[0].id}`);
    const set = await api("PATCH", `/api/orgs/acme/auth/policies/${policy.id}`, { policies });
    assert.equal(set.status, 200, set.text);
  }

  /** A token as the cluster projects it. */
  token(serviceAccount = "runner", audience?: string): Promise<string> {
    return this.issuer.sign(podClaims("pulumi", serviceAccount, audience));
  }

  /** A container of the runner with a good token, which is removed when the work is done. */
  async withHost<T>(shell: ShellKind, tools: ImageTools, work: (host: EntrypointHost) => Promise<T>): Promise<T> {
    const host = new EntrypointHost(shell, this.trust, this.fixture.authority.certificatePem, tools);
    try {
      host.setToken(await this.token());
      return await work(host);
    } finally {
      host.remove();
    }
  }

  /** Runs the entrypoint once, and asserts that nothing of a token shows. */
  async run(route: Route, { api = this.fixture.cloud.url, trusted = true, ...run }: Run): Promise<ShellOutcome> {
    const ca = trusted ? this.fixture.authority.certificatePem : undefined;
    const host = new EntrypointHost(SHELLS[0], run.trust ?? this.trust, ca, route.tools);
    try {
      const token = run.token ?? (await this.token());
      host.setToken(token);
      const outcome = await host.run(api, ["sh", "-c", "echo the command ran"], run.env);
      const parts = token.split(".").filter((part) => part !== "");
      assertNoToken(outcome.output.replaceAll(/[\w-]{43}(?=, which this pod)/g, "kid"), [token, ...parts]);
      assert.deepEqual(findTokens(outcome.started, [token, ...parts]), []);
      return outcome;
    } finally {
      host.remove();
    }
  }

  async #register(cloud: PulumiCloud): Promise<void> {
    const headers = { Authorization: `token ${cloud.adminToken}` };
    const body = { name: "test", url: ISSUER };
    const { status, text } = await this.fixture.request(
      `${cloud.url}/api/orgs/acme/oidc/issuers`,
      "POST",
      body,
      headers,
    );
    assert.equal(status, 200, text);
    const { definition } = this.trust;
    const denied = { ...definition, decision: "deny", rules: { "jti-like": "denied" } };
    await this.setPolicies(cloud, [definition, denied]);
  }
}

function trustIn(issuerUrl: string): ProvenTrust {
  return proveRunnerTrust({
    organization: "acme",
    issuerUrl,
    namespace: "pulumi",
    serviceAccountName: "runner",
    token: { tokenType: "organization" },
  });
}
