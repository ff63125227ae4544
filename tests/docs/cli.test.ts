import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FIELDS, SYSTEMS } from "../../cli/ci/questions";
import { packageRoot } from "../../tools/toolchain/package-root";

const page = readFileSync(join(packageRoot(), "docs", "cli.md"), "utf8");
const main = join(packageRoot(), "dist", "cli", "main.js");

/** What `--help` says of a command: its options, and the commands below it. */
function help(command: string): { options: string[]; commands: string[] } {
  const text = execFileSync(process.execPath, [main, ...command.split(" ").filter(Boolean), "--help"], {
    encoding: "utf8",
  });
  const [, list = ""] = /^Commands:\n([\s\S]*)$/m.exec(text) ?? [];
  return {
    options: [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name = ""]) => name),
    commands: [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help"),
  };
}

/** A section of the page, by its heading. */
function section(heading: string): string {
  const [, text] = new RegExp(`^## ${heading}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(page) ?? [];
  return text ?? assert.fail(`docs/cli.md has no section "${heading}"`);
}

/** Options in the tables of a text: the first cells of rows. */
const optionsIn = (text: string) =>
  [...text.matchAll(/^\| (`--.*?`) \|/gm)].flatMap(([, cell = ""]) => cell.match(/--[\w-]+/g) ?? []);

describe("docs/cli.md", () => {
  // Options of one CI system, which its guide lists.
  const ofSystems = FIELDS.map(({ flag }) => `--${flag}`);
  const own = (options: string[]) => options.filter((name) => name !== "--help" && !ofSystems.includes(name)).sort();

  it("has every command, and every option of each in a table; and no other", function () {
    this.timeout(120_000);
    const names = help("").commands.flatMap((name) =>
      name === "ci" ? help("ci").commands.map((below) => `ci ${below}`) : [name],
    );
    assert.deepEqual([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading).sort(), names.sort());
    for (const name of names.filter((one) => one !== "lab")) {
      assert.deepEqual(optionsIn(section(name)).sort(), own(help(name).options), name);
    }
    const lab = help("lab").commands.flatMap((name) => help(`lab ${name}`).options);
    const said = section("lab").match(/`--[\w-]+/g) ?? [];
    assert.deepEqual([...new Set(said.map((name) => name.slice(1)))].sort(), [...new Set(own(lab))].sort());
  });

  it("names the CI systems", () => {
    for (const system of Object.keys(SYSTEMS)) assert.ok(section("ci init").includes(`\`${system}\``), system);
  });
});
