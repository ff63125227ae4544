import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";

describe("schema.json", () => {
  it("passes `pulumi schema check`; a reference to nowhere does not", async () => {
    const { path } = await resolvePulumiCli(silentReport);
    const home = mkdtempSync(join(tmpdir(), "schema-check-"));
    const check = (file: string) =>
      promisify(execFile)(path, ["schema", "check", file], {
        env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true", PATH: process.env.PATH, HOME: home },
      });
    try {
      await check(join(packageRoot(), "schema.json"));
      const broken = join(home, "schema.json");
      writeFileSync(
        broken,
        readFileSync(join(packageRoot(), "schema.json"), "utf8").replaceAll(
          '"#/types/oidc-runner:index:EksCluster"',
          '"#/types/oidc-runner:index:Gone"',
        ),
      );
      await assert.rejects(check(broken), /Gone/);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
