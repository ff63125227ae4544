import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { CodedError } from "./coded-error.mjs";
import { run } from "./run.mjs";

/** What packages are made of, and what tests need besides. What is compiled but not below one of these is taken for stale. */
export const SOURCES = [
  "trust",
  "pulumi-cloud",
  "provider",
  "plugin",
  "runtime",
  "tools/errors",
  "tools/pictures",
  "tools/reference",
  "tools/schema",
  "tools/sdk",
  "tools/toolchain",
  "lab",
  "cli",
];
export const TESTS = ["tests", "bench", "tools/guides"];
/** Files that mean something to the folder they lie in, and would to its copy in dist. */
const OF_ITS_FOLDER = ["package.json", "tsconfig.json"];

/** Compiles the sources, and the tests if asked, into dist/ and copies the other files beside them. */
export async function build(root, { tests = false } = {}) {
  const below = (directories) => directories.flatMap((directory) => filesBelow(join(root, directory)));
  const sources = below(tests ? [...SOURCES, ...TESTS] : SOURCES);
  const hash = hashOf(root, sources);
  const stamp = join(root, "dist", tests ? ".oidc-runner-build-tests" : ".oidc-runner-build");
  linkSelf(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  console.log(tests ? "Compiling sources and tests (about 10 s)" : "Compiling the sources (about 5 s)");
  removeStale(root, below([...SOURCES, ...TESTS]));
  const compiler = join(root, "node_modules", "typescript-7", "bin", "tsc");
  const projects = tests ? ["provider", "plugin", "runtime", "cli", "tests"] : ["provider", "plugin", "runtime", "cli"];
  const compile = () => run(process.execPath, [compiler, "-b", ...projects], { cwd: root });
  let result = await compile();
  if (result.output.includes("error TS6305")) {
    // What the compiler noted of an older clone does not fit folders that have come or moved since.
    for (const file of readdirSync(join(root, "dist")).filter((name) => name.endsWith(".tsbuildinfo"))) {
      rmSync(join(root, "dist", file));
    }
    result = await compile();
  }
  if (result.code !== 0) {
    console.error(result.output.trim());
    throw new CodedError("BUILD_FAILED", "the sources do not compile, see the lines above", "correct them");
  }
  const copied = (file) => ![".ts", ".md"].includes(extname(file)) && !OF_ITS_FOLDER.includes(basename(file));
  for (const source of sources.filter(copied)) {
    const target = join(root, "dist", relative(root, source));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
  }
  const command = join(root, "dist", "cli", "main.js");
  if (existsSync(command)) chmodSync(command, 0o755);
  writeFileSync(stamp, hash);
}

/** All files below a directory, in order, without those of node_modules. */
export function filesBelow(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (!entry.isDirectory()) return [path];
      return entry.name === "node_modules" ? [] : filesBelow(path);
    })
    .sort();
}

function hashOf(root, sources) {
  const hash = createHash("sha256");
  for (const file of [...sources, ...["tsconfig.json", "tsconfig.room.json", "package-lock.json"].map(at(root))]) {
    hash.update(`${relative(root, file)}\0`).update(createHash("sha256").update(readFileSync(file)).digest());
  }
  return hash.digest("hex");
}

function at(root) {
  return (name) => join(root, name);
}

/** Removes the output of sources that were deleted: a deleted module must not stay importable. */
function removeStale(root, sources) {
  const left = sources.filter((file) => !OF_ITS_FOLDER.includes(basename(file)));
  const known = new Set(left.map((file) => relative(root, file).replace(/\.ts$/, "")));
  const dist = join(root, "dist");
  for (const file of filesBelow(dist)) {
    const name = relative(dist, file);
    if (name.startsWith(".") || known.has(name) || known.has(name.replace(/\.d\.ts$|\.js(\.map)?$/, ""))) continue;
    rmSync(file);
  }
}

/** Programs in the clone import the package by its name and run its command by `npx`, as users do. */
function linkSelf(root) {
  const modules = join(root, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  link("..", join(modules, "pulumi-oidc-runner"));
  link(join("..", "..", "dist", "cli", "main.js"), join(modules, ".bin", "oidc-runner"));
}

function link(target, path) {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(target, path);
}
