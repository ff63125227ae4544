import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../toolchain";
import { terminalSvg } from "./svg";
import { type Run, screenOf } from "./terminal";

const main = join(packageRoot(), "dist", "cli", "main.js");
const ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const SUBJECT = "system:serviceaccount:pulumi:deployer";

/** What a token claims whose pod has another ServiceAccount, and the policy that refuses it. */
const FILES = {
  "claims.json": { iss: ISSUER, aud: ["urn:pulumi:org:acme"], sub: "system:serviceaccount:pulumi:default" },
  "policy.json": {
    policies: [
      {
        ...{ decision: "allow", tokenType: "organization", authorizedPermissions: [] },
        rules: { aud: "urn:pulumi:org:acme", sub: SUBJECT },
      },
    ],
  },
};

/** The pictures, by path from the root: `npm start -- eks`, its refused near miss, and `explain`, on terminals of 80 and 120 columns. */
export function pictureFiles(): { path: string; text: string }[] {
  return [80, 120].flatMap((columns) => {
    const work = mkdtempSync(join(tmpdir(), "oidc-runner-picture-"));
    for (const [name, content] of Object.entries(FILES)) {
      writeFileSync(join(work, name), JSON.stringify(content));
    }
    const start = run("start eks", columns, work);
    const from = start.findIndex((runs) => textOf(runs).startsWith("A near miss"));
    const to = start.findIndex((runs) => textOf(runs).startsWith("What happened"));
    const [words, last] = [
      "explain --relying-party pulumi --policy policy.json",
      "--claims claims.json --token-type organization",
    ];
    const explain = [...typed(`npx oidc-runner ${words}`, last), ...run(`${words} ${last}`, columns, work)];
    rmSync(work, { recursive: true });
    return [
      picture("start", columns, "npm start -- eks", start),
      picture("refusal", columns, "A pod whose token is refused", start.slice(from, to)),
      picture("explain", columns, "oidc-runner explain", explain),
    ];
  });
}

function picture(name: string, columns: number, title: string, lines: readonly Run[][]) {
  const last = lines.findLastIndex((runs) => textOf(runs).trim() !== "");
  const text = terminalSvg(lines.slice(0, last + 1), columns, title);
  return { path: `docs/pictures/${name}-${columns}.svg`, text };
}

/** What stands on a terminal of so many columns after the command has run. */
function run(words: string, columns: number, cwd: string): Run[][] {
  const command = `stty cols ${columns} rows 50 && exec '${process.execPath}' '${main}' ${words}`;
  const args = ["--quiet", "--command", command, "/dev/null"];
  // As npm starts it, so that it speaks of npm.
  const env = { ...process.env, TERM: "xterm-256color", OIDC_RUNNER_PARENT_PID: "", NO_COLOR: undefined };
  const { stdout } = spawnSync("script", args, { cwd, env, encoding: "utf8", maxBuffer: 10_000_000 });
  return screenOf(stdout);
}

/** A command as it is typed, its last options on a line of their own. */
function typed(text: string, last: string): Run[][] {
  const bold = (line: string): Run[] => [{ text: line, style: [1] }];
  return [bold(`$ ${text} \\`), bold(`    ${last}`), []];
}

function textOf(runs: readonly Run[]): string {
  return runs.map(({ text }) => text).join("");
}
