import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FIELDS, SYSTEMS } from "../../cli/ci/questions";
import { packageRoot } from "../../tools/toolchain/package-root";
import { cliCommands, cliHelp } from "./cli-help";

const page = readFileSync(join(packageRoot(), "docs", "cli.md"), "utf8");

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

  it("has every command, and every option of each in a table; and no other", () => {
    const ofLab = cliCommands().filter((name) => name.startsWith("lab "));
    const others = cliCommands().filter((name) => !ofLab.includes(name));
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings.sort(), [...others, "lab"].sort());
    for (const name of others) {
      assert.deepEqual(optionsIn(section(name)).sort(), own(cliHelp(name).options), name);
    }
    const said = (section("lab").match(/`--[\w-]+/g) ?? []).map((name) => name.slice(1));
    const taken = own(ofLab.flatMap((name) => cliHelp(name).options));
    assert.deepEqual([...new Set(said)].sort(), [...new Set(taken)]);
  });

  it("names the CI systems", () => {
    for (const system of Object.keys(SYSTEMS)) assert.ok(section("ci init").includes(`\`${system}\``), system);
  });
});
