import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { guideFiles } from "../../tools/guides";
import { packageRoot } from "../../tools/toolchain/package-root";
import { CI_ISSUERS } from "../../trust/issuers";

const HEADINGS = [
  ...["Who trusts whom", "Set it up", "What it writes", "What it admits and what it refuses", "Claims"],
  ...["Names, ids and the issuer", "When a job is refused", "Sources"],
];

describe("docs/ci", () => {
  const read = (path: string) => readFileSync(join(packageRoot(), path), "utf8");
  const pages = readdirSync(join(packageRoot(), "docs/ci"))
    .filter((name) => name !== "README.md")
    .map((name) => read(`docs/ci/${name}`));

  it("is what tools/guides writes (else: npm run guides)", async () => {
    const files = await guideFiles();
    assert.deepEqual(
      files.map(({ path }) => path).sort(),
      readdirSync(join(packageRoot(), "docs/ci"))
        .map((name) => `docs/ci/${name}`)
        .sort(),
    );
    for (const { path, text } of files) assert.equal(read(path), text, path);
  });

  it("has a page for each CI system, with the same headings", () => {
    assert.deepEqual(
      pages.map((text) => /^# (.*?): /.exec(text)?.[1]).sort(),
      CI_ISSUERS.map(({ name }) => name).sort(),
    );
    for (const text of pages) {
      assert.deepEqual(
        [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
        HEADINGS,
      );
      assert.match(text, /^```mermaid\nsequenceDiagram\n/m);
    }
  });

  it("names a rule for each job that is refused, and none for one that is admitted", () => {
    for (const text of pages) {
      const rows = [...text.matchAll(/^\| .* \| (admitted|refused) \| (.*) \|$/gm)];
      assert.ok(rows.length >= 12);
      for (const [row, is, why = ""] of rows) assert.equal(is === "refused", /^`.+`/.test(why), row);
    }
  });

  it("explains a refusal by a rule of the policy that it shows", () => {
    for (const text of pages) {
      const [, json = ""] = /^```json\n(.*?)^```$/ms.exec(text) ?? [];
      const [{ rules }] = (JSON.parse(json) as { policies: [{ rules: Record<string, string> }] }).policies;
      const [, claim = "", expected] = /^ {2}definition 0 does not match: (\S+) expected (.*?), got /m.exec(text) ?? [];
      assert.equal(rules[claim], expected);
    }
  });
});
