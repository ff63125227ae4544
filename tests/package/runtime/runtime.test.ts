import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { installPacked, run, type Tarball } from "../../helpers/packed";

const NAME = "oidc-runner-runtime";
/** What is installed beside it to use it with each framework, and to compile. */
const FRAMEWORKS = [
  "express",
  "hono",
  "@hono/node-server",
  "@types/express",
  "@types/node",
  "typescript",
  "@opentelemetry/api",
];

describe("the tarball of oidc-runner-runtime", () => {
  let directory: string;
  let alone: string;
  let tarball: Tarball;
  before(async () => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "runtime-")));
    alone = join(directory, "alone");
    [tarball] = (await installPacked(alone, [NAME], [], { flags: ["--install-strategy=linked"] })) as [Tarball];
  });
  after(() => rmSync(directory, { recursive: true }));

  it("depends on jose alone, and brings no Pulumi along", () => {
    const root = join(alone, "node_modules", NAME);
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, object>;
    assert.deepEqual(Object.keys(manifest.dependencies ?? {}), ["jose"]);
    assert.ok(!("scripts" in manifest) && !("bin" in manifest));
    assert.ok(!existsSync(join(alone, "node_modules", "@pulumi")));
    const code = tarball.files.filter((file) => file.endsWith(".js"));
    assert.deepEqual(code, ["dist/runtime/index.js"]);
    const rooms = new Set(tarball.files.flatMap((file) => /^dist\/([^/]+)/.exec(file)?.[1] ?? []));
    assert.deepEqual([...rooms].sort(), ["runtime", "trust"]);
  });

  it("has exports and types that publint and attw find right", () => {
    const tool = (path: string) => join(packageRoot(), "node_modules", path);
    for (const args of [
      [tool("publint/src/cli.js"), "run", "--strict", tarball.file],
      [tool("@arethetypeswrong/cli/dist/index.js"), "--no-color", "--no-emoji", "--format", "ascii", tarball.file],
    ]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      assert.equal(status, 0, stdout + stderr);
    }
  });

  it("loads by require and import, and verifies without OpenTelemetry", () => {
    const verify = `
      const verifier = createVerifier({ issuers: ["https://issuer.example.com"], audience: "a", allow: "any" });
      verifier.verify("a.b").then(({ code }) => console.log(code));`;
    for (const [flags, load] of [
      [[], `const { createVerifier } = require("${NAME}");`],
      [["--input-type=module"], `import { createVerifier } from "${NAME}";`],
    ] as const) {
      const output = execFileSync(process.execPath, [...flags, "-e", load + verify], { cwd: alone, encoding: "utf8" });
      assert.equal(output, "MALFORMED\n");
    }
  });

  describe("with the frameworks", () => {
    let project: string;
    before(async () => {
      project = join(directory, "project");
      await installPacked(project, [NAME], FRAMEWORKS);
    });

    it("lets a pod's token in and refuses its neighbours', through each, by real servers", async () => {
      copyFileSync(join(packageRoot(), "tests/package/runtime/frameworks.cjs"), join(project, "frameworks.cjs"));
      const { stdout } = await run(process.execPath, ["frameworks.cjs"], { cwd: project });
      const expected = {
        none: [401, ""],
        good: [200, "system:serviceaccount:shop:checkout"],
        account: [403, ""],
        namespace: [403, ""],
        audience: [401, ""],
        issuer: [401, ""],
        expired: [401, ""],
        spelled: [401, ""],
      };
      assert.deepEqual(JSON.parse(stdout), { http: expected, express: expected, fetch: expected, hono: expected });
    });

    it("has types for each, which say what tests/types/runtime.ts says", async () => {
      const source = readFileSync(join(packageRoot(), "tests/types/runtime.ts"), "utf8");
      const same =
        "type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;\n" +
        "declare function same<A, B>(...different: Same<A, B> extends true ? [] : [never]): void;";
      const program = source.replace("../../runtime", NAME).replace(/^import .* from "\.\/exact";$/m, same);
      assert.ok(program.includes(same) && program.includes(`"${NAME}"`));
      writeFileSync(join(project, "program.ts"), program);
      const options = {
        module: "node16",
        target: "es2022",
        strict: true,
        noEmit: true,
        esModuleInterop: true,
        types: ["node"],
      };
      const config = { compilerOptions: { ...options, skipLibCheck: true }, files: ["program.ts"] };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
      const tsc = join(project, "node_modules", "typescript", "bin", "tsc");
      const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: project, encoding: "utf8" });
      assert.equal(status, 0, stdout);
    });

    it("has types that need nothing but Node's", () => {
      writeFileSync(join(alone, "program.ts"), `export * from "${NAME}";`);
      const tsc = join(project, "node_modules", "typescript", "bin", "tsc");
      const typeRoots = join(project, "node_modules", "@types");
      const flags = ["--module", "node16", "--target", "es2022", "--lib", "es2023", "--strict", "--noEmit"];
      const args = [tsc, ...flags, "--typeRoots", typeRoots, "--types", "node", "program.ts"];
      const { status, stdout } = spawnSync(process.execPath, args, { cwd: alone, encoding: "utf8" });
      assert.equal(status, 0, stdout);
    });
  });
});
