import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok } from "./support/engine";
import { labOn } from "./support/lab";

describe("trial", function () {
  this.timeout(400_000);
  it("runs", async () => {
    const state: LabState = await labOn("eks");
    const source = join(packageRoot(), "examples", "site");
    const cloud = new Engine(state, { project: source, env: { PULUMI_BACKEND_URL: state.pulumiCloud.url } });
    const { organization } = state.pulumiCloud;
    const stack = `${organization}/site/prod`;
    console.log(await ok(cloud.run(["stack", "init", stack, "--no-select", "--cwd", source])));
    const edit = ["deployment", "settings", "edit", "--stack", stack];
    console.log(
      await ok(
        cloud.run([
          ...edit,
          "--git-url",
          `file://${source}`,
          "--branch",
          "main",
          "--pre-run-command",
          "echo FOO=bar >>/PULUMI_ENV; ls -la /mnt/pulumi",
          "--env",
          "A=b",
        ]),
      ),
    );
    for (const op of ["preview", "update", "refresh", "destroy", "detect-drift"]) {
      const t = Date.now();
      const { code, output } = await cloud.run([
        "deployment",
        "run",
        op,
        "--stack",
        stack,
        "--suppress-stream-logs=false",
      ]);
      console.log(op, code, output, Date.now() - t);
    }
    console.log(await ok(cloud.run(["stack", "output", "--stack", stack])));
  });
});
