import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { differences, goPrograms, writeSdks } from "../../../tools/sdk";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";
import { run } from "../../../tools/toolchain/run";
import { skip } from "../../skip";

const SDK = join(packageRoot(), "sdk");

describe("sdk", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-sdk-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("is what the schema says; else run: npm run sdk", async () => {
    await writeSdks(join(directory, "sdk"), silentReport);
    assert.deepEqual(differences(SDK, join(directory, "sdk")), []);
    writeFileSync(join(directory, "sdk", "nodejs", "index.ts"), "");
    rmSync(join(directory, "sdk", "go", "oidcrunner", "go.mod"));
    assert.deepEqual(differences(SDK, join(directory, "sdk")), ["go/oidcrunner/go.mod", "nodejs/index.ts"]);
  });

  it("is at the path that programs in Go import; else run: npm run sdk", () => {
    const programs = goPrograms();
    for (const [file, text] of Object.entries(programs)) assert.equal(readFileSync(file, "utf8"), text, file);
    assert.equal(Object.keys(programs).length, 4);
  });

  /** Runs a tool in a copy of a language's SDK; what it says when it fails. */
  const built = async (language: string, program: Record<string, string>, ...commands: string[][]) => {
    const copy = mkdtempSync(join(directory, "copy-"));
    cpSync(join(SDK, language), copy, { recursive: true });
    for (const [name, text] of Object.entries(program)) writeFileSync(join(copy, name), text);
    if (language === "nodejs") symlinkSync(join(packageRoot(), "node_modules"), join(copy, "node_modules"));
    for (const [command = "", ...args] of commands) {
      const { code, stdout, stderr } = await run(command, args, { cwd: copy, env: process.env });
      if (code !== 0) return `${stdout}${stderr}`;
    }
    return "";
  };

  it("compiles in TypeScript, and refuses an argument that is no argument", async () => {
    const tsc = [process.execPath, join(packageRoot(), "node_modules", "typescript", "bin", "tsc"), "--noEmit"];
    assert.equal(await built("nodejs", {}, tsc), "");
    const program = `import { OidcIssuer } from "./index";
new OidcIssuer("a", { issuerUrl: "https://i.example.com" });
new OidcIssuer("b", { issuerUrl: "https://i.example.com", nothing: 1 });
`;
    const options = ["--module", "nodenext", "--moduleResolution", "nodenext", "--strict", "--skipLibCheck"];
    const output = await built("nodejs", { "program.ts": program }, [...tsc, ...options, "program.ts"]);
    assert.match(output, /^program\.ts\(3,.*'nothing' does not exist/m);
    assert.doesNotMatch(output, /program\.ts\(2,/);
  });

  it("passes go vet, and programs with it, where there is Go", async function () {
    if ((await run("go", ["version"], { env: process.env })).code !== 0) {
      skip(this, "Go is not on PATH");
    }
    assert.equal(await built("go/oidcrunner", {}, ["go", "vet", "./..."]), "");
    for (const [file] of Object.entries(goPrograms()).filter(([path]) => path.endsWith(".go"))) {
      const { code, stderr } = await run("go", ["vet", "-C", dirname(file), "."], { env: process.env });
      assert.equal(code, 0, stderr);
    }
  });

  it("is installed by pip, and programs pass mypy --strict, where there is Python", async function () {
    const python = join(directory, "venv", "bin", "python");
    const made = await run("python3", ["-m", "venv", join(directory, "venv")], { env: process.env });
    if (made.code !== 0) {
      skip(this, `Python's venv is not at hand: ${made.stderr.trim().split("\n").at(-1)}`);
    }
    const pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    const program = `import pulumi
from pulumi_oidc_runner import KubernetesOidcRunner, OidcTrustSetup

setup = OidcTrustSetup("setup", kubernetes={"issuer_url": "https://i.example.com"})
runner = KubernetesOidcRunner(
    "hello",
    access_token={"organization": {}},
    cluster={"issuer_url": setup.issuer_url},
    trust={
        "organization": setup.organization,
        "issuer_id": setup.issuer_id,
        "issuer_url": setup.issuer_url,
    },
    command=["pulumi", "whoami"],
)
name: pulumi.Output[str] = runner.workload_name
`;
    const installed = await built("python", { "program.py": program }, [...pip, ".", "mypy"]);
    if (/No matching distribution|Temporary failure|Could not find a version/.test(installed)) {
      skip(this, "PyPI is out of reach");
    }
    assert.equal(installed, "");
    const mypy = [python, "-m", "mypy", "--strict", "--follow-imports=silent"];
    const example = readFileSync(join(packageRoot(), "examples", "eks-python", "__main__.py"), "utf8");
    for (const text of [program, example]) {
      assert.equal(await built("python", { "program.py": text }, [...mypy, "program.py"]), "");
    }
    const bad = program.replace("command=[", "commands=[");
    assert.match(await built("python", { "bad.py": bad }, [...mypy, "bad.py"]), /bad\.py:\d+: error/);
  });
});
