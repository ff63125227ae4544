import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { exampleNamed } from "../../cli/examples";
import { findExecutable } from "../../tools/toolchain/find-executable";
import { packageRoot } from "../../tools/toolchain/package-root";
import { resolvePulumiCli } from "../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../tools/toolchain/report";
import { skip } from "../skip";
import { type Block, blocksOf, documentBlocks } from "./blocks";
import { cliCommands, cliHelp } from "./cli-help";

/** Who tests the blocks of a language. */
const LANGUAGES = {
  ...{ ts: "examples.test.ts", typescript: "examples.test.ts", sh: "below", json: "below", yaml: "below", js: "below" },
  ...{ python: "below", go: "tests/engine/plugin-languages.test.ts", mermaid: "below", text: "what programs print" },
};

/** Programs of others that commands in documents call, each noted in place of being run. */
const STUBS = [
  ...["npx", "npm", "pulumi", "kubectl", "git", "docker", "aws", "gcloud", "az", "gh", "oc", "curl", "node"],
];
const REAL = ["cat", "grep", "sed", "sh"];
const STUB = `#!/bin/sh
printf '%s\\037' "\${0##*/}" "$@" >>"$CALLS"
printf '\\n' >>"$CALLS"
case "$*" in *'lab env') echo : ;; *) echo NAME ;; esac
`;
/** Variables that a reader of the block has. */
const ENVIRONMENT = { PULUMI_API: "https://127.0.0.1:1", SSL_CERT_FILE: "/ca.crt" };

const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
  scripts: object;
  peerDependencies: object;
  devDependencies: object;
};
const PACKAGES = [
  ...["pulumi-oidc-runner", "oidc-runner", "oidc-runner-runtime", ...Object.keys(manifest.peerDependencies)],
  ...Object.keys(manifest.devDependencies),
];

describe("code blocks of the documents", () => {
  const blocks = documentBlocks();
  const of = (language: string) => blocks.filter((block) => block.language === language);
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-blocks-"));
  const bin = join(directory, "bin");
  before(async () => {
    mkdirSync(bin);
    for (const name of STUBS) {
      writeFileSync(join(bin, name), STUB, { mode: 0o755 });
    }
    for (const name of REAL) {
      symlinkSync((await findExecutable(name, process.env)) ?? assert.fail(name), join(bin, name));
    }
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("have a language that a test reads", () => {
    assert.ok(blocks.length > 100);
    assert.deepEqual(
      blocks.filter(({ language }) => !Object.hasOwn(LANGUAGES, language)).map((block) => block.of),
      [],
    );
    const [first] = blocksOf("1. a\n\n   ```sh\n   b\n   ```\n", "x.md");
    assert.deepEqual(first, { of: "x.md:3", language: "sh", code: "b\n" });
  });

  it("are JSON, YAML, JavaScript and diagrams as they say", () => {
    for (const { code, of: where } of of("json")) assert.doesNotThrow(() => JSON.parse(code), where);
    for (const { code, of: where } of of("yaml")) {
      for (const { errors } of parseAllDocuments(code)) assert.deepEqual(errors, [], where);
    }
    for (const { code, of: where } of of("js")) {
      const file = join(directory, "block.mjs");
      writeFileSync(file, code);
      assert.equal(spawnSync(process.execPath, ["--check", file]).status, 0, where);
    }
    for (const { code, of: where } of of("mermaid")) assert.match(code, /^(flowchart|sequenceDiagram)\b/, where);
  });

  it("are Python as they say", async function () {
    const python = (await findExecutable("python3", process.env)) ?? skip(this, "there is no python3");
    for (const { code, of: where } of of("python")) {
      const { status, stderr } = spawnSync(python, ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
        input: code,
        encoding: "utf8",
      });
      assert.equal(status, 0, `${where}: ${stderr}`);
    }
  });

  it("are commands that a POSIX shell runs, of this package with options that there are", () => {
    const calls = of("sh").flatMap((block) => run(block));
    assert.ok(calls.length > 100);
    const wrong = calls.flatMap(({ block, words }) => {
      const found = misuse(words);
      return found === undefined ? [] : [`${block.of}: ${found}`];
    });
    assert.deepEqual(wrong, []);
    for (const bad of [
      "npx oidc-runner lab upp",
      "npx oidc-runner lint --polcy a",
      "npm start -- eksx",
      "npm install x",
    ]) {
      assert.notEqual(misuse(bad.split(" ")), undefined, bad);
    }
    const faulty = (code: string) => () => run({ of: "x", language: "sh", code });
    assert.throws(faulty("if true; then"));
    assert.throws(faulty("kubeclt get pods"));
    assert.throws(faulty('echo "$WORKLOD"'));
  });

  it("call the Pulumi CLI with commands and options that it has", async () => {
    const { path } = await resolvePulumiCli(silentReport);
    const helps = new Map<string, string>();
    const wrong = of("sh").flatMap((block) =>
      run(block).flatMap(({ words: [program, ...words] }) => {
        if (program !== "pulumi") return [];
        const end = words.findIndex((word) => word.startsWith("-"));
        const plain = words.slice(0, end === -1 ? words.length : end).filter((word) => /^[a-z]+$/.test(word));
        const key = plain.join(" ");
        const help = helps.get(key) ?? spawnSync(path, [...plain, "--help"], { encoding: "utf8" }).stdout;
        helps.set(key, help);
        const [, command = ""] = /^Usage:\n {2}pulumi ([a-z]+)/m.exec(help) ?? [];
        const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split("=")[0] ?? "");
        const unknown = options.filter((option) => !new RegExp(`${option}\\b`).test(help));
        return command === plain[0] && unknown.length === 0
          ? []
          : [`${block.of}: pulumi ${words.join(" ")}: ${unknown.join(" ") || "no such command"}`];
      }),
    );
    assert.deepEqual(wrong, []);
    assert.ok(helps.size > 10);
  });

  /** Runs a block with every program of others replaced by one that notes how it was called. */
  function run(block: Block): { block: Block; words: string[] }[] {
    const home = mkdtempSync(join(directory, "home-"));
    mkdirSync(join(home, "oidc-runner-lab"));
    writeFileSync(join(home, "oidc-runner-lab", "env.sh"), "");
    mkdirSync(join(home, ".ci"));
    writeFileSync(join(home, ".ci", "run"), STUB, { mode: 0o755 });
    const calls = join(home, "calls");
    writeFileSync(calls, "");
    const env = { ...ENVIRONMENT, PATH: bin, HOME: home, XDG_RUNTIME_DIR: home, CALLS: calls };
    // A directory that an earlier command would have made.
    const code = `cd() { command cd . ; }\n${block.code}`;
    const { stderr, signal } = spawnSync("/bin/sh", ["-uc", code], { cwd: home, env, encoding: "utf8", input: "" });
    assert.equal(signal, null, block.of);
    assert.doesNotMatch(stderr, /not found|[Ss]yntax error|parameter not set|unbound/, `${block.of}: ${stderr}`);
    return readFileSync(calls, "utf8")
      .split("\u001f\n")
      .filter((line) => line !== "")
      .map((line) => ({ block, words: line.split("\u001f") }));
  }
});

/** What is wrong with a call of this package's own commands. */
function misuse([program, ...words]: string[]): string | undefined {
  const text = [program, ...words].join(" ");
  if (program === "npx" && words[0] === "oidc-runner") {
    const rest = words.slice(1);
    const command = cliCommands().find((name) => `${rest.join(" ")} `.startsWith(`${name} `));
    const known = cliHelp(command ?? "").options;
    const given = rest.filter((word) => word.startsWith("--"));
    const isHelp = given.every((word) => ["--help", "--version"].includes(word)) && given.length > 0;
    if (command === undefined) return isHelp ? undefined : `${text}: no such command`;
    const unknown = given.filter((word) => !known.includes(word));
    return unknown.length === 0 ? undefined : `${text}: no option ${unknown.join(", ")}`;
  }
  if (program === "npm" && words[0] === "run") {
    return Object.hasOwn(manifest.scripts, words[1] ?? "") ? undefined : `${text}: no such script`;
  }
  if (program === "npm" && words[0] === "start" && words[2] !== undefined && !words[2].startsWith("-")) {
    try {
      exampleNamed(words[2]);
    } catch {
      return `${text}: no such example`;
    }
  }
  if (program === "npm" && words[0] === "install") {
    const unknown = words
      .slice(1)
      .filter((word) => !word.startsWith("-") && !PACKAGES.includes(word.replace(/(?<=.)@[\w.]+$/, "")));
    return unknown.length === 0 ? undefined : `${text}: ${unknown.join(", ")}`;
  }
  return undefined;
}
