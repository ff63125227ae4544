import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import fc from "fast-check";
import { claimsCommand } from "../../cli/claims";
import { explainCommand } from "../../cli/explain";
import { lintCommand } from "../../cli/lint";
import { printError, rendered, styled } from "../../cli/print";
import { createProgress } from "../../cli/progress";
import type { RelyingParty } from "../../cli/read-document";
import { reportError } from "../../cli/report-error";
import { quote } from "../../lab/shell";
import { packageRoot } from "../../tools/toolchain/package-root";
import { OidcRunnerError } from "../../trust/errors";
import { tries } from "../helpers/property";

const CLI = join(packageRoot(), "dist", "cli", "main.js");
/** What a terminal acts on or hides, but for the line ends that the command line writes itself. */
const ACTED_ON = /[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/u;

/** Escape sequences, C1 controls, directions of writing, line ends and plain text, in any order. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom("\u001b[2J", "\u001b]0;x\u0007", "\u009b31m", "\u007f", "\r", "\n", "\t", "\b", "\0", "\u0085"),
      fc.constantFrom("\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\u2029", "\u{e0041}", "\u00ad"),
      fc.constantFrom("a", ":", "/", "*", "?", ".", "é", "😀", "\\", '"', "\ud800"),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
const POOL = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject";
/** A document of each party with a text of others in as many places as it has. */
const DOCUMENTS: Record<RelyingParty, (text: string) => unknown> = {
  pulumi: (text) => ({
    policies: [
      { decision: "allow", tokenType: "team", teamName: text, rules: { aud: "x", sub: text, [`a${text}`]: text } },
      { decision: "deny", tokenType: "organization", rules: { sub: `*${text}*` } },
    ],
  }),
  aws: (text) => ({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}${text}` },
      Condition: {
        StringEquals: { [`${HOST}${text}:sub`]: text, [`${HOST}:aud`]: text },
        StringLike: { [`${HOST}:${text}`]: `${text}*` },
      },
    },
  }),
  gcp: (text) => ({
    issuerUri: `https://${HOST}${text}`,
    allowedAudiences: [text],
    attributeMapping: { "google.subject": "assertion.sub", "attribute.x": `assertion[${JSON.stringify(text)}]` },
    attributeCondition: `assertion.sub == ${JSON.stringify(text)}`,
    members: [`${POOL}/${text}`],
  }),
  azure: (text) => ({ issuer: `https://${HOST}${text}`, subject: text, audiences: [text] }),
};

describe("what the command line prints", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-print-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  function file(name: string, content: string): string {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  }

  /** What a command writes to standard output and error. */
  function written(command: () => unknown): { stdout: string; stderr: string } {
    const { log, error } = console;
    const lines: Record<"log" | "error", string[]> = { log: [], error: [] };
    console.log = (text: string) => void lines.log.push(`${text}\n`);
    console.error = (text: string) => void lines.error.push(`${text}\n`);
    try {
      command();
    } catch (thrown) {
      reportError(thrown);
    } finally {
      Object.assign(console, { log, error });
    }
    return { stdout: lines.log.join(""), stderr: lines.error.join("") };
  }

  for (const relyingParty of ["pulumi", "aws", "gcp", "azure"] as const) {
    it(`holds no control but line ends, whatever a token and a document of ${relyingParty} hold [A22]`, () => {
      const answered = new Set<string>();
      fc.assert(
        fc.property(hostile, hostile, fc.boolean(), (inToken, inDocument, json) => {
          const claims = { iss: `https://${HOST}`, aud: inToken, sub: inToken, [inToken]: inToken };
          const parts = [{ alg: inToken }, claims, {}].map((part) => JSON.stringify(part));
          const tokenFile = file("token", parts.map((part) => Buffer.from(part).toString("base64url")).join("."));
          const policy = file("policy.json", JSON.stringify(DOCUMENTS[relyingParty](inDocument)));
          const explain = { relyingParty, policy, tokenFile, tokenType: "team", team: inToken, json } as const;
          for (const [what, run] of [
            ["explain", () => explainCommand(explain)],
            ["lint", () => lintCommand({ relyingParty, policy, json, issuer: `https://${HOST}` })],
            ["claims", () => claimsCommand({ tokenFile, json })],
          ] as const) {
            const { stdout, stderr } = written(run);
            if (stdout !== "") {
              answered.add(what);
            }
            assert.doesNotMatch(stdout + stderr, ACTED_ON);
            if (json && stdout !== "") {
              JSON.parse(stdout);
            } else if (what === "explain" && stdout !== "") {
              // No text of others begins a line.
              assert.match(stdout, /^(allow|deny)\n( {2}.*\n)*$/);
            }
          }
        }),
        tries(100),
      );
      // More than complaints about the input.
      assert.deepEqual([...answered].sort(), ["claims", "explain", "lint"]);
    });
  }

  it("keeps in JSON what a token holds, by escapes [A22]", () => {
    const claims = { iss: "https://issuer.example.com", sub: "a\u001b[31m\u009b\u202e\u2028\u{e0041}" };
    const parts = [{}, claims, {}].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const { stdout } = written(() => claimsCommand({ tokenFile: file("token", parts.join(".")), json: true }));
    assert.match(stdout, /^[ -~]+\n$/);
    assert.deepEqual(JSON.parse(stdout), claims);
  });

  it("holds none of an error's either, of ours or thrown by others [A22]", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const ours = new OidcRunnerError("INPUT_INVALID", text, { where: text, fix: text, output: `${text}\n${text}` });
        assert.doesNotMatch(ours.message, ACTED_ON);
        for (const error of [ours, new Error(text), text, { text }]) {
          const { stdout, stderr } = written(() => reportError(error));
          assert.equal(stdout, "");
          assert.doesNotMatch(stderr, ACTED_ON);
        }
      }),
      tries(100),
    );
    assert.equal(written(() => printError("one\ntwo\u001b")).stderr, "one\ntwo\\u001b\n");
  });

  it("holds none of a mistaken option, or of what a lab says about itself [A22]", () => {
    const run = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
    const option = run("lab", "status", "--\u001b[31m\u202eoption");
    assert.equal(option.status, 2);
    assert.match(option.stderr, /unknown option '--\\u001b\[31m\\u202eoption'\n/);
    assert.doesNotMatch(option.stderr, ACTED_ON);
    chmodSync(directory, 0o700);
    const stat = readFileSync(`/proc/${process.pid}/stat`, "utf8");
    const pulumiCloud = {
      url: "https://127.0.0.1:1",
      organization: "a\u001b]0;\u0007b\u009b",
      teams: [],
      users: [],
      pools: [],
    };
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const lab = { pid: process.pid, started, pulumiCloud, clusters: [], environmentFile: "e", directory: "d" };
    file("lab.json", JSON.stringify(lab));
    for (const json of [[], ["--json"]]) {
      const { status, stdout, stderr } = run("lab", "status", "--directory", directory, ...json);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /a\\u001b\]0;\\u0007b\\u009b/);
      assert.doesNotMatch(stdout, ACTED_ON);
    }
  });

  it("has colours on a terminal, none with NO_COLOR or in a pipe, and escapes what it colours", () => {
    const rules = { sub: "*" };
    const policy = file(
      "policy.json",
      JSON.stringify({ policies: [{ decision: "allow", tokenType: "organization", rules }] }),
    );
    const claims = file("claims.json", JSON.stringify({ iss: `https://${HOST}`, aud: "a", sub: "b" }));
    const common = ["--relying-party", "pulumi", "--policy", policy];
    const lines = [
      ["explain", ...common, "--claims", claims, "--token-type", "team", "--team", "a"],
      ["lint", ...common],
      ["lint", "--relying-party", "pulumi", "--policy", "/nowhere"],
    ].map((args) => [process.execPath, CLI, ...args].map(quote).join(" "));
    // Node gives a terminal no colours where CI is set (`getColorDepth`), and script(1) runs what SHELL names.
    const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...bare } = process.env;
    const env = { ...bare, TERM: "xterm-256color", SHELL: "/bin/sh" };
    const terminal = (variables: NodeJS.ProcessEnv) =>
      lines.map((line) => {
        const args = ["--quiet", "--command", line, "/dev/null"];
        const { stdout } = spawnSync("script", args, { encoding: "utf8", env: { ...env, ...variables } });
        return stdout.replaceAll(/[^ -~\s]\[(\d+)m/g, "<$1>");
      });
    const [explained = "", linted = "", refused = ""] = terminal({});
    assert.match(explained, /^<1><31>deny<39><22>/);
    assert.match(linted, /^<31>error<39> <1>[A-Z_]+<22> at /m);
    assert.match(refused, /^<31><1>INPUT_INVALID<22><39>.*<1> Fix:<22> /);
    for (const text of terminal({ NO_COLOR: "1" })) {
      assert.doesNotMatch(text, /<\d/);
      assert.notEqual(text, "");
    }
    const piped = spawnSync("sh", ["-c", lines[0] as string], { encoding: "utf8", env });
    assert.match(piped.stdout, /^deny\n/);
    const screen = { isTTY: true, hasColors: () => true };
    assert.equal(rendered([styled("red", "a\u001b[2J")], screen), "\u001b[31ma\\u001b[2J\u001b[39m");
  });

  it("may have a reader that has gone, and ends with the code that is due", async () => {
    const print = JSON.stringify(join(packageRoot(), "dist", "cli", "print.js"));
    const program = `const { print } = require(${print}); print("a"); setTimeout(() => print("b"), 20); process.exitCode = 3;`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    assert.deepEqual([await once(child, "close"), stderr], [[3, null], ""]);
  });

  it("holds none of the progress that goes to a file [A22]", () => {
    const stream = new PassThrough({ encoding: "utf8" });
    const progress = createProgress(stream as unknown as WriteStream);
    for (const tell of ["step", "note", "done"] as const) {
      progress[tell]("a\u001b[2J\u202eb");
    }
    const text = String(stream.read());
    assert.match(text, /a\\u001b\[2J\\u202eb/);
    assert.doesNotMatch(text, ACTED_ON);
  });

  it("goes through one function", () => {
    const root = join(packageRoot(), "cli");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const printing = files.filter((name) =>
      /console\.|\.write\(|\bwriteSync\b/.test(readFileSync(join(root, name), "utf8")),
    );
    // The progress draws on the terminal, and escapes what it is given.
    assert.deepEqual(printing.sort(), ["print.ts", "progress.ts"]);
  });
});
