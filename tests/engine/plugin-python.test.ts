import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { run } from "../../tools/toolchain/run";
import { skip } from "../skip";
import { fails, ok, SHORT_WINDOW, type StateResource } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { comparable, installPlugin } from "./support/plugin";
import { plainArgs, runnerStack } from "./support/runner";

const labStarted = labOn("kubernetes");

const NAMESPACE = "plugin-python";

/** An inline program of the Automation API, which needs no language host: `program.py COMMAND NAMESPACE`. */
const PROGRAM = `
import json, sys
import pulumi
from pulumi import automation as auto
from pulumi_oidc_runner import KubernetesOidcRunner, OidcTrustSetup

command, namespace = sys.argv[1:3]
with open(sys.argv[3]) as file:
    given = json.load(file)

def program() -> None:
    common = {"organization": given["organization"], "ca_certificates": given["caCertificates"]}
    cluster = {"issuer_url": given["cluster"]["issuerUrl"]}
    setup = OidcTrustSetup("trust", kubernetes=cluster, **common)
    runner = KubernetesOidcRunner(
        "tested",
        access_token={"organization": {}},
        cluster=cluster,
        trust=setup.trust,
        namespace=namespace,
        create_namespace=True,
        command=["pulumi", "whoami"],
        **common,
    )
    pulumi.export("workloadName", runner.workload_name)

stack = auto.create_or_select_stack(stack_name="python", project_name="python", program=program)
if command == "up":
    stack.up(on_output=print)
elif command == "again":
    stack.refresh(on_output=print, expect_no_changes=True)
    stack.up(on_output=print, expect_no_changes=True)
    stack.preview(on_output=print, expect_no_changes=True)
elif command == "export":
    print(json.dumps(stack.export_stack().deployment))
else:
    stack.destroy(on_output=print)
`;

describe("a program in Python, by the plugin", function () {
  // Against hangs only.
  this.timeout(600_000);
  let directory: string;
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;

  before(async function () {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-python-"));
    const venv = join(directory, "venv");
    const made = await run("python3", ["-m", "venv", venv], { env: process.env });
    if (made.code !== 0) {
      return skip(this, "Python's venv is not at hand");
    }
    const sdk = join(packageRoot(), "sdk", "python");
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    cpSync(sdk, join(directory, "sdk"), { recursive: true });
    const installed = await run(join(venv, "bin", "python"), [...pip, join(directory, "sdk")], { env: process.env });
    if (installed.code !== 0) {
      return skip(this, `PyPI is out of reach: ${installed.stderr.trim().split("\n").at(-1)}`);
    }
    state = await labStarted();
    installPlugin(state);
    kubernetes = new KubernetesView(state);
    writeFileSync(join(directory, "program.py"), PROGRAM);
    writeFileSync(join(directory, "args.json"), JSON.stringify(plainArgs(state, NAMESPACE)));
    const project = join(packageRoot(), "tests", "engine", "programs", "runner");
    engine = new Engine(state, { project, stack: "python", env: SHORT_WINDOW });
  });
  after(async () => {
    rmSync(directory, { recursive: true, force: true });
    await kubernetes?.close();
  });

  const python = (command: string, namespace = NAMESPACE) =>
    engine.shell(`cd ${directory} && venv/bin/python program.py ${command} ${namespace} args.json`);

  it("makes the same resources as the program in TypeScript, and runs the Job", async () => {
    const args = { createNamespace: true, command: ["pulumi", "whoami"] };
    const trust = { kubernetes: { issuerUrl: state.clusters[0]?.issuer } };
    const typescript = await runnerStack(state, "python-twin", NAMESPACE, { args, trust });
    await ok(typescript.up());
    const { deployment } = await typescript.state();
    const isOurs = ({ type }: StateResource) => !type.startsWith("pulumi:");
    const wanted = comparable(((deployment.resources ?? []) as StateResource[]).filter(isOurs));
    await ok(typescript.destroy());

    await ok(python("up"));
    assert.equal((await kubernetes.job(NAMESPACE)).job.status?.succeeded, 1);
    const output = await ok(python("export"));
    const { resources } = JSON.parse(output.slice(output.indexOf("{"))) as { resources: StateResource[] };
    const found = comparable(resources.filter(isOurs));
    assert.deepEqual(Object.keys(found), Object.keys(wanted));
    for (const [resource, inputs] of Object.entries(wanted)) {
      assert.equal(found[resource], inputs, resource);
    }
  });

  it("changes nothing in a refresh, a second up and a preview", async () => {
    await ok(python("again"));
  });

  it("is refused with the code of the program in TypeScript", async () => {
    const output = await fails(python("up", "Not_A_Namespace"));
    assert.match(output, /resource 'tested' has a problem: NAMESPACE_INVALID: .+ Fix: .+/);
  });

  it("is taken down by destroy", async () => {
    await ok(python("destroy"));
    assert.deepEqual(await new PulumiCloud(state).issuers(), []);
    assert.deepEqual(await kubernetes.all(), []);
  });
});
