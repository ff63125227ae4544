import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import ts from "typescript";
import { packageRoot } from "../tools/toolchain/package-root";

const root = packageRoot();

/** Which part of the house each part may look into, besides itself; the first part that a path begins with counts. */
const ARROWS: [part: string, others: string[]][] = [
  ["trust", []],
  ["pulumi-cloud", ["trust"]],
  ["provider/workload", ["trust"]],
  ["provider/resources", ["pulumi-cloud", "trust"]],
  ["provider/components/aws", ["provider/components/lib", "provider/resources", "trust"]],
  ["provider/components/azure", ["provider/components/lib", "provider/resources", "trust"]],
  ["provider/components/gcp", ["provider/components/lib", "provider/resources", "trust"]],
  ["provider/components", ["provider/resources", "provider/workload", "pulumi-cloud", "trust"]],
  ["provider", ["trust"]],
  ["plugin/server", ["trust"]],
  ["plugin", ["provider", "pulumi-cloud", "trust"]],
  ["runtime", ["trust"]],
  ["tools/guides", ["cli", "tools", "trust"]],
  ["tools", ["trust"]],
  ["lab", ["trust", "tools", "plugin/server"]],
  ["cli", ["trust", "pulumi-cloud", "runtime", "lab", "tools"]],
];

/** The package's entries, which name what users see, and the command, which loads each of its parts only when asked. */
const ENTRIES = [
  ...["provider/index.ts", "provider/aks.ts", "provider/eks.ts", "provider/gke.ts", "provider/service.ts"],
  ...["cli/main.ts", "lab/providers/main.ts", "plugin/main.ts"],
];

/** Parts that import no Pulumi and do no I/O, and the modules that are pure. */
const PURE = ["trust", "provider/workload"];
const PURE_MODULES = ["node:crypto", "node:util", "@bufbuild/cel"];
/** Reads the entrypoint's files. */
const READS_A_FILE = "provider/workload/entrypoint/index.ts";

interface Import {
  from: string;
  /** A path from the root for a file of ours, else the name of a package. */
  to: string;
}

function sources(directory: string): string[] {
  if (!existsSync(join(root, directory))) {
    return [];
  }
  return readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.parentPath.includes("node_modules"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** All imports of a file: `import`, `export … from`, `require(…)`, `import(…)` and types. */
function importsOf(file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
  return importedFiles.map(({ fileName }) => ({
    from: file,
    to: fileName.startsWith(".") ? find(file, fileName) : fileName,
  }));
}

function find(file: string, specifier: string): string {
  const path = join(dirname(file), specifier);
  const found = [path, `${path}.ts`, join(path, "index.ts")].find(
    (name) => /\.\w+$/.test(name) && existsSync(join(root, name)),
  );
  return found ?? assert.fail(`${file} imports ${specifier}, which is no file`);
}

const within = (path: string, part: string) => path === part || path.startsWith(`${part}/`);
const partOf = (path: string) =>
  ARROWS.find(([part]) => within(path, part)) ?? assert.fail(`${path} belongs to no part of the house`);

function allows({ from, to }: Import): boolean {
  const [part, others] = partOf(from);
  const own = part === "provider" ? within(to, "provider") : within(to, part);
  return own || others.some((other) => within(to, other));
}

/** Whether a file is imported from its own folder or one below, from the package's entries, or by its folder's door. */
function byTheDoor({ from, to }: Import): boolean {
  const folder = dirname(to);
  return within(dirname(from), folder) || basename(to) === "index.ts" || ENTRIES.includes(from);
}

/** Files that import each other in a circle, one text a circle. */
function circles(edges: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const reach = (start: string) => {
    const seen = new Set<string>();
    const queue = [start];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      for (const to of targets.get(file) ?? []) {
        if (!seen.has(to)) queue.push(to);
        seen.add(to);
      }
    }
    return seen;
  };
  const reached = new Map([...targets.keys()].map((file) => [file, reach(file)]));
  const inCircle = [...reached].filter(([file, seen]) => seen.has(file)).map(([file]) => file);
  const circleOf = (file: string) =>
    inCircle.filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file));
  return [...new Set(inCircle.map((file) => circleOf(file).sort().join(" ")))];
}

describe("architecture", () => {
  const files = ["trust", "pulumi-cloud", "provider", "plugin", "runtime", "tools", "lab", "cli"].flatMap(sources);
  const imports = files.flatMap(importsOf);

  it("sees the imports there are, of every form", () => {
    const has = (from: string, to: string) => imports.some((entry) => entry.from === from && entry.to === to);
    assert.ok(has("lab/pulumi-cloud/exchange/exchange.ts", "trust/parties/pulumi/index.ts"));
    assert.ok(has("pulumi-cloud/api/fetch.ts", "undici"), "import(…)");
    assert.ok(has("provider/components/aws/role.ts", "@pulumi/aws/iam/role"), "require(…)");
    assert.ok(has("provider/index.ts", "provider/components/eks/eks-oidc-runner.ts"), "export … from");
    assert.ok(files.length > 100);
  });

  it("has arrows in one direction only", () => {
    const ours = imports.filter(({ to }) => existsSync(join(root, to)));
    assert.ok(ours.length > 200);
    assert.deepEqual(
      ours.filter((entry) => !allows(entry)).map(({ from, to }) => `${from} -> ${to}`),
      [],
    );
  });

  it("has no circles between files", () => {
    assert.deepEqual(circles(imports), []);
    assert.deepEqual(circles([..."abca"].slice(1).map((to, index) => ({ from: "abca"[index] as string, to }))), [
      "a b c",
    ]);
  });

  it("has the same files for each cloud's clusters", () => {
    const names = (cloud: string) =>
      sources(`provider/components/${cloud}`).map((file) => basename(file).replace(`${cloud}-oidc`, "CLOUD-oidc"));
    const eks = names("eks").sort();
    assert.deepEqual(names("aks").sort(), eks);
    // The clusters of a Google project share one pool, which is warned of.
    assert.deepEqual(names("gke").sort(), [...eks, "warnings.ts"].sort());
  });

  it("has a door to each folder, by which all that is in it is reached from elsewhere", () => {
    const ours = imports.filter(({ to }) => existsSync(join(root, to)) && to.endsWith(".ts"));
    assert.deepEqual(
      ours.filter((entry) => !byTheDoor(entry)).map(({ from, to }) => `${from} -> ${to}`),
      [],
    );
    assert.equal(byTheDoor({ from: "cli/print.ts", to: "trust/policy/merge.ts" }), false);
    const folders = [...new Set(files.map((file) => dirname(file)))];
    assert.deepEqual(
      folders.filter(
        (folder) => !existsSync(join(root, folder, "index.ts")) && !["cli", "plugin", "tools/schema"].includes(folder),
      ),
      [],
    );
    const full = folders.filter((folder) => files.filter((file) => dirname(file) === folder).length > 20);
    assert.deepEqual(full, []);
  });

  it("would see an arrow in the other direction", () => {
    for (const [from, to] of [
      ["trust/policy/merge.ts", "pulumi-cloud/api/client.ts"],
      ["pulumi-cloud/api/client.ts", "provider/resources/dynamic/index.ts"],
      ["pulumi-cloud/api/client.ts", "lab/index.ts"],
      ["provider/index.ts", "tools/toolchain/report.ts"],
      ["runtime/verify/verifier.ts", "pulumi-cloud/api/client.ts"],
      ["lab/lab.ts", "pulumi-cloud/api/client.ts"],
      ["lab/lab.ts", "cli/main.ts"],
      ["lab/providers/main.ts", "plugin/main.ts"],
      ["plugin/server/server.ts", "provider/index.ts"],
      ["provider/index.ts", "plugin/main.ts"],
      ["tools/errors/index.ts", "cli/ci/index.ts"],
      ["provider/components/aws/role.ts", "provider/components/eks/index.ts"],
      ["provider/components/aws/role.ts", "provider/workload/pod/index.ts"],
      ["provider/components/gcp/grants.ts", "provider/components/gke/index.ts"],
      ["provider/components/gcp/service-account.ts", "provider/components/runner/index.ts"],
    ] as const) {
      assert.equal(allows({ from, to }), false, `${from} -> ${to}`);
    }
  });

  describe("trust and provider/workload", () => {
    const pure = (path: string) => PURE.some((part) => within(path, part));

    it("import nothing but themselves and what is pure in Node", () => {
      const foreign = imports
        .filter(({ from, to }) => pure(from) && !pure(to) && !PURE_MODULES.includes(to))
        .map(({ from, to }) => `${from} -> ${to}`);
      assert.deepEqual(foreign, [`${READS_A_FILE} -> node:fs`, `${READS_A_FILE} -> node:path`]);
    });

    it("are tested by themselves, as far as trust goes: mutation testing copies nothing else", () => {
      const copied = ["tests/trust", "tests/helpers", "tests/vectors", "trust"];
      const tested = sources("tests/trust").flatMap(importsOf);
      assert.ok(tested.some(({ to }) => to === "tests/helpers/property.ts"));
      const foreign = tested.filter(({ to }) => existsSync(join(root, to)) && !copied.some((part) => within(to, part)));
      assert.deepEqual(foreign, []);
    });

    it("use no clock, network, process or console of the machine", () => {
      for (const file of files.filter(pure)) {
        const { outputText } = ts.transpileModule(readFileSync(join(root, file), "utf8"), {
          compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, removeComments: true },
        });
        const code = outputText.replace(/"(\\.|[^"\\])*"/g, '""');
        assert.doesNotMatch(
          code,
          /\b(fetch|process|console|setTimeout|setInterval|performance)\s*[.(]|\bDate\b|Math\.random/,
          file,
        );
      }
    });

    it("read the entrypoint's files and no other", () => {
      const source = readFileSync(join(root, READS_A_FILE), "utf8");
      assert.deepEqual(source.match(/\bread\w*Sync\(.*$/gm), ['readFileSync(join(__dirname, name), "utf8"));']);
      assert.deepEqual(source.match(/\bread\([^)]*\)/g), ["read(name)"]);
    });
  });
});
