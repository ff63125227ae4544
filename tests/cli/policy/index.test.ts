import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";

const COMMAND = join(packageRoot(), "dist", "cli", "main.js");
const EKS = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const POLICIES = [
  {
    decision: "allow",
    tokenType: "organization",
    authorizedPermissions: [],
    rules: { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" },
  },
];
const ISSUERS = [
  { id: "one", name: "other", url: "https://issuer.example.com" },
  { id: "two", name: "cluster", url: `${EKS}/`, issuer: EKS },
];

describe("oidc-runner policy", () => {
  let server: Server;
  let url: string;
  const asked: string[] = [];
  before(async () => {
    server = createServer(({ url: path = "", headers }, response) => {
      asked.push(`${headers.authorization} ${path}`);
      const answers: Record<string, unknown> = {
        "/api/orgs/acme/oidc/issuers": { oidcIssuers: ISSUERS },
        "/api/orgs/empty/oidc/issuers": { oidcIssuers: [] },
        "/api/orgs/acme/auth/policies/oidcissuers/two": { id: "p", version: 3, policies: POLICIES },
      };
      response.statusCode = path in answers ? 200 : 404;
      response.end(JSON.stringify(answers[path] ?? { code: 404, message: "Not Found" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  /** Runs the command, and another that reads what it prints. */
  const run = (args: string[], env: NodeJS.ProcessEnv = { PULUMI_API: url, PULUMI_ACCESS_TOKEN: "secret" }) =>
    new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
      const options = { env: { PATH: process.env.PATH, HOME: "/nonexistent", ...env } };
      const child = execFile(process.execPath, [COMMAND, ...args], options, (_, stdout, stderr) =>
        resolve({ status: child.exitCode ?? -1, stdout, stderr }),
      );
    });

  it("prints what explain takes, of the issuer whose tokens have this iss", async () => {
    const { status, stdout, stderr } = await run(["policy", "--organization", "acme", "--issuer", EKS]);
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { policies: POLICIES });
    assert.ok(asked.every((request) => request.startsWith("token secret ")));
  });

  it("takes the registered address as well", async () => {
    const { status, stderr } = await run(["policy", "--organization", "acme", "--issuer", `${EKS}/`]);
    assert.equal(status, 0, stderr);
  });

  it("names the issuers there are when this one is not registered", async () => {
    const { status, stdout, stderr } = await run(["policy", "--organization", "acme", "--issuer", `${EKS}4`]);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(
      stderr,
      /^ISSUER_NOT_FOUND: acme has no issuer https.*ABC1234 .*Fix: .*issuer\.example\.com, https.*ABC123\n$/,
    );
    const empty = await run(["policy", "--organization", "empty", "--issuer", EKS]);
    assert.match(empty.stderr, /^ISSUER_NOT_FOUND: .*Fix: register it\n$/);
  });

  it("says how to log in, and sends the token of another Pulumi Cloud nowhere", async () => {
    const bare = await run(["policy", "--organization", "acme", "--issuer", EKS], {});
    assert.match(bare.stderr, /^NOT_LOGGED_IN: .*pulumi login/);
    const other = ["policy", "--organization", "acme", "--issuer", EKS, "--api-url", "https://pulumi.example.com"];
    assert.match((await run(other)).stderr, /^TOKEN_FOR_OTHER_API: /);
  });

  for (const issuer of ["cluster", "http://issuer.example.com"]) {
    it(`refuses ${issuer} as an issuer before it asks`, async () => {
      const before = asked.length;
      const { status, stderr } = await run(["policy", "--organization", "acme", "--issuer", issuer]);
      assert.equal(status, 2);
      assert.match(stderr, /^ISSUER_URL_INVALID: .*\(at --issuer\)/);
      assert.equal(asked.length, before);
    });
  }
});
