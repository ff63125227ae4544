import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { terminalSvg } from "../../tools/pictures/svg";
import { screenOf } from "../../tools/pictures/terminal";
import { packageRoot } from "../../tools/toolchain/package-root";

const directory = join(packageRoot(), "docs", "pictures");

/** The lines of a picture: texts of the same height, in order. */
function linesOf(svg: string): string[] {
  const lines = new Map<string, string>();
  for (const [, y = "", text = ""] of svg.matchAll(/<text [^>]*y="(\d+)"[^>]*>([^<]*)<\/text>/g)) {
    lines.set(y, `${lines.get(y) ?? ""}${text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&")}`);
  }
  return [...lines.values()];
}

describe("docs/pictures", () => {
  const names = readdirSync(directory);
  const read = (name: string) => linesOf(readFileSync(join(directory, name), "utf8"));

  it("are start, refusal and explain, on terminals of 80 and 120 columns (npm run pictures)", () => {
    const expected = ["start", "refusal", "explain"].flatMap((name) => [`${name}-80.svg`, `${name}-120.svg`]);
    assert.deepEqual(names.sort(), expected.sort());
  });

  it("have no line that is wider than the terminal, and no time more exact than a second", () => {
    for (const name of names) {
      const columns = Number(/\d+/.exec(name)?.[0]);
      const lines = read(name);
      assert.ok(lines.length > 5, name);
      assert.deepEqual(
        lines.filter((line) => line.length > columns || /:\d\d\.\d/.test(line)),
        [],
        name,
      );
    }
  });

  it("show what npm start shows: the way of the token, the cloud's identity, a near miss, and what to do next", () => {
    const text = read("start-80.svg").join("\n");
    for (const words of [
      "Stand-ins: Pulumi Cloud",
      "── token ──> Pulumi Cloud (stand-in) ── access token",
      "AWS STS (stand-in)  arn:aws:sts::",
      "DIFFERS  sub",
      "Cleaned up",
      "Next",
    ]) {
      assert.ok(text.includes(words), words);
    }
  });

  it("are made of what stands on a terminal at the end", () => {
    const output = "spinning\r\u001b[K\u001b[32mok\u001b[39m a < b\r\n\u001b[1m\u001b[36mbold\u001b[22m\u001b[39m\n";
    const lines = screenOf(output);
    assert.deepEqual(lines, [
      [
        { text: "ok", style: [32] },
        { text: " a < b", style: [] },
      ],
      [{ text: "bold", style: [1, 36] }],
      [],
    ]);
    const svg = terminalSvg(lines, 80, "A & B");
    assert.match(svg, /<title>A &amp; B<\/title>/);
    assert.deepEqual(linesOf(svg), ["ok a < b", "bold"]);
  });
});
