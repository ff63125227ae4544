import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CI_KEYS } from "../../../lab/ci";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { reviewDefinitions } from "../../../trust/parties/pulumi";
import { caseOf, VECTORS } from "../../trust/issuers/documented";
import { TOKEN_OF } from "./ci-jobs";
import { CiFixture } from "./fixture";

/** How a token may go astray; the vectors of each record have a case of each. */
const WAYS = ["another", "fork", "another branch", "prefix", "dot", "audience", "other subject form"];

describe("lab/ci: a job logs in to Pulumi Cloud with the real CLI", function () {
  // Against hangs only.
  this.timeout(400_000);
  const fixture = new CiFixture();
  let cli: string;
  before(async () => {
    cli = (await resolvePulumiCli(silentReport)).path;
    await fixture.startAll();
  });
  after(() => fixture.stop());

  /** Runs the CLI as a job has it: with nothing of this process's environment. */
  const pulumi = (home: string, ...args: string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const { directory, caFile } = fixture;
      const env = {
        PATH: "/usr/bin:/bin",
        HOME: directory,
        PULUMI_HOME: join(directory, home),
        SSL_CERT_FILE: caFile,
        PULUMI_SKIP_UPDATE_CHECK: "true",
      };
      execFile(cli, [...args, "--non-interactive"], { env, cwd: directory }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
      );
    });

  for (const issuer of CI_KEYS) {
    const vectors = VECTORS.find(({ record }) => record === issuer) ?? assert.fail(`no vectors for ${issuer}`);
    const misses = WAYS.map((way) => {
      const found = vectors.cases.find(({ name, decision }) => decision === "deny" && name.includes(way));
      return { way, entry: found ?? assert.fail(`no case of ${way}`) };
    });

    describe(issuer, () => {
      let issuerId: string;
      before(async () => {
        issuerId = await fixture.trust(String(vectors.token.iss), []);
      });

      /** Logs a job in whose policy and claims are those of a case. */
      const login = async (entry: (typeof vectors.cases)[number]) => {
        const { input, token } = caseOf(vectors, entry);
        const given = { decision: "allow", tokenType: "organization", ...input } as const;
        const { compiled } = reviewDefinitions([given], { organization: "acme", issuerKind: issuer });
        await fixture.setPolicy(
          issuerId,
          compiled.map(({ definition }) => definition),
        );
        const audience = String(token.aud);
        const claims = { ...token, ...entry.token };
        const job = await fixture.ci.startJob({ issuer, claims, audience, variable: "PULUMI_ID_TOKEN" });
        const file = join(fixture.directory, "token");
        writeFileSync(file, await TOKEN_OF[issuer](job, audience, fixture), { mode: 0o600 });
        return pulumi(issuer, "login", fixture.cloud.url, "--oidc-token", `file://${file}`, "--oidc-org", "acme");
      };

      it("whoami answers after the login of the wanted job", async () => {
        const wanted = vectors.cases.find(({ sample, policy }) => sample && policy === undefined);
        const { code, output } = await login(wanted ?? assert.fail("no wanted case"));
        assert.equal(code, 0, `${output} ${fixture.reason}`);
        const whoami = await pulumi(issuer, "whoami", "-v");
        assert.match(whoami.output, /Token type: organization: acme/);
      });

      for (const { way, entry } of misses) {
        it(`refuses, ${way}: ${entry.name}`, async () => {
          const { code, output } = await login(entry);
          assert.notEqual(code, 0);
          assert.match(output, /OIDC token exchange failed.*access_denied/);
          assert.equal(fixture.reason, "NO_ALLOW_MATCHES");
        });
      }
    });
  }
});
