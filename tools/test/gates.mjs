import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../bootstrap/run.mjs";

/** Longest time of one gate, milliseconds. */
const LIMIT = 10 * 60_000;

/** Format, lint and size: each a command that must end with 0. Types are checked where the sources are compiled. */
export async function staticGates(root, tally) {
  const tool = (...path) => join(root, "node_modules", ...path);
  await gate(tally, root, "format and lint (biome)", process.execPath, [
    tool("@biomejs", "biome", "bin", "biome"),
    ...["check", "--colors=off", "--error-on-warnings", "."],
  ]);
  await gate(tally, root, "promises (oxlint)", process.execPath, [tool("oxlint", "bin", "oxlint")]);
  await gate(tally, root, "size (npm run size)", process.execPath, [join(root, "tools", "size.mjs")]);
  await shellGate(root, tally);
}

/** `pulumi schema check`, once there is a CLI and a schema. */
export async function schemaGate(root, cli, tally) {
  const name = "schema (pulumi schema check)";
  if (!existsSync(join(root, "schema.json"))) return;
  await gate(tally, root, name, cli.path, ["schema", "check", "schema.json"]);
}

/** Shell scripts, where shellcheck is installed. */
export async function shellGate(root, tally) {
  const name = "shell scripts (shellcheck)";
  const scripts = [join(root, ".ci", "run"), ...shellScripts(root)].filter((file) => existsSync(file));
  if ((await run("shellcheck", ["--version"])).code !== 0) {
    await tally.stage(name, () => tally.skip(name, "shellcheck is not installed"));
    return;
  }
  await gate(tally, root, name, "shellcheck", scripts);
}

function shellScripts(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return ["node_modules", "dist", ".git"].includes(entry.name) ? [] : shellScripts(path);
    return entry.name.endsWith(".sh") ? [path] : [];
  });
}

async function gate(tally, root, name, command, args) {
  await tally.stage(name, async () => {
    const result = await run(command, args, { cwd: root, timeout: LIMIT, env: { ...process.env, NO_COLOR: "1" } });
    if (result.code === 0) {
      tally.passed++;
      return;
    }
    tally.say(result.output.trim().split("\n").slice(0, 200).join("\n"));
    tally.fail(result.timedOut ? `${name} took too long` : name);
  });
}
