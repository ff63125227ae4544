import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../tools/toolchain/package-root";
import { NotToBeHad, nodeRelease } from "../engine/support/node-release";
import { installPacked, run, type Tarball } from "../helpers/packed";
import { skip } from "../skip";

/** Each package sees only what its own manifest names: isolated, as with pnpm. */
const ISOLATED = ["--install-strategy=linked"];
const FULL = process.env.OIDC_RUNNER_FULL !== undefined;
/** The oldest Node that is taken, and the two lines that are maintained. */
const NODES = ["20.18.1", "22.23.3", "24.21.0"];

interface Manifest {
  exports: Record<string, unknown>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

describe("the tarballs, each installed alone with isolated node_modules", () => {
  let directory: string;
  before(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "alone-")));
  });
  after(() => rmSync(directory, { recursive: true }));

  /** Runs publint and attw on a tarball; each prints what is wrong. */
  const lint = ({ file }: Tarball) => {
    const tool = (path: string) => join(packageRoot(), "node_modules", path);
    const publint = [tool("publint/src/cli.js"), "run", "--strict", file];
    const attw = [tool("@arethetypeswrong/cli/dist/index.js"), "--no-color", "--no-emoji", "--format", "ascii", file];
    for (const args of [publint, attw]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      assert.equal(status, 0, stdout + stderr);
    }
  };

  describe("pulumi-oidc-runner", () => {
    let project: string;
    let tarball: Tarball;
    let manifest: Manifest;
    before(async () => {
      project = join(directory, "package");
      const options = { flags: ISOLATED };
      [tarball] = (await installPacked(project, ["pulumi-oidc-runner"], ["@pulumi/pulumi"], options)) as [Tarball];
      const installed = join(project, "node_modules", "pulumi-oidc-runner", "package.json");
      manifest = JSON.parse(readFileSync(installed, "utf8")) as Manifest;
    });

    it("depends on undici alone and has no script", () => {
      assert.deepEqual(Object.keys(manifest.dependencies), ["undici"]);
      assert.ok(!("scripts" in manifest) && !("bin" in manifest));
      const rooms = tarball.files.flatMap((file) => /^dist\/([^/]+)/.exec(file)?.[1] ?? []);
      assert.deepEqual([...new Set(rooms)].sort(), ["provider", "pulumi-cloud", "trust"]);
    });

    it("holds what its exports reach, in chunks, and the entrypoint's scripts beside them", () => {
      const code = tarball.files.filter((file) => file.endsWith(".js"));
      const entries = Object.values(manifest.exports).flatMap((entry) => (entry as { default?: string }).default ?? []);
      const chunks = code.filter((file) => !entries.includes(`./${file}`));
      assert.equal(code.length - chunks.length, entries.length);
      assert.ok(
        chunks.every((file) => /^dist\/provider\/chunk-\w+\.js$/.test(file)) && chunks.length <= 8,
        chunks.join(", "),
      );
      const scripts = readdirSync(join(packageRoot(), "provider/workload/entrypoint")).filter((name) =>
        name.endsWith(".sh"),
      );
      assert.ok(scripts.length > 0);
      assert.deepEqual(
        tarball.files.filter((file) => file.endsWith(".sh")).sort(),
        scripts.map((name) => `dist/provider/${name}`).sort(),
      );
    });

    it("has exports and types that publint and attw find right", () => lint(tarball));

    /** Keys of every export by `require` and by `import`, as a Node prints them. */
    const keys = (node: string, kind: "require" | "import") => {
      const names = Object.keys(manifest.exports).map((path) => `pulumi-oidc-runner${path.slice(1)}`);
      const load = kind === "require" ? "require(name)" : "await import(name, name.endsWith('.json') ? json : {})";
      const program = `(async () => {
        const json = { with: { type: "json" } };
        for (const name of ${JSON.stringify(names)}) {
          const module = ${load};
          const keys = Object.keys(module.default ?? module).sort();
          console.log(JSON.stringify([name, keys, keys.filter((key) => !name.endsWith(".json") && !(key in module))]));
        }
      })();`;
      const output = execFileSync(node, ["-e", program], { cwd: project, encoding: "utf8" });
      return output
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as [string, string[], string[]]);
    };

    function loadsAll(node: string) {
      const required = keys(node, "require");
      assert.equal(required.length, Object.keys(manifest.exports).length);
      for (const [name, exported] of required) assert.ok(exported.length > 0, name);
      assert.deepEqual(keys(node, "import"), required);
    }

    it(`loads every export by require and import on Node ${process.version}`, () => loadsAll(process.execPath));

    for (const version of NODES) {
      it(`loads every export by require and import on Node ${version}`, async function () {
        if (!FULL) skip(this, "fetches another Node; part of the full run");
        try {
          loadsAll(join(await nodeRelease(version), "node"));
        } catch (error) {
          if (!(error instanceof NotToBeHad)) throw error;
          skip(this, error.message);
        }
      });
    }

    it("declares types that need nothing but its dependencies and peers", () => {
      const allowed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      const root = join(project, "node_modules", "pulumi-oidc-runner");
      const queue = tarball.files.filter((file) =>
        /^dist\/provider\/(\w+|resources\/dynamic\/index)\.d\.ts$/.test(file),
      );
      const seen = new Set<string>();
      for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
        seen.add(file);
        for (const { fileName } of ts.preProcessFile(readFileSync(join(root, file), "utf8")).importedFiles) {
          if (!fileName.startsWith(".")) {
            assert.ok(
              /^node:/.test(fileName) || allowed.some((name) => `${fileName}/`.startsWith(`${name}/`)),
              fileName,
            );
            continue;
          }
          const path = join(dirname(file), fileName);
          const found = [`${path}.d.ts`, join(path, "index.d.ts")].find((name) => tarball.files.includes(name));
          assert.ok(found !== undefined, `${file} imports ${fileName}`);
          if (!seen.has(found)) queue.push(found);
        }
      }
      assert.ok(seen.size > 20, `only ${seen.size} files were seen`);
    });
  });

  describe("oidc-runner", () => {
    let project: string;
    let tarball: Tarball;
    before(async () => {
      project = join(directory, "command");
      [tarball] = (await installPacked(project, ["oidc-runner"], [], { flags: ISOLATED })) as [Tarball];
    });
    const command = async (...args: string[]) =>
      (await run(join(project, "node_modules", ".bin", "oidc-runner"), args, { cwd: project })).stdout;

    it("has a manifest that publint and attw find right", () => lint(tarball));

    it("holds what the lab builds and runs", () => {
      for (const file of [
        "tools/control-plane/go.sum",
        "tools/esc-evaluator/main.go",
        "tools/pulumi-cli/language-nodejs.cjs",
        "examples/eks/Pulumi.yaml",
      ]) {
        assert.ok(tarball.files.includes(file), file);
      }
      assert.ok(!tarball.files.some((file) => /^dist\/(provider|tests)\/|\.d\.ts$/.test(file)));
    });

    it("says how it is used", async () => assert.match(await command("--help"), /^Usage: oidc-runner/));

    it("says what is missing for a lab of a program's own, without a stack trace", () => {
      const bin = join(project, "node_modules", ".bin", "oidc-runner");
      const { status, stderr } = spawnSync(bin, ["lab", "up"], { cwd: project, encoding: "utf8" });
      assert.equal(status, 2, stderr);
      assert.match(
        stderr,
        /^PULUMI_SDK_NOT_FOUND: .* Fix: run this in the directory of your program, after `npm install` there\n$/,
      );
    });

    it("evaluates a condition of Google Cloud's, which needs the CEL library", async () => {
      const claims = { iss: "https://issuer.example.com", sub: "system:serviceaccount:a:b", aud: "audience" };
      const provider = {
        issuerUri: claims.iss,
        allowedAudiences: [claims.aud],
        attributeMapping: { "google.subject": "assertion.sub" },
        attributeCondition: "assertion.sub.startsWith('system:serviceaccount:a:')",
        members: [
          `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/${claims.sub}`,
        ],
      };
      writeFileSync(join(project, "provider.json"), JSON.stringify(provider));
      writeFileSync(join(project, "claims.json"), JSON.stringify({ ...claims, exp: 2_000_000_000 }));
      const files = ["--policy", "provider.json", "--claims", "claims.json"];
      const answer = await command("explain", "--relying-party", "gcp", ...files, "--json", "--at", "1999999999");
      assert.equal((JSON.parse(answer) as { decision: string }).decision, "allow", answer);
    });

    it("loads every module of the lab", async () => {
      mkdirSync(join(project, "empty"), { recursive: true });
      const lab = join(realpathSync(join(project, "node_modules", "oidc-runner")), "dist", "lab", "index.js");
      assert.ok(existsSync(lab));
      await run(process.execPath, ["-e", `require(${JSON.stringify(lab)})`], { cwd: join(project, "empty") });
    });
  });
});
